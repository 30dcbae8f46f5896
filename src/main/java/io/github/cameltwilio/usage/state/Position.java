package io.github.cameltwilio.usage.state;

import java.time.LocalDate;

/**
 * How far a reader has got.
 *
 * @param firstDay  the day it began with; the look-back never reaches further back
 * @param watermark the last day of which, like of all days before, everything was delivered
 */
public record Position(LocalDate firstDay, LocalDate watermark) {

    /** Returns the position of a reader that begins with this day. */
    public static Position before(LocalDate firstDay) {
        return new Position(firstDay, firstDay.minusDays(1));
    }

    /** Moves the watermark to this day; it never moves back. */
    public Position advancedTo(LocalDate day) {
        return day.isAfter(watermark) ? new Position(firstDay, day) : this;
    }

    /** Returns false if the watermark is in the future. */
    public boolean isPossibleOn(LocalDate today) {
        return watermark.isBefore(firstDay) || !watermark.isAfter(today);
    }
}
