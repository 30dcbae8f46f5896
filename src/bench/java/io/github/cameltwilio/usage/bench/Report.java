package io.github.cameltwilio.usage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.github.cameltwilio.usage.bench.Contender.BASELINE;
import static io.github.cameltwilio.usage.bench.Contender.CAMEL_TWILIO_CONSUMER;
import static io.github.cameltwilio.usage.bench.Contender.CAMEL_TWILIO_PRODUCER;
import static io.github.cameltwilio.usage.bench.Contender.COMMIT_LOOP;
import static io.github.cameltwilio.usage.bench.Contender.ROWS;
import static io.github.cameltwilio.usage.bench.Contender.STATE_FILE;
import static io.github.cameltwilio.usage.bench.Contender.STATE_TABLE;
import static io.github.cameltwilio.usage.bench.Contender.TWILIO_USAGE_CONSUMER;
import static io.github.cameltwilio.usage.bench.Contender.TWILIO_USAGE_PRODUCER;

/** Renders the figures as Markdown tables and as a picture. */
final class Report {
    private final Plan plan;
    private final double load;
    private final Results results;

    /** @param load the load average of the machine before the first measurement */
    Report(Plan plan, double load, Results results) {
        this.plan = plan;
        this.load = load;
        this.results = results;
    }

    String text() throws IOException {
        return String.join("\n", machine() + "\n" + runs() + "\n", allContenders(), parallel(), lastingState(),
                goals());
    }

    private String machine() throws IOException {
        return format("%s, %d processors, load average %.1f at the start, %s %s, Java %s.", processor(),
                Runtime.getRuntime().availableProcessors(), load, System.getProperty("os.name"),
                System.getProperty("os.arch"), System.getProperty("java.runtime.version"));
    }

    private String runs() {
        return format("%s: %,d records. Medians of %s without latency, %s with latency or work, %s at %d ms, "
                + "and %s of %,d days.", LocalDate.now(ZoneOffset.UTC), plan.days() * UsageServer.RECORDS_PER_DAY,
                readings(plan.cpu()), readings(plan.latency()), readings(plan.highLatency()),
                plan.highLatencyMillis(), readings(plan.largeHistory()), plan.manyDays());
    }

    private static String readings(Effort effort) {
        return effort.readings() + " readings in " + (effort.jvms() == 1 ? "one JVM" : effort.jvms() + " JVMs");
    }

    private static String processor() throws IOException {
        Path description = Path.of("/proc/cpuinfo");
        if (!Files.exists(description)) {
            return "Unknown processor";
        }
        return Files.readAllLines(description).stream().filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst().orElse("Unknown processor");
    }

    private String allContenders() {
        StringBuilder table = new StringBuilder(
                format("""
                        | | CPU, us per record | relative to baseline | allocated, bytes per record \
                        | seconds at 0 ms | at %d ms | at %d ms \
                        | heap, MB | first record, ms |
                        |---|---|---|---|---|---|---|---|---|
                        """,
                        plan.mediumLatencyMillis(), plan.highLatencyMillis()));
        plan.readers(0)
                .forEach(row -> table.append(format("| %s | %.2f | %.2f | %,.0f | %.2f | %.2f | %.2f | %s | %.1f |\n",
                        row.contender().title(), results.cpuMicros(row), results.cpuRatio(row, plan.of(BASELINE, 0)),
                        results.bytes(row),
                        results.seconds(row), results.seconds(row.latency(plan.mediumLatencyMillis())),
                        results.seconds(row.latency(plan.highLatencyMillis())), heap(row),
                        results.firstRecordMillis(row))));
        return table.toString();
    }

    private String heap(Case row) {
        return results.smallestHeap(row.contender()).stream().mapToObj(Integer::toString).findFirst().orElse("more");
    }

    private String parallel() {
        StringBuilder table = new StringBuilder(format("""
                | seconds at %d ms, in %d MB, with `parallelRequests` | %s |
                |---|%s
                """, plan.highLatencyMillis(), Plan.PARALLEL_MEGABYTES, joined(Plan.REQUESTS.stream()),
                "---|".repeat(Plan.REQUESTS.size())));
        Plan.COMPONENT.forEach(
                contender -> table.append(format("| %s | %s |\n", contender.title(), joined(Plan.REQUESTS.stream()
                        .map(requests -> format("%.2f", results.seconds(plan.parallel(contender, requests))))))));
        return table.toString();
    }

    private String lastingState() {
        StringBuilder table = new StringBuilder("""
                | with storage | records | latency, ms | CPU without the database, us per record | seconds |
                |---|---|---|---|---|
                """);
        Stream.of(plan.stores(), committing(), rows()).flatMap(cases -> cases).forEach(row -> table.append(
                format("| %s | %,d | %d | %.2f | %.2f |\n", row.contender().title(), row.records(),
                        row.latencyMillis(), results.cpuMicros(row), results.seconds(row))));
        return table.toString();
    }

    private Stream<Case> committing() {
        return Stream.of(COMMIT_LOOP, STATE_TABLE).map(plan::committing);
    }

    private Stream<Case> rows() {
        return Contender.intoTable().map(plan::rows);
    }

    private static String joined(Stream<?> cells) {
        return cells.map(Object::toString).collect(Collectors.joining(" | "));
    }

    private String goals() {
        return "| figure | measured | goal | met |\n|---|---|---|---|\n"
                + Stream.of(comparedWithBaseline(), comparedWithCamelTwilio(), comparedWithBestAlternative(), memory(),
                        firstRecord(), stores(), committed(), speedUpIntoTable())
                        .flatMap(goals -> goals).map(Goal::row).collect(Collectors.joining());
    }

    private Stream<Goal> comparedWithBaseline() {
        return Stream.of(
                Goal.atMost(1.25, "producer: CPU, relative to baseline", cpuRatio(TWILIO_USAGE_PRODUCER, BASELINE)),
                Goal.atMost(1.5, "consumer: CPU, relative to baseline", cpuRatio(TWILIO_USAGE_CONSUMER, BASELINE)),
                Goal.atMost(0.55,
                        "producer, " + Plan.WORK_MICROS + " us of work per record at " + plan.mediumLatencyMillis()
                                + " ms: time, relative to baseline, which does not read ahead",
                        results.secondsRatio(plan.working(TWILIO_USAGE_PRODUCER), plan.working(BASELINE))));
    }

    private Stream<Goal> comparedWithCamelTwilio() {
        return Stream.of(
                Goal.atMost(0.25, "producer: CPU, relative to camel-twilio",
                        cpuRatio(TWILIO_USAGE_PRODUCER, CAMEL_TWILIO_PRODUCER)),
                Goal.atMost(1.0 / 6, "producer: bytes allocated, relative to camel-twilio",
                        results.bytesRatio(plan.of(TWILIO_USAGE_PRODUCER, 0), plan.of(CAMEL_TWILIO_PRODUCER, 0))),
                Goal.atMost(0.3, "consumer: CPU, relative to camel-twilio",
                        cpuRatio(TWILIO_USAGE_CONSUMER, CAMEL_TWILIO_CONSUMER)));
    }

    private Stream<Goal> comparedWithBestAlternative() {
        double best = Contender.alternatives()
                .mapToDouble(alternative -> results.seconds(plan.of(alternative, plan.highLatencyMillis()))).min()
                .orElseThrow();
        return Plan.COMPONENT.stream().flatMap(contender -> Stream.of(
                Goal.atLeast(3.5, speedUp(contender, 4), best / results.seconds(plan.parallel(contender, 4))),
                Goal.atLeast(6, speedUp(contender, 8), best / results.seconds(plan.parallel(contender, 8)))));
    }

    private String speedUp(Contender contender, int requests) {
        return format("%s, %d parallel requests, %d ms, %d MB: speed-up over the best alternative", contender.title(),
                requests,
                plan.highLatencyMillis(), Plan.PARALLEL_MEGABYTES);
    }

    private Stream<Goal> memory() {
        return Plan.COMPONENT.stream().map(contender -> Goal.atMost(1.3,
                format("%s, %,d records in %d MB: time, relative to 256 MB", contender.title(),
                        plan.manyDays() * UsageServer.RECORDS_PER_DAY, Plan.SMALL_HEAP_MEGABYTES),
                results.secondsRatio(plan.largeHistory(contender).heap(Plan.SMALL_HEAP_MEGABYTES),
                        plan.largeHistory(contender))));
    }

    private Stream<Goal> firstRecord() {
        return Plan.COMPONENT.stream().flatMap(contender -> Stream.of(
                Goal.atMost(1, contender.title() + ": responses before the first record",
                        results.requestsBeforeFirst(plan.of(contender, plan.mediumLatencyMillis()))),
                Goal.atMost(3, contender.title() + ": ms to the first record",
                        results.firstRecordMillis(plan.of(contender, 0)))));
    }

    private Stream<Goal> stores() {
        return plan.stores().skip(1).flatMap(row -> {
            double limit = row.contender() == STATE_FILE ? 2 : 4;
            Case inMemory = plan.of(TWILIO_USAGE_CONSUMER, 0);
            return Stream.of(
                    Goal.atMost(limit, row.contender().title() + ": CPU, relative to memory",
                            results.cpuRatio(row, inMemory)),
                    Goal.atMost(limit, row.contender().title() + ": time, relative to memory",
                            results.secondsRatio(row, inMemory)));
        });
    }

    private Stream<Goal> committed() {
        return Stream.of(Goal.atMost(1.5, STATE_TABLE.title() + ": time, relative to " + COMMIT_LOOP.title(),
                results.secondsRatio(plan.committing(STATE_TABLE), plan.committing(COMMIT_LOOP))));
    }

    private Stream<Goal> speedUpIntoTable() {
        return rows().skip(1).map(alternative -> Goal.atLeast(3,
                format("%s, %d parallel requests, %d ms: speed-up over %s", ROWS.title(),
                        alternative.parallelRequests(), alternative.latencyMillis(), alternative.contender().title()),
                results.secondsRatio(alternative, plan.rows(ROWS))));
    }

    private double cpuRatio(Contender contender, Contender reference) {
        return results.cpuRatio(plan.of(contender, 0), plan.of(reference, 0));
    }

    String picture() throws IOException {
        return new BarChart()
                .panel("CPU, microseconds per record", bars(results::cpuMicros))
                .panel("memory allocated, bytes per record", bars(results::bytes))
                .panel(format("seconds at a latency of %d ms", plan.highLatencyMillis()), Stream.concat(
                        Stream.of(8, 4)
                                .map(requests -> new BarChart.Bar("twilio-usage producer, " + requests + " requests",
                                        results.seconds(plan.parallel(TWILIO_USAGE_PRODUCER, requests)), true)),
                        bars(row -> results.seconds(row.latency(plan.highLatencyMillis())))))
                .panel("consumer by where its position is: CPU, microseconds per record",
                        plan.stores().map(row -> bar(row, results.cpuMicros(row))))
                .panel(format("seconds into a table at a latency of %d ms", plan.highLatencyMillis()),
                        rows().map(row -> bar(row, results.seconds(row))))
                .note(machine()).note(runs())
                .svg();
    }

    private Stream<BarChart.Bar> bars(ToDoubleFunction<Case> figure) {
        return plan.readers(0).map(row -> bar(row, figure.applyAsDouble(row)));
    }

    private static BarChart.Bar bar(Case row, double value) {
        return new BarChart.Bar(row.contender().title(), value, row.contender().title().startsWith("twilio-usage"));
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
