package io.github.cameltwilio.usage.bench;

import java.math.BigDecimal;

/**
 * What one reading of all records took.
 *
 * @param sum                 of all prices
 * @param cpuNanos            processor time of the whole JVM, compiler and garbage collector included
 * @param allocatedBytes      by all threads that lived at the end
 * @param firstRecordNanos    from the message, or the beginning of the poll, to the first record
 * @param requestsBeforeFirst how many requests had been answered by then
 */
record Measurement(long records, BigDecimal sum, long wallNanos, long cpuNanos, long allocatedBytes,
        long firstRecordNanos, int requestsBeforeFirst) {
}
