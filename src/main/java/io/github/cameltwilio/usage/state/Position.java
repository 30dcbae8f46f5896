package io.github.cameltwilio.usage.state;

import java.time.LocalDate;

/**
 * How far a consumer has come.
 *
 * @param firstDay  the day it began with: no look-back goes behind it
 * @param watermark the day up to which, and with which, everything was delivered
 */
public record Position(LocalDate firstDay, LocalDate watermark) {

    /** The position before anything was read. */
    public static Position before(LocalDate firstDay) {
        return new Position(firstDay, firstDay.minusDays(1));
    }

    /** A watermark only moves forward. */
    public Position advancedTo(LocalDate day) {
        return day.isAfter(watermark) ? new Position(firstDay, day) : this;
    }

    /** Not, when it claims that a day was delivered that has not come yet. */
    public boolean isPossibleOn(LocalDate today) {
        return watermark.isBefore(firstDay) || !watermark.isAfter(today);
    }
}
