package io.github.cameltwilio.usage.bench;

/**
 * Who reads, and under which conditions.
 *
 * @param days             how many days of records there are to read
 * @param latencyMillis    how long the server waits before each answer
 * @param parallelRequests for those who can
 * @param workMicros       what the route does with a record
 * @param heapMegabytes    of the JVM
 */
record Case(Contender contender, int days, int latencyMillis, int parallelRequests, int workMicros, int heapMegabytes) {
    private static final int PLENTY = 256;

    /** No latency, no work, one request at a time, and plenty of memory. */
    static Case of(Contender contender, int days) {
        return new Case(contender, days, 0, 1, 0, PLENTY);
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

    /** Then it must come to an end. */
    boolean hasPlentyOfMemory() {
        return heapMegabytes == PLENTY;
    }
}
