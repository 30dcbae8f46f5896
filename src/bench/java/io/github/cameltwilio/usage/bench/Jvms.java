package io.github.cameltwilio.usage.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.ChildJvm;

/** The server, and one worker at a time, each a JVM with the same flags but for its heap. */
final class Jvms implements AutoCloseable {
    /** What the last worker printed. */
    static final Path OUTPUT = Path.of("target", "benchmark", "worker.log");

    private final LocalDate lastDay = LocalDate.now(ZoneOffset.UTC).minusDays(1);
    private final Map<Integer, URI> servers = new HashMap<>();
    private final Process server;

    /**
     * @param days          how many days there is usage of, for those who cannot say what they want
     * @param latencyMillis  which latencies there are to choose from, with 0 among them
     */
    Jvms(int days, List<Integer> latencyMillis) throws IOException {
        Files.createDirectories(OUTPUT.getParent());
        server = ChildJvm.of(UsageServer.class, List.of("-Xmx512m"), Stream.concat(Stream.of(firstDay(days), lastDay),
                latencyMillis.stream()).map(Object::toString).toArray(String[]::new)).start();
        BufferedReader addresses = server.inputReader();
        for (int millis : latencyMillis) {
            servers.put(millis, URI.create(addresses.readLine()));
        }
    }

    /** Empty when the worker fails, such as for want of memory, or is not done in time; its output is then in a file. */
    Optional<Measurement> run(Case one, int warmUps, Duration limit) throws IOException, InterruptedException {
        Work work = new Work(one.contender(), servers.get(one.latencyMillis()), servers.get(0), warmUps,
                firstDay(one.days()), lastDay, one.parallelRequests(), one.workMicros());
        Process worker = ChildJvm.of(Worker.class,
                List.of("-Xmx" + one.heapMegabytes() + "m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"), work.arguments())
                .redirectOutput(OUTPUT.toFile()).start();
        boolean ended = worker.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
        worker.destroyForcibly().waitFor();
        if (!ended || worker.exitValue() != 0) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(OUTPUT);
        Measurement measured = new ObjectMapper().readValue(lines.get(lines.size() - 1), Measurement.class);
        if (measured.records() != work.records()) {
            throw new IllegalStateException(one + " read " + measured.records() + " records of " + work.records());
        }
        return Optional.of(measured);
    }

    @Override
    public void close() {
        server.destroy();
    }

    private LocalDate firstDay(int days) {
        return lastDay.minusDays(days - 1L);
    }
}
