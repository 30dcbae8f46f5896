package io.github.cameltwilio.usage.client;

import java.util.concurrent.atomic.LongAdder;

/** Counts the requests of one client. Thread-safe. */
public final class RequestCounts {
    private final LongAdder requests = new LongAdder();
    private final LongAdder throttled = new LongAdder();

    /** The number of requests sent, including retries. */
    public long requests() {
        return requests.sum();
    }

    /** The number of requests that Twilio rejected with 429, because the account sends too many at once. */
    public long throttled() {
        return throttled.sum();
    }

    void countRequest() {
        requests.increment();
    }

    void countThrottled() {
        throttled.increment();
    }
}
