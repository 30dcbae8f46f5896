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
 * Measures what reading usage records costs with this component and with what else there is, prints it, and writes it
 * into {@code docs/performance.md} and {@code docs/performance.svg}. That takes forty-five minutes on a machine that has
 * nothing else to do. With {@code --smoke} it reads few records in each way and writes into {@code target/benchmark}:
 * then its figures say no more than that everybody read the same.
 */
public final class Benchmark {
    // The slowest needs a minute; who hangs does so for ever.
    private static final Duration LIMIT = Duration.ofMinutes(3);
    // Who needs so much longer than with plenty of memory is of no use to anyone.
    private static final Duration SMALL_HEAP_LIMIT = Duration.ofSeconds(30);

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
        tellTheClassPath();
        try (Jvms jvms = new Jvms(plan.days())) {
            Benchmark benchmark = new Benchmark(plan, jvms);
            benchmark.measure();
            Report report = new Report(plan, load, benchmark.results);
            System.out.println(report.text());
            Files.writeString(directory.resolve("performance.md"),
                    Markdown.page("docs/performance.md").with("measured", report.text()).text());
            Files.writeString(directory.resolve("performance.svg"), report.picture());
        }
    }

    /** Maven runs this in its own JVM, whose class path is Maven's. */
    private static void tellTheClassPath() throws URISyntaxException {
        if (Benchmark.class.getClassLoader() instanceof URLClassLoader loader) {
            StringJoiner path = new StringJoiner(File.pathSeparator);
            for (URL url : loader.getURLs()) {
                path.add(Path.of(url.toURI()).toString());
            }
            System.setProperty("java.class.path", path.toString());
        }
    }

    private void measure() throws Exception {
        measure(plan.fast(), plan.everybody(0));
        for (int latency : plan.latencies().subList(1, plan.latencies().size())) {
            measure(plan.slow(), plan.everybody(latency));
        }
        measure(plan.slow(), plan.parallel());
        measure(plan.slow(), plan.working());
        measure(plan.large(), plan.many());
        for (Contender contender : Contender.values()) {
            findSmallestHeap(plan.of(contender, 0));
        }
    }

    /** In turns as short as they can be, so that what slows the machine down slows all down. */
    private void measure(Effort effort, Stream<Case> all) throws Exception {
        List<Case> cases = all.toList();
        for (int run = 1; run <= effort.jvms(); run++) {
            Map<Case, WorkerJvm> workers = new LinkedHashMap<>();
            try {
                for (Case one : cases) {
                    System.err.printf("%d/%d %s%n", run, effort.jvms(), one);
                    workers.put(one, jvms.start(one, effort, LIMIT));
                }
                for (int turn = 1; turn <= effort.turns(); turn++) {
                    for (WorkerJvm worker : workers.values()) {
                        worker.takeTurn();
                    }
                }
                for (Case one : cases) {
                    List<Measurement> measurements = workers.get(one).end();
                    if (measurements.isEmpty() && one.hasPlentyOfMemory()) {
                        throw new IllegalStateException(one + " was not done: see " + WorkerJvm.OUTPUT);
                    }
                    measurements.forEach(measurement -> results.add(one, measurement));
                }
            } finally {
                workers.values().forEach(WorkerJvm::close);
            }
        }
    }

    private void findSmallestHeap(Case one) throws IOException, InterruptedException {
        int tooSmall = -1;
        int enough = plan.heaps().size();
        while (enough - tooSmall > 1) {
            int middle = (tooSmall + enough) / 2;
            Case small = one.heap(plan.heaps().get(middle));
            System.err.println(small);
            try (WorkerJvm worker = jvms.start(small, Effort.ONCE, SMALL_HEAP_LIMIT)) {
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
