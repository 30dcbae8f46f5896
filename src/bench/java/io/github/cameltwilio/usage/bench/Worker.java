package io.github.cameltwilio.usage.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/** One contender in a JVM of its own: reads everything a few times, then once more, and prints what that took. */
final class Worker {
    private static final OperatingSystemMXBean SYSTEM = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

    private final Work work;
    private long firstRecord;
    private int requestsBeforeFirst;

    private Worker(Work work) {
        this.work = work;
    }

    public static void main(String[] arguments) throws Exception {
        Work work = Work.of(arguments);
        for (int warmUp = 0; warmUp < work.warmUps(); warmUp++) {
            new Worker(work.warmUp()).measure();
        }
        System.out.println(new ObjectMapper().writeValueAsString(new Worker(work).measure()));
        // Whatever a contender leaves running.
        System.exit(0);
    }

    private Measurement measure() throws Exception {
        Sink sink = new Sink(work.records(), work.workMicros(), this::firstRecord);
        try (Reading reading = work.contender().open(work, sink)) {
            requestsAnswered();
            Map<Long, Long> allocatedBefore = allocatedBytes();
            long cpu = SYSTEM.getProcessCpuTime();
            long begin = System.nanoTime();
            reading.read();
            long wallNanos = System.nanoTime() - begin;
            long cpuNanos = SYSTEM.getProcessCpuTime() - cpu;
            long allocated = allocatedBytes().entrySet().stream()
                    .mapToLong(thread -> thread.getValue() - allocatedBefore.getOrDefault(thread.getKey(), 0L)).sum();
            return new Measurement(sink.records(), sink.sum(), wallNanos, cpuNanos, allocated, firstRecord - begin,
                    requestsBeforeFirst);
        }
    }

    private void firstRecord() {
        firstRecord = System.nanoTime();
        requestsBeforeFirst = requestsAnswered();
    }

    private int requestsAnswered() {
        URI answered = work.server().resolve(UsageServer.ANSWERED);
        try (InputStream answer = answered.toURL().openStream()) {
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
