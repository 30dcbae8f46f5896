package io.github.cameltwilio.usage.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.github.cameltwilio.usage.ChildJvm;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Runs a {@link CrashingProcess} against a {@link ChangingTwilio} and kills it. A simulated day takes 300 milliseconds;
 * no more than two days pass while a JVM starts. When the process has caught up in the end, its deliveries are compared
 * with the simulator's data. Everything happens on the caller's thread, so that no correction is later than planned.
 */
final class CrashScenario implements AutoCloseable {

    /**
     * @param neverDelivered records of which no delivery was found; like {@code stale}, always 0 for a correct consumer
     * @param stale          records whose last delivery is out of date
     * @param duplicates     deliveries equal to the one before, at most one for each kill
     * @param keys           records that were compared
     */
    record Outcome(int neverDelivered, int stale, int duplicates, int keys, int kills) {
    }

    static final String SINK_TABLE = "deliveries";
    private static final String NO_CRASH = "none";
    // Most of a run is the start of JVMs. JMX and logging are a quarter of that, and no part of what is checked.
    private static final List<String> JVM_OPTIONS = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC", "-Xshare:auto", "-Dorg.apache.camel.jmx.disabled=true",
            "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider");
    // Two simulated days.
    private static final int MAX_TICKS_BEFORE_DELIVERY = 60;
    private static final int MANY_DELIVERIES = 20_000;
    // Long enough that a slow machine does not look like a lost record.
    private static final Duration CATCH_UP_TIMEOUT = Duration.ofMinutes(2);

    private final Random random;
    private final ChangingTwilio twilio;
    private final String store;
    private final Path sink;
    private final Variant variant;
    private final SingleConnectionDataSource database;
    private int kills;

    CrashScenario(long seed, LocalDate today, String store, Path sink, Variant variant) {
        this.random = new Random(seed);
        this.twilio = new ChangingTwilio(seed, random, today);
        this.store = store;
        this.sink = sink;
        this.variant = variant;
        this.database = variant.isSinkInDatabase() ? new SingleConnectionDataSource(store, true) : null;
    }

    /** Starts the process and kills it up to 120 milliseconds after its first delivery. */
    void runAndKill() throws Exception {
        long before = size();
        Process process = start(NO_CRASH);
        try {
            long deadline = System.nanoTime() + CATCH_UP_TIMEOUT.toNanos();
            for (int ticks = 0; size() == before; ticks++) {
                if (process.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                    throw new AssertionError("The process delivered nothing, or ended before");
                }
                if (ticks < MAX_TICKS_BEFORE_DELIVERY) {
                    twilio.tick();
                }
            }
            for (int ticks = random.nextInt(13); ticks > 0; ticks--) {
                advance(process);
            }
        } finally {
            kill(process);
        }
    }

    /** Starts the process and waits until it crashes at the given point. */
    void runUntilCrash(String crashPoint) throws Exception {
        Process process = start(crashPoint);
        try {
            for (long deadline = System.nanoTime() + CATCH_UP_TIMEOUT.toNanos(); process.isAlive(); advance(process)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("The process never reached " + crashPoint);
                }
            }
            if (process.exitValue() != 137) {
                throw new AssertionError("The process ended before it reached " + crashPoint);
            }
        } finally {
            kill(process);
        }
    }

    /** Runs without crashes, catches up, corrects each of the last three days once more, and catches up again. */
    Outcome catchUpAndCompare() throws Exception {
        Process process = start(NO_CRASH);
        try {
            awaitCaughtUp(process);
            twilio.correctTheLastDays();
            awaitCaughtUp(process);
        } finally {
            process.destroyForcibly().waitFor();
        }
        return compare();
    }

    /** Runs until there are many deliveries, for a variant that finds something new in each poll and is never idle. */
    Outcome runManyPollsAndCompare() throws Exception {
        Process process = start(NO_CRASH);
        try {
            long sufficient = size() + MANY_DELIVERIES;
            long deadline = System.nanoTime() + CATCH_UP_TIMEOUT.toNanos();
            while (size() < sufficient) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("The process delivered too few records to compare");
                }
                advance(process);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return compare();
    }

    /** Waits for three polls that find nothing new. */
    private void awaitCaughtUp(Process process) throws Exception {
        int expected = idlePolls() + 3;
        for (long deadline = System.nanoTime() + CATCH_UP_TIMEOUT.toNanos(); idlePolls() < expected;) {
            if (System.nanoTime() > deadline || process.waitFor(10, TimeUnit.MILLISECONDS)) {
                throw new AssertionError(
                        "The process did not catch up; the sink has " + Files.readAllLines(sink).size() + " lines");
            }
        }
    }

    Outcome compare() throws Exception {
        Map<String, String> lastDeliveries = new HashMap<>();
        int duplicates = 0;
        for (String line : deliveries()) {
            if (!line.equals(CrashingProcess.IDLE)) {
                String[] delivery = line.split("\t");
                duplicates += delivery[1].equals(lastDeliveries.put(delivery[0], delivery[1])) ? 1 : 0;
            }
        }
        ChangingTwilio.Difference difference = twilio.compare(lastDeliveries::get);
        return new Outcome(difference.neverDelivered().size(), difference.stale().size(), duplicates,
                difference.keys(), kills);
    }

    private Process start(String crashPoint) throws IOException {
        return ChildJvm
                .of(CrashingProcess.class, JVM_OPTIONS, twilio.simulator(), ChangingTwilio.FIRST_DAY.toString(), store,
                        sink.toString(),
                        variant.name(), crashPoint)
                .redirectOutput(sink.resolveSibling("output").toFile()).start();
    }

    /** Waits ten milliseconds, in which a thirtieth of a simulated day passes. */
    private void advance(Process process) throws InterruptedException {
        process.waitFor(10, TimeUnit.MILLISECONDS);
        twilio.tick();
    }

    private void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
        kills++;
    }

    private List<String> deliveries() throws Exception {
        return database == null ? Files.readAllLines(sink) : new JdbcTemplate(database)
                .queryForList("select delivery from " + SINK_TABLE + " order by number", String.class);
    }

    private long size() throws IOException {
        if (database == null) {
            return Files.exists(sink) ? Files.size(sink) : 0;
        }
        return new JdbcTemplate(database).queryForObject("select count(*) from " + SINK_TABLE, Long.class);
    }

    private int idlePolls() throws IOException {
        return Files.exists(sink) ? (int) Files.readAllLines(sink).stream().filter(CrashingProcess.IDLE::equals).count()
                : 0;
    }

    @Override
    public void close() {
        twilio.close();
        if (database != null) {
            database.destroy();
        }
    }
}
