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
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.ChildJvm;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/** Starts the servers and the workers: JVMs whose flags differ only in the heap size. */
final class Jvms implements AutoCloseable {
    private static final Path CLASSES = Path.of("target", "benchmark", "classes.log");

    private final LocalDate lastDay = LocalDate.now(ZoneOffset.UTC).minusDays(1);
    private final Map<Contender, String> classPaths = new EnumMap<>(Contender.class);
    private final Process server;
    private final URI address;
    private final EmbeddedPostgres database;
    private final boolean smoke;

    /** The server has usage for the days of the plan only, for contenders that cannot select a window. */
    Jvms(Plan plan) throws IOException {
        int days = plan.days();
        smoke = plan == Plan.SMOKE;
        Files.createDirectories(WorkerJvm.OUTPUT.getParent());
        server = ChildJvm.of(UsageServer.class, List.of("-Xmx512m"), firstDay(days).toString(), lastDay.toString())
                .start();
        address = URI.create(server.inputReader().readLine());
        database = Database.start();
    }

    /** Returns when the worker has warmed up. */
    WorkerJvm start(Case measuredCase, Effort effort, Duration limit) throws IOException, InterruptedException {
        if (!classPaths.containsKey(measuredCase.contender())) {
            classPaths.put(measuredCase.contender(), smoke
                    ? System.getProperty("java.class.path") : classPath(Case.of(measuredCase.contender(), 1)));
        }
        return start(measuredCase, effort, limit, classPaths.get(measuredCase.contender()),
                "-Xmx" + measuredCase.heapMegabytes() + "m");
    }

    private WorkerJvm start(Case measuredCase, Effort effort, Duration limit, String classPath, String option)
            throws IOException, InterruptedException {
        Work work = new Work(measuredCase.contender(), address,
                database.getJdbcUrl("postgres", "postgres"), measuredCase.latencyMillis(), effort.warmUpSeconds(),
                firstDay(measuredCase.days()),
                lastDay, measuredCase.parallelRequests(), measuredCase.workMicros());
        List<String> options = new ArrayList<>(List.of("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", option));
        if (smoke) {
            // Nothing runs long enough for the C2 compiler to pay off.
            options.add("-XX:TieredStopAtLevel=1");
        }
        return new WorkerJvm(ChildJvm.of(classPath, Worker.class, options, work.arguments()).start(), limit);
    }

    /**
     * The jars from which the contender loads classes. The index of each jar takes memory, and the tests have a hundred
     * and fifty that no application has.
     */
    private String classPath(Case plain) throws IOException, InterruptedException {
        String all = System.getProperty("java.class.path");
        try (WorkerJvm worker = start(plain, Effort.ONCE, Duration.ofMinutes(1), all,
                "-Xlog:class+load:file=" + CLASSES)) {
            worker.takeTurn();
            worker.end();
        }
        Set<String> sources = Files.readAllLines(CLASSES).stream().map(line -> line.replaceFirst(".* source: ", ""))
                .collect(Collectors.toSet());
        return Stream.of(all.split(File.pathSeparator))
                .filter(entry -> sources.contains(new File(entry).toURI().toString()))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Override
    public void close() throws IOException {
        server.destroy();
        database.close();
    }

    private LocalDate firstDay(int days) {
        return lastDay.minusDays(days - 1L);
    }
}
