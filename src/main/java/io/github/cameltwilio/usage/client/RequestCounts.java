package io.github.cameltwilio.usage.client;

import java.util.concurrent.atomic.LongAdder;

/** How much one client asked of Twilio. Safe for use by several threads. */
public final class RequestCounts {
    private final LongAdder requests = new LongAdder();
    private final LongAdder throttled = new LongAdder();

    /** Requests that were sent, repetitions included. */
    public long requests() {
        return requests.sum();
    }

    /** Requests that Twilio answered with 429: the account asks too much at once. */
    public long throttled() {
        return throttled.sum();
    }

    void oneRequest() {
        requests.increment();
    }

    void oneThrottled() {
        throttled.increment();
    }
}
