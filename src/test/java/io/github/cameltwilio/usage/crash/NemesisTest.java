package io.github.cameltwilio.usage.crash;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.cameltwilio.usage.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static io.github.cameltwilio.usage.crash.Nemesis.Trouble;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lets the world fail around a consumer that lives: nothing is lost, stale or out of order, and only what was in flight
 * may be delivered twice. Four defective variants show that the test would notice.
 *
 * <p>
 * {@code -Drounds=200} makes a long run, also with PostgreSQL; {@code -Dcrash.seed} replays the random choices of a run
 * that failed.
 */
@Tag("slow")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class NemesisTest {
    private static final int ROUNDS = Integer.getInteger("rounds", 10);
    private static final long SEED = Long.getLong("crash.seed", System.nanoTime());

    @TempDir
    Path directory;

    @Test
    void keepsGuaranteeWhileDiskIsFull() {
        List<String> output = ChildJvm.outputOf(ChildJvm.of(Nemesis.class,
                List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"),
                Long.toString(SEED), Integer.toString(ROUNDS), directory.resolve("usage.state").toString())).lines()
                .toList();
        assertThat(output).isNotEmpty();
        assertGuaranteeHolds(Nemesis.Outcome.parse(output.get(output.size() - 1)), output);
    }

    @Test
    void keepsGuaranteeWhileDatabaseFails() throws Exception {
        keepsGuarantee(new SharedDatabase.H2());
    }

    @Test
    @EnabledIfSystemProperty(named = "rounds", matches = "\\d+", disabledReason = "Part of the long run")
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void keepsGuaranteeWhilePostgresFails() throws Exception {
        keepsGuarantee(new SharedDatabase.Postgres());
    }

    private static void keepsGuarantee(SharedDatabase database) throws Exception {
        try (database; Nemesis nemesis = new Nemesis(SEED, Variant.PRODUCTION, null, database)) {
            assertGuaranteeHolds(nemesis.run(ROUNDS), nemesis.log());
        }
    }

    @Test
    void detectsRepeatsWhenAFailedWriteIsDueAgain() throws Exception {
        Nemesis.Outcome outcome = fail(Variant.FAILED_WRITE_IS_DUE_AGAIN, Trouble.STORE_FAILS);

        assertThat(outcome.repeats()).isGreaterThan(outcome.inFlight());
    }

    @Test
    void detectsLossWhenAnInterruptClosesTheState() throws Exception {
        Nemesis.Outcome outcome = fail(Variant.INTERRUPT_CLOSES_STATE, Trouble.ROUTE_INTERRUPTED);

        assertThat(outcome.caughtUp()).isFalse();
        assertThat(outcome.neverDelivered() + outcome.stale()).isPositive();
    }

    @Test
    void detectsLossWhenARollbackIsDelivered() throws Exception {
        Nemesis.Outcome outcome = fail(Variant.ROLLBACK_IS_DELIVERED, Trouble.EXCHANGES_ROLLED_BACK);

        assertThat(outcome.neverDelivered() + outcome.stale()).isPositive();
    }

    @Test
    void detectsLossWhenAFutureWatermarkIsKept() throws Exception {
        Nemesis.Outcome outcome = fail(Variant.FUTURE_WATERMARK_IS_KEPT, Trouble.WRONG_DATE,
                Trouble.SINK_DOWN_FOR_A_WEEK);

        assertThat(outcome.neverDelivered()).isPositive();
    }

    private static Nemesis.Outcome fail(Variant variant, Trouble... troubles) throws Exception {
        try (Nemesis nemesis = new Nemesis(SEED, variant, null, null)) {
            for (int round = 0; round < 4; round++) {
                for (Trouble trouble : troubles) {
                    nemesis.run(List.of(trouble));
                }
            }
            Nemesis.Outcome outcome = nemesis.catchUpAndCompare();
            System.out.println(variant + ", seed " + SEED + ": " + outcome);
            return outcome;
        }
    }

    private static void assertGuaranteeHolds(Nemesis.Outcome outcome, List<String> log) {
        System.out.println("seed " + SEED + ": " + outcome);
        String run = "seed %s: %s%n%s".formatted(SEED, outcome, String.join("\n", log));
        assertThat(outcome.caughtUp()).as("caught up with %s", run).isTrue();
        assertThat(outcome.neverDelivered()).as("records never delivered with %s", run).isZero();
        assertThat(outcome.stale()).as("stale records with %s", run).isZero();
        assertThat(outcome.disordered()).as("older values after newer ones with %s", run).isZero();
        assertThat(outcome.repeats()).as("repeats with %s", run).isLessThanOrEqualTo(outcome.inFlight());
    }
}
