package io.github.cameltwilio.usage.crash;

import java.nio.file.Path;
import java.time.LocalDate;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills a consuming process again and again, and checks the delivery guarantee: nothing is lost, nothing is stale, and
 * a kill duplicates at most one delivery. Three defective variants show that the test would notice.
 *
 * <p>
 * {@code -Dkills=200} makes a long run; {@code -Dcrash.seed} replays the random choices of a run that failed.
 */
@Tag("slow")
class CrashTest {
    private static final int KILLS = Integer.getInteger("kills", 10);
    private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
    private static final LocalDate TODAY_WITH_SHORT_HISTORY = LocalDate.parse("2026-02-10");
    // So many days have passed since the first one that the state file is replaced in between.
    private static final LocalDate TODAY_WITH_LONG_HISTORY = LocalDate.parse("2026-07-31");

    @TempDir
    Path directory;

    @Test
    void keepsGuaranteeOverRandomKillsWithFile() throws Exception {
        assertGuaranteeHolds(killRandomly(KILLS, inFile(), Variant.PRODUCTION));
    }

    @Test
    void keepsGuaranteeOverRandomKillsWithDatabase() throws Exception {
        try (SharedDatabase.H2 database = new SharedDatabase.H2()) {
            assertGuaranteeHolds(killRandomly(KILLS, database.url(), Variant.PRODUCTION));
        }
    }

    @Test
    void keepsGuaranteeOverCrashAtEachStepWithFile() throws Exception {
        assertGuaranteeHolds(crashAt(inFile(), Variant.PRODUCTION, "REPLACEMENT_WRITTEN", "REPLACED", "WRITE",
                "WRITTEN", "SYNCED", "BEFORE_DELIVERY", "AFTER_DELIVERY", "REPLACEMENT_WRITTEN", "REPLACED"));
    }

    @Test
    void keepsGuaranteeOverCrashAtEachStepWithDatabase() throws Exception {
        try (SharedDatabase.H2 database = new SharedDatabase.H2()) {
            assertGuaranteeHolds(crashAt(database.url(), Variant.PRODUCTION, "BEFORE_UPDATE", "AFTER_UPDATE",
                    "BEFORE_DELIVERY", "AFTER_DELIVERY", "BEFORE_UPDATE", "AFTER_UPDATE"));
        }
    }

    @Test
    void detectsLossWhenStateIsWrittenBeforeDelivery() throws Exception {
        CrashScenario.Outcome outcome = crashAt(inFile(), Variant.STATE_BEFORE_DELIVERY, "BEFORE_DELIVERY",
                "BEFORE_DELIVERY", "BEFORE_DELIVERY");

        assertThat(outcome.neverDelivered()).isPositive();
    }

    @Test
    void detectsStaleValuesWithoutLookBack() throws Exception {
        assertThat(killRandomly(3, inFile(), Variant.NO_LOOK_BACK).stale()).isPositive();
    }

    @Test
    void detectsDuplicatesWhenFingerprintHasAsOf() throws Exception {
        // This variant always finds something new, so it cannot be awaited until it is idle.
        try (CrashScenario scenario = scenario(TODAY_WITH_SHORT_HISTORY, inFile(), Variant.AS_OF_IN_FINGERPRINT)) {
            for (int kill = 0; kill < 3; kill++) {
                scenario.runAndKill();
            }
            CrashScenario.Outcome outcome = report(Variant.AS_OF_IN_FINGERPRINT, scenario.runManyPollsAndCompare());
            assertThat(outcome.duplicates()).isGreaterThan(outcome.kills());
        }
    }

    private static void assertGuaranteeHolds(CrashScenario.Outcome outcome) {
        assertThat(outcome.neverDelivered()).as("records never delivered with seed %s: %s", SEED, outcome).isZero();
        assertThat(outcome.stale()).as("stale records with seed %s: %s", SEED, outcome).isZero();
        assertThat(outcome.duplicates()).as("duplicate deliveries with seed %s: %s", SEED, outcome)
                .isLessThanOrEqualTo(outcome.kills());
    }

    private CrashScenario.Outcome killRandomly(int kills, String store, Variant variant) throws Exception {
        try (CrashScenario scenario = scenario(TODAY_WITH_SHORT_HISTORY, store, variant)) {
            for (int kill = 0; kill < kills; kill++) {
                scenario.runAndKill();
            }
            return report(variant, scenario.catchUpAndCompare());
        }
    }

    private CrashScenario.Outcome crashAt(String store, Variant variant, String... crashPoints) throws Exception {
        try (CrashScenario scenario = scenario(TODAY_WITH_LONG_HISTORY, store, variant)) {
            for (String crashPoint : crashPoints) {
                scenario.runUntilCrash(crashPoint);
            }
            return report(variant, scenario.catchUpAndCompare());
        }
    }

    private CrashScenario scenario(LocalDate today, String store, Variant variant) {
        return new CrashScenario(SEED, today, store, directory.resolve("sink"), variant);
    }

    private static CrashScenario.Outcome report(Variant variant, CrashScenario.Outcome outcome) {
        System.out.println(variant + ": " + outcome);
        return outcome;
    }

    private String inFile() {
        return directory.resolve("usage.state").toString();
    }
}
