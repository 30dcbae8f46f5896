package io.github.cameltwilio.usage.bench;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.build.Markdown;

/**
 * Compares the cost of reading usage records with this component and with its alternatives, prints it, and writes it to
 * {@code docs/performance.md} and {@code docs/performance.svg}. That takes about 40 minutes. With {@code --smoke} it
 * reads a few records per contender and writes to {@code target/benchmark}: its figures then only show that all
 * contenders read the same.
 */
public final class Benchmark {
    // The slowest step takes three minutes, so a longer one hangs.
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    // A heap in which reading takes much longer than usual is too small to be useful.
    private static final Duration SMALL_HEAP_TIMEOUT = Duration.ofSeconds(30);

    private final Plan plan;
    private final Jvms jvms;
    private final Results results = new Results();

    private Benchmark(Plan plan, Jvms jvms) {
        this.plan = plan;
        this.jvms = jvms;
    }

    public static void main(String[] arguments) throws Exception {
        boolean smoke = Arrays.asList(arguments).contains("--smoke");
        Plan plan = smoke ? Plan.SMOKE : Plan.FULL;
        Path directory = smoke ? Path.of("target", "benchmark") : Path.of("docs");
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        publishClassPath();
        try (Jvms jvms = new Jvms(plan)) {
            Benchmark benchmark = new Benchmark(plan, jvms);
            benchmark.measure();
            Report report = new Report(plan, load, benchmark.results);
            System.out.println(report.text());
            Files.writeString(directory.resolve("performance.md"),
                    Markdown.page("docs/performance.md").with("measured", report.text()).text());
            Files.writeString(directory.resolve("performance.svg"), report.picture());
        }
    }

    /** Maven runs this class in its own JVM, whose class path is that of Maven. */
    private static void publishClassPath() throws URISyntaxException {
        if (Benchmark.class.getClassLoader() instanceof URLClassLoader loader) {
            StringJoiner path = new StringJoiner(File.pathSeparator);
            for (URL url : loader.getURLs()) {
                path.add(Path.of(url.toURI()).toString());
            }
            System.setProperty("java.class.path", path.toString());
        }
    }

    private void measure() throws Exception {
        for (int latency : plan.latencies()) {
            measure(plan.effort(latency), latency == 0
                    ? Stream.concat(plan.readers(latency), plan.stores().skip(1)) : plan.readers(latency));
        }
        measure(plan.latency(), plan.parallel());
        measure(plan.latency(), plan.working());
        measure(plan.largeHistory(), plan.largeHistories());
        measure(plan.latency(), Stream.of(Contender.COMMIT_LOOP, Contender.STATE_TABLE).map(plan::committing));
        measure(plan.rows(), Contender.intoTable().map(plan::rows));
        for (Contender contender : Contender.readers().toList()) {
            findSmallestHeap(plan.of(contender, 0));
        }
    }

    /** Interleaves the cases in short turns, so that other load on the machine slows all of them down alike. */
    private void measure(Effort effort, Stream<Case> all) throws Exception {
        List<Case> cases = all.toList();
        for (int run = 1; run <= effort.jvms(); run++) {
            Map<Case, WorkerJvm> workers = new LinkedHashMap<>();
            try {
                for (Case measuredCase : cases) {
                    System.err.printf("%d/%d %s%n", run, effort.jvms(), measuredCase);
                    workers.put(measuredCase, jvms.start(measuredCase, effort, TIMEOUT));
                }
                for (int turn = 1; turn <= effort.turns(); turn++) {
                    for (WorkerJvm worker : workers.values()) {
                        worker.takeTurn();
                    }
                }
                for (Case measuredCase : cases) {
                    List<Measurement> measurements = workers.get(measuredCase).end();
                    if (measurements.isEmpty() && measuredCase.hasDefaultHeap()) {
                        throw new IllegalStateException(measuredCase + " did not finish: see " + WorkerJvm.OUTPUT);
                    }
                    measurements.forEach(measurement -> results.add(measuredCase, measurement));
                }
            } finally {
                workers.values().forEach(WorkerJvm::close);
            }
        }
    }

    private void findSmallestHeap(Case defaultHeap) throws IOException, InterruptedException {
        int tooSmall = -1;
        int enough = plan.heaps().size();
        while (enough - tooSmall > 1) {
            int middle = (tooSmall + enough) / 2;
            Case small = defaultHeap.heap(plan.heaps().get(middle));
            System.err.println(small);
            try (WorkerJvm worker = jvms.start(small, Effort.ONCE, SMALL_HEAP_TIMEOUT)) {
                worker.takeTurn();
                if (worker.end().isEmpty()) {
                    tooSmall = middle;
                } else {
                    enough = middle;
                    results.smallestHeap(small);
                }
            }
        }
    }
}
