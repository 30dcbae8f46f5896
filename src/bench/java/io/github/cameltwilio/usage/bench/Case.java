package io.github.cameltwilio.usage.bench;

/**
 * A contender and the conditions under which it reads.
 *
 * @param days             the number of days to read
 * @param latencyMillis    how long the server waits before each response
 * @param parallelRequests for contenders that support it
 * @param workMicros       how long the route works on each record
 * @param heapMegabytes    of the JVM, in MB
 */
record Case(Contender contender, int days, int latencyMillis, int parallelRequests, int workMicros, int heapMegabytes) {
    private static final int DEFAULT_HEAP = 256;

    /** No latency, no work, one request at a time, and the default heap. */
    static Case of(Contender contender, int days) {
        return new Case(contender, days, 0, 1, 0, DEFAULT_HEAP);
    }

    Case latency(int millis) {
        return new Case(contender, days, millis, parallelRequests, workMicros, heapMegabytes);
    }

    Case parallel(int requests) {
        return new Case(contender, days, latencyMillis, requests, workMicros, heapMegabytes);
    }

    Case work(int micros) {
        return new Case(contender, days, latencyMillis, parallelRequests, micros, heapMegabytes);
    }

    Case heap(int megabytes) {
        return new Case(contender, days, latencyMillis, parallelRequests, workMicros, megabytes);
    }

    int records() {
        return days * UsageServer.RECORDS_PER_DAY;
    }

    /** A contender must finish with the default heap; with a smaller one it may fail. */
    boolean hasDefaultHeap() {
        return heapMegabytes == DEFAULT_HEAP;
    }
}
