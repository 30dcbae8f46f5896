package io.github.cameltwilio.usage.bench;

import java.math.BigDecimal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Where each record ends: counted and added up, after what a route would do with it. One thread at a time. */
final class Sink {
    private final long expected;
    private final long workMicros;
    private final Runnable atFirst;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile long began;
    private long records;
    private BigDecimal sum = BigDecimal.ZERO;

    /**
     * @param expected   how many records there are
     * @param workMicros how long the processor is kept busy with each
     */
    Sink(long expected, long workMicros, Runnable atFirst) {
        this.expected = expected;
        this.workMicros = workMicros;
        this.atFirst = atFirst;
    }

    /** The reading begins now: there is nothing before it that belongs to it. */
    void begin() {
        began = System.nanoTime();
    }

    /** When the reading began, in nanoseconds of this JVM's clock. */
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

    /** Waits until all records are here. */
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
