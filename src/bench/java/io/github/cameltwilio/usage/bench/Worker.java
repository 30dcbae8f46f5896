package io.github.cameltwilio.usage.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * One contender in a JVM of its own: reads everything for a while, without latency and without work, then once at each
 * turn as it is to be measured, and prints what that took when there are no more turns.
 */
final class Worker {
    /** The line that it waits for. */
    static final String TURN = "turn";
    /** The line that it prints when it waits. */
    static final String READY = "ready";
    /** What each line begins with that is a measurement; a contender may print others. */
    static final String MEASUREMENT = "measured: ";

    // What runs once a page is compiled only once there were ten thousand pages.
    private static final int SMALL_PAGE = 50;
    private static final int LARGE_PAGE = 1000;

    private static final OperatingSystemMXBean SYSTEM = ManagementFactory
            .getPlatformMXBean(OperatingSystemMXBean.class);
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    private final Work work;
    private final Reading reading;
    private long firstRecord;
    private int requestsBeforeFirst;

    private Worker(Work work, Reading reading) {
        this.work = work;
        this.reading = reading;
    }

    public static void main(String[] arguments) throws Exception {
        Work work = Work.of(arguments);
        try (Reading reading = work.contender().open(work)) {
            Worker worker = new Worker(work, reading);
            worker.warmUp(SMALL_PAGE);
            worker.warmUp(LARGE_PAGE);
            System.out.println(READY);
            List<Measurement> measurements = new ArrayList<>();
            BufferedReader turns = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
            while (TURN.equals(turns.readLine())) {
                // Connections and caches have been idle while others had their turns.
                worker.measure(0, 0);
                measurements.add(worker.measure(work.latencyMillis(), work.workMicros()));
                System.out.println(READY);
            }
            // In the end, since it is work for the compiler.
            for (Measurement measurement : measurements) {
                System.out.println(MEASUREMENT + new ObjectMapper().writeValueAsString(measurement));
            }
        }
        // Whatever a contender leaves running.
        System.exit(0);
    }

    /** Half of the time that there is for it. */
    private void warmUp(int largestPage) throws Exception {
        tellServer(UsageServer.LARGEST_PAGE + largestPage);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(work.warmUpSeconds()) / 2;
        while (System.nanoTime() < end) {
            measure(0, 0);
        }
    }

    private Measurement measure(int latencyMillis, int workMicros) throws Exception {
        Sink sink = new Sink(work.records(), workMicros, this::firstRecord);
        reading.prepare(sink);
        tellServer(UsageServer.LATENCY + latencyMillis);
        tellServer(UsageServer.ANSWERED);
        Map<Long, Long> allocatedBefore = allocatedBytes();
        long cpu = SYSTEM.getProcessCpuTime();
        long begin = System.nanoTime();
        sink.begin();
        reading.read();
        long wallNanos = System.nanoTime() - begin;
        long cpuNanos = SYSTEM.getProcessCpuTime() - cpu;
        long allocated = allocatedBytes().entrySet().stream()
                .mapToLong(thread -> thread.getValue() - allocatedBefore.getOrDefault(thread.getKey(), 0L)).sum();
        return new Measurement(sink.records(), sink.sum(), wallNanos, cpuNanos, allocated, firstRecord - sink.began(),
                requestsBeforeFirst);
    }

    private void firstRecord() {
        firstRecord = System.nanoTime();
        requestsBeforeFirst = tellServer(UsageServer.ANSWERED);
    }

    private int tellServer(String what) {
        try (InputStream answer = work.server().resolve(what).toURL().openStream()) {
            return Integer.parseInt(new String(answer.readAllBytes(), US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<Long, Long> allocatedBytes() {
        long[] threads = THREADS.getAllThreadIds();
        long[] bytes = THREADS.getThreadAllocatedBytes(threads);
        Map<Long, Long> allocated = new HashMap<>();
        for (int i = 0; i < threads.length; i++) {
            allocated.put(threads[i], bytes[i]);
        }
        return allocated;
    }
}
