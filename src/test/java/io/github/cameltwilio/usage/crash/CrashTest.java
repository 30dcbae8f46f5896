package io.github.cameltwilio.usage.crash;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills a consuming process again and again, and checks the delivery guarantee: nothing is lost, nothing is stale, and
 * a kill duplicates at most one delivery. Three defective variants show that the test would notice.
 *
 * <p>
 * {@code -Dkills=60} makes a long run; {@code -Dcrash.seed} replays the random choices of a run that failed.
 */
@Tag("slow")
class CrashTest extends CrashTestSupport {
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

    private String inFile() {
        return directory.resolve("usage.state").toString();
    }
}
