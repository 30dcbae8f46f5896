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
 * One contender in a separate JVM. It warms up without latency and work, then measures one reading per turn, and prints
 * all measurements when there are no more turns.
 */
final class Worker {
    /** The input line that starts a turn. */
    static final String TURN = "turn";
    /** The line that it prints before it waits for a turn. */
    static final String READY = "ready";
    /** The prefix of a line with a measurement; a contender may print other lines. */
    static final String MEASUREMENT = "measured: ";

    // The JIT compiler optimises code that runs once per page only after about ten thousand pages.
    private static final int SMALL_PAGE = 20;
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
                // Connections and caches have been idle during the turns of the others.
                worker.measure(0, 0);
                measurements.add(worker.measure(work.latencyMillis(), work.workMicros()));
                System.out.println(READY);
            }
            // Printed last, because it keeps the JIT compiler busy.
            for (Measurement measurement : measurements) {
                System.out.println(MEASUREMENT + new ObjectMapper().writeValueAsString(measurement));
            }
        }
        // A contender may leave threads running.
        System.exit(0);
    }

    /** Takes half of the warm-up time. */
    private void warmUp(int maxPageSize) throws Exception {
        callServer(UsageServer.MAX_PAGE_SIZE + maxPageSize);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(work.warmUpSeconds()) / 2;
        while (System.nanoTime() < end) {
            measure(0, 0);
        }
    }

    private Measurement measure(int latencyMillis, int workMicros) throws Exception {
        Sink sink = new Sink(work.records(), workMicros, this::firstRecord);
        reading.prepare(sink);
        callServer(UsageServer.LATENCY + latencyMillis);
        callServer(UsageServer.RESPONSES);
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
        requestsBeforeFirst = callServer(UsageServer.RESPONSES);
    }

    private int callServer(String path) {
        try (InputStream response = work.server().resolve(path).toURL().openStream()) {
            return Integer.parseInt(new String(response.readAllBytes(), US_ASCII));
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
