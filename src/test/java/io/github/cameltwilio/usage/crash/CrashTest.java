package io.github.cameltwilio.usage.crash;

import java.nio.file.Path;
import java.time.LocalDate;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code mvn test -Dtest=CrashTest -Dkills=200} is the long run. {@code -Dcrash.seed} repeats a run's chances. */
@Tag("slow")
class CrashTest {
    private static final int KILLS = Integer.getInteger("kills", 10);
    private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
    private static final LocalDate EARLY = LocalDate.parse("2026-02-10");
    // Enough days for the file to be replaced.
    private static final LocalDate LATE = LocalDate.parse("2026-07-31");

    @TempDir
    Path directory;

    @Test
    void withAFileNothingIsLostNothingIsStaleAndAKillDoublesAtMostOneDelivery() throws Exception {
        assertThatThePromiseIsKept(killed(KILLS, inFile(), Design.AS_IT_IS));
    }

    @Test
    void withADatabaseNothingIsLostNothingIsStaleAndAKillDoublesAtMostOneDelivery() throws Exception {
        try (Database database = new Database()) {
            assertThatThePromiseIsKept(killed(KILLS, database.url(), Design.AS_IT_IS));
        }
    }

    @Test
    void aDeathAtEachStepOfAFileKeepsThePromise() throws Exception {
        assertThatThePromiseIsKept(
                died(inFile(), Design.AS_IT_IS, "REPLACEMENT_WRITTEN", "REPLACED", "WRITE", "WRITTEN",
                        "SYNCED", "BEFORE_DELIVERY", "AFTER_DELIVERY", "REPLACEMENT_WRITTEN", "REPLACED"));
    }

    @Test
    void aDeathAtEachStepOfADatabaseKeepsThePromise() throws Exception {
        try (Database database = new Database()) {
            assertThatThePromiseIsKept(died(database.url(), Design.AS_IT_IS, "BEFORE_UPDATE", "AFTER_UPDATE",
                    "BEFORE_DELIVERY", "AFTER_DELIVERY", "BEFORE_UPDATE", "AFTER_UPDATE"));
        }
    }

    @Test
    void theHarnessCatchesACommitBeforeTheDelivery() throws Exception {
        assertThat(
                died(inFile(), Design.COMMIT_BEFORE_DELIVERY, "BEFORE_DELIVERY", "BEFORE_DELIVERY", "BEFORE_DELIVERY")
                        .neverDelivered())
                .isPositive();
    }

    @Test
    void theHarnessCatchesAMissingLookBack() throws Exception {
        assertThat(killed(3, inFile(), Design.NO_LOOK_BACK).stale()).isPositive();
    }

    @Test
    void theHarnessCatchesAsOfInTheFingerprint() throws Exception {
        // It never finds nothing new, so there is no waiting for that.
        try (Fate fate = fate(EARLY, inFile(), Design.AS_OF_IN_THE_FINGERPRINT)) {
            for (int kill = 0; kill < 3; kill++) {
                fate.liveAndBeKilled();
            }
            Fate.Outcome outcome = reported(Design.AS_OF_IN_THE_FINGERPRINT, fate.liveThroughManyPollsAndCompare());
            assertThat(outcome.duplicates()).isGreaterThan(outcome.kills());
        }
    }

    private static void assertThatThePromiseIsKept(Fate.Outcome outcome) {
        assertThat(outcome.neverDelivered()).as("never delivered, seed %s, %s", SEED, outcome).isZero();
        assertThat(outcome.stale()).as("stale, seed %s, %s", SEED, outcome).isZero();
        assertThat(outcome.duplicates()).as("duplicates, seed %s, %s", SEED, outcome)
                .isLessThanOrEqualTo(outcome.kills());
    }

    private Fate.Outcome killed(int kills, String home, Design design) throws Exception {
        try (Fate fate = fate(EARLY, home, design)) {
            for (int kill = 0; kill < kills; kill++) {
                fate.liveAndBeKilled();
            }
            return reported(design, fate.liveOnAndCompare());
        }
    }

    private Fate.Outcome died(String home, Design design, String... moments) throws Exception {
        try (Fate fate = fate(LATE, home, design)) {
            for (String moment : moments) {
                fate.liveUntil(moment);
            }
            return reported(design, fate.liveOnAndCompare());
        }
    }

    private Fate fate(LocalDate today, String home, Design design) {
        return new Fate(SEED, today, home, directory.resolve("sink"), design);
    }

    private static Fate.Outcome reported(Design design, Fate.Outcome outcome) {
        System.out.println(design + ": " + outcome);
        return outcome;
    }

    private String inFile() {
        return directory.resolve("usage.state").toString();
    }
}
