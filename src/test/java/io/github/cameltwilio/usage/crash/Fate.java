package io.github.cameltwilio.usage.crash;

import java.io.IOException;
import java.math.BigDecimal;
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
import io.github.cameltwilio.usage.TestClock;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.simulator.Usage;

/**
 * What befalls a {@link Mortal}: its days are 300 milliseconds long, values are corrected up to three days late, one
 * request of twenty fails, and it is killed. In the end, when it has had time to catch up, what it delivered is compared
 * with what is true. Everything happens on the caller's thread, so no correction is later than it means to be.
 */
final class Fate implements AutoCloseable {

    /** What was found: the first three are the promise, the keys say how much was looked at. */
    record Outcome(int neverDelivered, int stale, int duplicates, int keys, int kills) {
    }

    private static final LocalDate FIRST_DAY = LocalDate.parse("2026-02-01");
    private static final String[] CATEGORIES = { "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8" };
    private static final Duration TICK = Duration.ofMinutes(48);
    private static final List<String> SMALL_AND_QUICK = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC", "-Xshare:auto");
    // Generous: slowness must not read as loss.
    private static final int MANY_DELIVERIES = 20_000;
    private static final Duration TO_CATCH_UP = Duration.ofMinutes(2);

    private final Random random;
    private final TestClock clock;
    private final TwilioUsageSimulator simulator;
    private final String home;
    private final Path sink;
    private final Design design;
    private int kills;

    Fate(long seed, LocalDate today, String home, Path sink, Design design) {
        this.random = new Random(seed);
        this.clock = new TestClock(today + "T12:00:00Z");
        this.simulator = TwilioUsageSimulator.builder().seed(seed).clock(clock).accountCreated(FIRST_DAY)
                .categories(CATEGORIES).zeroShare(0).start();
        this.home = home;
        this.sink = sink;
        this.design = design;
    }

    /** A life that SIGKILL ends, up to 120 milliseconds after its first delivery. */
    void liveAndBeKilled() throws Exception {
        long before = size();
        Process life = begin("never");
        try {
            while (size() == before) {
                pass(life);
            }
            for (int ticks = random.nextInt(13); ticks > 0; ticks--) {
                pass(life);
            }
        } finally {
            end(life);
        }
    }

    /** A life that ends by itself at a moment of this name. */
    void liveUntil(String moment) throws Exception {
        Process life = begin(moment);
        try {
            for (long deadline = System.nanoTime() + TO_CATCH_UP.toNanos(); life.isAlive(); pass(life)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("The process never came to " + moment);
                }
            }
            if (life.exitValue() != 137) {
                throw new AssertionError("The process ended by itself, not at " + moment);
            }
        } finally {
            end(life);
        }
    }

    /** A last life without faults. It catches up, then there is a last correction of each of the three days before. */
    Outcome liveOnAndCompare() throws Exception {
        Process life = begin("never");
        try {
            awaitCaughtUp(life);
            for (int late = 1; late <= 3; late++) {
                simulator.correct(clock.today().minusDays(late), CATEGORIES[late], new BigDecimal("3"));
            }
            awaitCaughtUp(life);
        } finally {
            life.destroyForcibly().waitFor();
        }
        return compare();
    }

    /** A last life that reads the same days again and again: for a design that never finds nothing new. */
    Outcome liveThroughManyPollsAndCompare() throws Exception {
        Process life = begin("never");
        try {
            long enough = size() + MANY_DELIVERIES;
            for (long deadline = System.nanoTime() + TO_CATCH_UP.toNanos(); size() < enough; pass(life)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("The process delivered too little to tell");
                }
            }
        } finally {
            life.destroyForcibly().waitFor();
        }
        return compare();
    }

    /** Three polls in a row that found nothing new. */
    private void awaitCaughtUp(Process life) throws Exception {
        int idle = idle() + 3;
        for (long deadline = System.nanoTime() + TO_CATCH_UP.toNanos(); idle() < idle;) {
            if (System.nanoTime() > deadline || life.waitFor(10, TimeUnit.MILLISECONDS)) {
                throw new AssertionError(
                        "The process did not catch up; it has " + Files.readAllLines(sink).size() + " lines");
            }
        }
    }

    Outcome compare() throws IOException {
        Map<String, String> last = new HashMap<>();
        int duplicates = 0;
        for (String line : Files.readAllLines(sink)) {
            if (!line.equals(Mortal.IDLE)) {
                String[] delivery = line.split("\t");
                duplicates += delivery[1].equals(last.put(delivery[0], delivery[1])) ? 1 : 0;
            }
        }
        int keys = 0;
        int neverDelivered = 0;
        int stale = 0;
        for (LocalDate day = FIRST_DAY; !day.isAfter(clock.today()); day = day.plusDays(1)) {
            for (String category : CATEGORIES) {
                keys++;
                String delivered = last.get(category + " " + day);
                Usage truth = simulator.usage(day, category);
                // At midnight nothing was used yet, and what is zero is not delivered.
                neverDelivered += delivered == null && truth.count().signum() != 0 ? 1 : 0;
                stale += delivered != null && !delivered.equals(text(truth)) ? 1 : 0;
            }
        }
        return new Outcome(neverDelivered, stale, duplicates, keys, kills);
    }

    private static String text(Usage usage) {
        return Mortal.plain(usage.count()) + " " + Mortal.plain(usage.usage()) + " " + Mortal.plain(usage.price());
    }

    private Process begin(String death) throws IOException {
        return ChildJvm.of(Mortal.class, SMALL_AND_QUICK, simulator.baseUrl().toString(), simulator.accountSid(),
                simulator.authToken(), FIRST_DAY.toString(), home, sink.toString(), design.name(), death)
                .redirectOutput(sink.resolveSibling("output").toFile()).start();
    }

    /** Ten milliseconds, in which a thirtieth of a day goes by. */
    private void pass(Process life) throws InterruptedException {
        life.waitFor(10, TimeUnit.MILLISECONDS);
        clock.advance(TICK);
        if (random.nextInt(5) == 0) {
            simulator.correct(clock.today().minusDays(random.nextInt(4)), CATEGORIES[random.nextInt(CATEGORIES.length)],
                    new BigDecimal(random.nextBoolean() ? "2" : "0.5"));
        }
        int requests = simulator.requests().size();
        simulator.clearRequests();
        for (int request = 0; request < requests; request++) {
            if (random.nextInt(20) == 0) {
                simulator.fail(random.nextBoolean() ? Fault.serverError() : Fault.rateLimited(1));
            }
        }
    }

    private void end(Process life) throws InterruptedException {
        life.destroyForcibly().waitFor();
        kills++;
    }

    private long size() throws IOException {
        return Files.exists(sink) ? Files.size(sink) : 0;
    }

    private int idle() throws IOException {
        return Files.exists(sink) ? (int) Files.readAllLines(sink).stream().filter(Mortal.IDLE::equals).count() : 0;
    }

    @Override
    public void close() {
        simulator.close();
    }
}
