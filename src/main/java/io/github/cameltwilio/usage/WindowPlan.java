package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;

import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.UsageDates;
import io.github.cameltwilio.usage.state.Position;

/**
 * Which days a poll has to read. A list by day, month or year is read from the look-back before the watermark up to
 * today, in windows that are each small enough to be finished in one life of the process. The other lists are read
 * as they are.
 *
 * @param startDate what the user wrote, or null
 * @param endDate   what the user wrote, or null
 */
record WindowPlan(Subresource list, long lookbackDays, String startDate, String endDate) {

    private static final int FORTNIGHT = 14;

    /** The days of one listing, both inclusive; null leaves that end to Twilio. */
    record Window(LocalDate from, LocalDate to) {
    }

    /** Where a consumer stands that has read nothing yet. */
    Position start(LocalDate today) {
        if (startDate == null) {
            return Position.before(firstDayOfPeriod(lastDay(today).minusDays(lookbackDays)));
        }
        LocalDate first = UsageDates.resolve(startDate, today);
        boolean movesWithTime = !first.equals(UsageDates.resolve(startDate, today.plusDays(1)));
        return Position.before(movesWithTime ? firstDayOfPeriod(first) : first);
    }

    /** The position of a consumer whose state is ahead of time: everything is read that can be in its look-back. */
    Position broughtBack(Position ahead, LocalDate today) {
        return new Position(earlier(ahead.firstDay(), firstDayOfPeriod(today.minusDays(lookbackDays))), today);
    }

    /** Oldest first, because Twilio lists newest first: a watermark is only sure once its window is whole. */
    List<Window> due(Position position, LocalDate today) {
        if (!isByPeriod()) {
            return List.of(new Window(resolve(startDate, today), resolve(endDate, today)));
        }
        List<Window> windows = new ArrayList<>();
        LocalDate last = lastDay(today);
        LocalDate from = readsFrom(position);
        while (!from.isAfter(last)) {
            LocalDate to = earlier(lastDayOfWindow(from), last);
            windows.add(new Window(from, to));
            from = to.plusDays(1);
        }
        return windows;
    }

    /** Whether the list has a record a period, so that reading it goes on where it stopped. */
    boolean isByPeriod() {
        return list == Subresource.daily || list == Subresource.monthly || list == Subresource.yearly;
    }

    /** The first day that a poll reads which starts at this position. What begins before it is never read again. */
    LocalDate readsFrom(Position position) {
        LocalDate lookback = firstDayOfPeriod(position.watermark().minusDays(lookbackDays));
        return lookback.isAfter(position.firstDay()) ? lookback : position.firstDay();
    }

    /** Whether a period that ends on this day is still looked at, so that a correction of it would be noticed. */
    boolean mayChange(LocalDate endDate, LocalDate today) {
        return endDate == null || ChronoUnit.DAYS.between(endDate, today) <= lookbackDays;
    }

    private LocalDate lastDay(LocalDate today) {
        return endDate == null ? today : earlier(today, UsageDates.resolve(endDate, today));
    }

    private LocalDate firstDayOfPeriod(LocalDate day) {
        return switch (list) {
            case monthly -> day.withDayOfMonth(1);
            case yearly -> day.withDayOfYear(1);
            default -> day;
        };
    }

    private LocalDate lastDayOfWindow(LocalDate from) {
        return switch (list) {
            case monthly -> from.plusMonths(11).with(TemporalAdjusters.lastDayOfMonth());
            case yearly -> from.plusYears(9).with(TemporalAdjusters.lastDayOfYear());
            // Longer than the look-back, or the end of a window were no progress.
            default -> from.plusDays(Math.max(FORTNIGHT, lookbackDays + 4) - 1);
        };
    }

    private static LocalDate resolve(String date, LocalDate today) {
        return date == null ? null : UsageDates.resolve(date, today);
    }

    static LocalDate earlier(LocalDate one, LocalDate other) {
        return one.isBefore(other) ? one : other;
    }
}
