package io.github.cameltwilio.usage.simulator;

import java.math.BigDecimal;
import java.time.LocalDate;

/**
 * Generates the usage of a leaf category on a day. The same seed gives the same usage in whatever order it is
 * requested, so nothing has to be stored, however long the history is.
 */
record SimulatedUsage(long seed, double zeroShare) {

    private static final int SECONDS_OF_DAY = 86_400;

    /** @param elapsed seconds of the day that have passed; usage grows with them until the day ends */
    Usage of(Category leaf, LocalDate day, int elapsed) {
        long habit = scramble(seed + leaf.name().hashCode());
        long chance = scramble(habit + day.toEpochDay());
        if ((chance >>> 11) * 0x1.0p-53 < zeroShare) {
            return Usage.NONE;
        }
        long count = within(1, 500, scramble(chance)) * elapsed / SECONDS_OF_DAY;
        long usage = leaf.isMeteredInMinutes() ? count * within(1, 6, chance) : count;
        long unitPrice = within(75, 3000, habit);
        return new Usage(BigDecimal.valueOf(count), BigDecimal.valueOf(usage),
                BigDecimal.valueOf(usage * unitPrice, 5));
    }

    static int wholeDay() {
        return SECONDS_OF_DAY;
    }

    private static long within(long min, long max, long chance) {
        return min + Math.floorMod(chance, max - min + 1);
    }

    /** The finalizer of SplitMix64: neighbouring inputs give unrelated outputs. */
    static long scramble(long input) {
        long z = input + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
