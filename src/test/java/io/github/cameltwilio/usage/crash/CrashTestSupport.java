package io.github.cameltwilio.usage.crash;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs {@link CrashScenario}s and checks their outcomes. Each step of a scenario has a time-out of its own. */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
abstract class CrashTestSupport {
    static final int KILLS = Integer.getInteger("kills", 6);
    static final long SEED = Long.getLong("crash.seed", System.nanoTime());
    static final LocalDate TODAY_WITH_SHORT_HISTORY = LocalDate.parse("2026-02-10");
    // So many days have passed since the first one that a state file is replaced in between.
    static final LocalDate TODAY_WITH_LONG_HISTORY = LocalDate.parse("2026-07-31");

    @TempDir
    Path directory;

    static void assertGuaranteeHolds(CrashScenario.Outcome outcome) {
        assertThat(outcome.neverDelivered()).as("records never delivered with seed %s: %s", SEED, outcome).isZero();
        assertThat(outcome.stale()).as("stale records with seed %s: %s", SEED, outcome).isZero();
        assertThat(outcome.duplicates()).as("duplicate deliveries with seed %s: %s", SEED, outcome)
                .isLessThanOrEqualTo(outcome.kills());
    }

    final CrashScenario.Outcome killRandomly(int kills, String store, Variant variant) throws Exception {
        try (CrashScenario scenario = scenario(TODAY_WITH_SHORT_HISTORY, store, variant)) {
            for (int kill = 0; kill < kills; kill++) {
                scenario.runAndKill();
            }
            return report(variant, scenario.catchUpAndCompare());
        }
    }

    final CrashScenario.Outcome crashAt(String store, Variant variant, String... crashPoints) throws Exception {
        LocalDate today = store.startsWith("jdbc:") ? TODAY_WITH_SHORT_HISTORY : TODAY_WITH_LONG_HISTORY;
        try (CrashScenario scenario = scenario(today, store, variant)) {
            for (String crashPoint : crashPoints) {
                scenario.runUntilCrash(crashPoint);
            }
            return report(variant, scenario.catchUpAndCompare());
        }
    }

    final CrashScenario scenario(LocalDate today, String store, Variant variant) {
        return new CrashScenario(SEED, today, store, directory.resolve("sink"), variant);
    }

    static CrashScenario.Outcome report(Variant variant, CrashScenario.Outcome outcome) {
        System.out.println(variant + ": " + outcome);
        return outcome;
    }
}
