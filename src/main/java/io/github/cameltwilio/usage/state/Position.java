package io.github.cameltwilio.usage.state;

import java.time.LocalDate;

/**
 * How far a reader has got.
 *
 * @param firstDay  the day it began with; the look-back never reaches further back
 * @param watermark the day up to and including which everything was delivered
 * @param knownFrom the day from which on the values that were delivered are still remembered. A record of an earlier
 *                  day would look new, so no look-back reaches further back, not even one that became longer
 */
public record Position(LocalDate firstDay, LocalDate watermark, LocalDate knownFrom) {

    /** A position from which nothing was forgotten yet. */
    public Position(LocalDate firstDay, LocalDate watermark) {
        this(firstDay, watermark, firstDay);
    }

    /** Returns the position of a reader that begins with this day. */
    public static Position before(LocalDate firstDay) {
        return new Position(firstDay, firstDay.minusDays(1));
    }

    /** Returns whether values of this day were remembered once and are not any more. */
    public boolean hasForgotten(LocalDate day) {
        return knownFrom.isAfter(firstDay) && day.isBefore(knownFrom);
    }

    /** Moves the watermark to this day; it never moves back. */
    public Position advancedTo(LocalDate day) {
        return day.isAfter(watermark) ? new Position(firstDay, day, knownFrom) : this;
    }

    /** Moves the day from which on values are remembered; it never moves back. */
    public Position forgetting(LocalDate forgetBefore) {
        return forgetBefore.isAfter(knownFrom) ? new Position(firstDay, watermark, forgetBefore) : this;
    }
}
