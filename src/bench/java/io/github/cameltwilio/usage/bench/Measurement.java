package io.github.cameltwilio.usage.bench;

import java.math.BigDecimal;

/**
 * The cost of reading all records once.
 *
 * @param sum                 of all prices
 * @param cpuNanos            CPU time of the whole JVM, including its compiler and garbage collector
 * @param allocatedBytes      by all threads that are alive at the end
 * @param firstRecordNanos    from the message, or the beginning of the poll, to the first record
 * @param requestsBeforeFirst the number of responses before the first record
 */
record Measurement(long records, BigDecimal sum, long wallNanos, long cpuNanos, long allocatedBytes,
        long firstRecordNanos, int requestsBeforeFirst) {
}
