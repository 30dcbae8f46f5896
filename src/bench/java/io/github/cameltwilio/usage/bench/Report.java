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

import static io.github.cameltwilio.usage.bench.Contender.CAMEL_TWILIO_CONSUMER;
import static io.github.cameltwilio.usage.bench.Contender.CAMEL_TWILIO_PRODUCER;
import static io.github.cameltwilio.usage.bench.Contender.FLOOR;
import static io.github.cameltwilio.usage.bench.Contender.TWILIO_USAGE_CONSUMER;
import static io.github.cameltwilio.usage.bench.Contender.TWILIO_USAGE_PRODUCER;

/** The figures as tables in Markdown, and as a picture. */
final class Report {
    private final Plan plan;
    private final double load;
    private final Results results;

    /** @param load of the machine before anything was measured */
    Report(Plan plan, double load, Results results) {
        this.plan = plan;
        this.load = load;
        this.results = results;
    }

    String text() throws IOException {
        return String.join("\n", machine() + "\n" + runs() + "\n", everybody(), parallel(), goals());
    }

    private String machine() throws IOException {
        return format("%s, %d processors, load %.1f at the beginning, %s %s, Java %s.", processor(),
                Runtime.getRuntime().availableProcessors(), load, System.getProperty("os.name"),
                System.getProperty("os.arch"), System.getProperty("java.runtime.version"));
    }

    private String runs() {
        return format(
                "%s: %,d records; medians of %d readings in %d JVMs, of %d in %d where there is latency or work, of %d in %d with %,d days.",
                LocalDate.now(ZoneOffset.UTC), plan.days() * UsageServer.RECORDS_A_DAY,
                plan.fast().readings(), plan.fast().jvms(),
                plan.slow().readings(), plan.slow().jvms(),
                plan.large().readings(), plan.large().jvms(), plan.manyDays());
    }

    private static String processor() throws IOException {
        Path description = Path.of("/proc/cpuinfo");
        if (!Files.exists(description)) {
            return "Unknown processor";
        }
        return Files.readAllLines(description).stream().filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst().orElse("Unknown processor");
    }

    private String everybody() {
        StringBuilder table = new StringBuilder(
                format("""
                        | | CPU, us a record | of the floor's | allocated, bytes a record | seconds at 0 ms | at %d ms | at %d ms \
                        | heap, MB | first record, ms |
                        |---|---|---|---|---|---|---|---|---|
                        """,
                        plan.someLatency(), plan.muchLatency()));
        plan.everybody(0)
                .forEach(one -> table.append(format("| %s | %.2f | %.2f | %,.0f | %.2f | %.2f | %.2f | %s | %.1f |\n",
                        one.contender().title(), results.cpuMicros(one), results.cpuMicros(one) / cpu(FLOOR),
                        results.bytes(one),
                        results.seconds(one), results.seconds(one.latency(plan.someLatency())),
                        results.seconds(one.latency(plan.muchLatency())), heap(one), results.firstRecordMillis(one))));
        return table.toString();
    }

    private String heap(Case one) {
        return results.smallestHeap(one.contender()).stream().mapToObj(Integer::toString).findFirst().orElse("more");
    }

    private String parallel() {
        StringBuilder table = new StringBuilder(format("""
                | seconds at %d ms, in %d MB, with `parallelRequests` | %s |
                |---|%s
                """, plan.muchLatency(), Plan.PARALLEL_MEGABYTES, joined(Plan.REQUESTS.stream()),
                "---|".repeat(Plan.REQUESTS.size())));
        Plan.COMPONENT.forEach(
                contender -> table.append(format("| %s | %s |\n", contender.title(), joined(Plan.REQUESTS.stream()
                        .map(requests -> format("%.2f", results.seconds(plan.parallel(contender, requests))))))));
        return table.toString();
    }

    private static String joined(Stream<?> cells) {
        return cells.map(Object::toString).collect(Collectors.joining(" | "));
    }

    private String goals() {
        return "| goal | measured | is to be | met |\n|---|---|---|---|\n"
                + Stream.of(ofTheFloor(), ofCamelTwilio(), ofTheBestPeer(), ofMemory(), ofTheFirstRecord())
                        .flatMap(goals -> goals).map(Goal::row).collect(Collectors.joining());
    }

    private Stream<Goal> ofTheFloor() {
        return Stream.of(
                Goal.atMost(1.15, "producer: CPU, of the floor's", cpu(TWILIO_USAGE_PRODUCER) / cpu(FLOOR)),
                Goal.atMost(1.3, "consumer: CPU, of the floor's", cpu(TWILIO_USAGE_CONSUMER) / cpu(FLOOR)),
                Goal.atMost(0.55, "producer, " + Plan.WORK_MICROS + " us of work a record at " + plan.someLatency()
                        + " ms: time, of that without reading ahead",
                        results.seconds(plan.working(TWILIO_USAGE_PRODUCER)) / results.seconds(plan.working(FLOOR))));
    }

    private Stream<Goal> ofCamelTwilio() {
        return Stream.of(
                Goal.atMost(0.25, "producer: CPU, of camel-twilio's",
                        cpu(TWILIO_USAGE_PRODUCER) / cpu(CAMEL_TWILIO_PRODUCER)),
                Goal.atMost(1.0 / 6, "producer: bytes allocated, of camel-twilio's",
                        results.bytes(plan.of(TWILIO_USAGE_PRODUCER, 0))
                                / results.bytes(plan.of(CAMEL_TWILIO_PRODUCER, 0))),
                Goal.atMost(0.3, "consumer: CPU, of camel-twilio's",
                        cpu(TWILIO_USAGE_CONSUMER) / cpu(CAMEL_TWILIO_CONSUMER)));
    }

    private Stream<Goal> ofTheBestPeer() {
        double best = Contender.peers().mapToDouble(peer -> results.seconds(plan.of(peer, plan.muchLatency()))).min()
                .orElseThrow();
        return Plan.COMPONENT.stream().flatMap(contender -> Stream.of(
                Goal.atLeast(3.5, timesAsFast(contender, 4), best / results.seconds(plan.parallel(contender, 4))),
                Goal.atLeast(6, timesAsFast(contender, 8), best / results.seconds(plan.parallel(contender, 8)))));
    }

    private String timesAsFast(Contender contender, int requests) {
        return format("%s, %d requests at once, %d ms, %d MB: times as fast as the best peer", contender.title(),
                requests,
                plan.muchLatency(), Plan.PARALLEL_MEGABYTES);
    }

    private Stream<Goal> ofMemory() {
        return Plan.COMPONENT.stream().map(contender -> Goal.atMost(1.3,
                format("%s, %,d records in %d MB: time, of that in 256 MB", contender.title(),
                        plan.manyDays() * UsageServer.RECORDS_A_DAY, Plan.FEW_MEGABYTES),
                results.seconds(plan.many(contender).heap(Plan.FEW_MEGABYTES))
                        / results.seconds(plan.many(contender))));
    }

    private Stream<Goal> ofTheFirstRecord() {
        return Plan.COMPONENT.stream().flatMap(contender -> Stream.of(
                Goal.atMost(1, contender.title() + ": requests before the first record",
                        results.requestsBeforeFirst(plan.of(contender, plan.someLatency()))),
                Goal.atMost(3, contender.title() + ": ms to the first record",
                        results.firstRecordMillis(plan.of(contender, 0)))));
    }

    private double cpu(Contender contender) {
        return results.cpuMicros(plan.of(contender, 0));
    }

    String picture() throws IOException {
        return new BarChart()
                .panel("CPU, microseconds a record", bars(results::cpuMicros))
                .panel("memory allocated, bytes a record", bars(results::bytes))
                .panel(format("seconds at %d ms a request", plan.muchLatency()), Stream.concat(
                        Stream.of(8, 4)
                                .map(requests -> new BarChart.Bar("twilio-usage producer, " + requests + " requests",
                                        results.seconds(plan.parallel(TWILIO_USAGE_PRODUCER, requests)), true)),
                        bars(one -> results.seconds(one.latency(plan.muchLatency())))))
                .note(machine()).note(runs())
                .svg();
    }

    private Stream<BarChart.Bar> bars(ToDoubleFunction<Case> figure) {
        return plan.everybody(0).map(one -> new BarChart.Bar(one.contender().title(), figure.applyAsDouble(one),
                Plan.COMPONENT.contains(one.contender())));
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
