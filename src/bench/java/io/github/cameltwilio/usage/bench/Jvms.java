package io.github.cameltwilio.usage.bench;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.ChildJvm;

/** The server, and one worker at a time, each a JVM with the same flags but for its heap. */
final class Jvms implements AutoCloseable {
    /** What the last worker printed. */
    static final Path OUTPUT = Path.of("target", "benchmark", "worker.log");
    private static final Path CLASSES = Path.of("target", "benchmark", "classes.log");

    private final LocalDate lastDay = LocalDate.now(ZoneOffset.UTC).minusDays(1);
    private final Map<Contender, String> classPaths = new EnumMap<>(Contender.class);
    private final Process server;
    private final URI address;

    /** @param days how many days there is usage of, for those who cannot say what they want */
    Jvms(int days) throws IOException {
        Files.createDirectories(OUTPUT.getParent());
        server = ChildJvm.of(UsageServer.class, List.of("-Xmx512m"), firstDay(days).toString(), lastDay.toString()).start();
        address = URI.create(server.inputReader().readLine());
    }

    /** Empty when the worker fails, such as for want of memory, or is not done in time; its output is then in a file. */
    List<Measurement> run(Case one, Effort effort, Duration limit) throws IOException, InterruptedException {
        if (!classPaths.containsKey(one.contender())) {
            classPaths.put(one.contender(), classPath(Case.of(one.contender(), one.days())));
        }
        return run(one, effort, limit, classPaths.get(one.contender()), "-Xmx" + one.heapMegabytes() + "m");
    }

    private List<Measurement> run(Case one, Effort effort, Duration limit, String classPath, String option)
            throws IOException, InterruptedException {
        Work work = new Work(one.contender(), address, one.latencyMillis(), effort, firstDay(one.days()), lastDay,
                one.parallelRequests(), one.workMicros());
        Process worker = ChildJvm.of(classPath, Worker.class,
                List.of("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", option), work.arguments())
                .redirectOutput(OUTPUT.toFile()).start();
        boolean ended = worker.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
        worker.destroyForcibly().waitFor();
        if (!ended || worker.exitValue() != 0) {
            return List.of();
        }
        List<Measurement> measurements = new ArrayList<>();
        for (String line : Files.readAllLines(OUTPUT)) {
            if (line.startsWith(Worker.MEASUREMENT)) {
                measurements.add(new ObjectMapper().readValue(line.substring(Worker.MEASUREMENT.length()), Measurement.class));
            }
        }
        if (measurements.stream().anyMatch(measured -> measured.records() != work.records())) {
            throw new IllegalStateException(one + " did not read " + work.records() + " records: " + measurements);
        }
        return measurements;
    }

    /**
     * The jars that the contender loads classes from. Each jar takes memory for the names of all its entries, and those of
     * the tests are a hundred and fifty that no application has.
     */
    private String classPath(Case plain) throws IOException, InterruptedException {
        String all = System.getProperty("java.class.path");
        run(plain, Effort.ONCE, Duration.ofMinutes(1), all, "-Xlog:class+load:file=" + CLASSES);
        Set<String> sources = Files.readAllLines(CLASSES).stream().map(line -> line.replaceFirst(".* source: ", ""))
                .collect(Collectors.toSet());
        return Stream.of(all.split(File.pathSeparator)).filter(entry -> sources.contains(new File(entry).toURI().toString()))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Override
    public void close() {
        server.destroy();
    }

    private LocalDate firstDay(int days) {
        return lastDay.minusDays(days - 1L);
    }
}
