package io.github.cameltwilio.usage.client;

import java.time.Duration;

/** What an answer says beside its body; null where it does not. */
record Reply(int status, String requestId, Duration retryAfter) {
    static final Reply NONE = new Reply(0, null, null);
}
