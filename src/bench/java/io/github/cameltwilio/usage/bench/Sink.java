package io.github.cameltwilio.usage.bench;

import java.math.BigDecimal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The end of every route: counts the records, adds up their prices and simulates work. Not thread-safe. */
final class Sink {
    private final long expected;
    private final long workMicros;
    private final Runnable atFirst;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile long began;
    private long records;
    private BigDecimal sum = BigDecimal.ZERO;

    /**
     * @param expected   the number of records to read
     * @param workMicros how long each record keeps the CPU busy
     */
    Sink(long expected, long workMicros, Runnable atFirst) {
        this.expected = expected;
        this.workMicros = workMicros;
        this.atFirst = atFirst;
    }

    /** Marks the start of the reading. */
    void begin() {
        began = System.nanoTime();
    }

    /** When the reading started, by {@link System#nanoTime}. */
    long began() {
        return began;
    }

    void accept(BigDecimal price) {
        if (records++ == 0) {
            atFirst.run();
        }
        sum = sum.add(price);
        if (workMicros > 0) {
            work();
        }
        if (records == expected) {
            done.countDown();
        }
    }

    /** Waits until all records have arrived. */
    void await() throws InterruptedException {
        done.await();
    }

    long records() {
        return records;
    }

    BigDecimal sum() {
        return sum;
    }

    private void work() {
        long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(workMicros);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
