package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.UsageDates;

/**
 * Which days a poll has to read. A list by day, month or year is read from the look-back before the watermark up to
 * today, in windows that are each small enough to be finished in one life of the process. The other lists are read
 * as they are.
 *
 * @param startDate what the user wrote, or null
 * @param endDate   what the user wrote, or null
 */
record WindowPlan(Subresource list, long lookbackDays, String startDate, String endDate) {

    /** The days of one listing, both inclusive; null leaves that end to Twilio. */
    record Window(LocalDate from, LocalDate to) {
    }

    /** Oldest first, because Twilio lists newest first: a watermark is only sure once its window is whole. */
    List<Window> due(Optional<LocalDate> watermark, LocalDate today) {
        if (!isByPeriod()) {
            return List.of(new Window(resolve(startDate, today), resolve(endDate, today)));
        }
        LocalDate last = endDate == null ? today : earlier(today, resolve(endDate, today));
        List<Window> windows = new ArrayList<>();
        LocalDate from = watermark.map(this::readsFrom).orElseGet(() -> begin(today));
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

    /** The first day that a poll reads which starts at this watermark. */
    LocalDate readsFrom(LocalDate watermark) {
        return later(begin(watermark), firstDayOfPeriod(watermark.minusDays(lookbackDays)));
    }

    /** Whether a period that ends on this day is still looked at, so that a correction of it would be noticed. */
    boolean mayChange(LocalDate endDate, LocalDate today) {
        return endDate == null || !endDate.isBefore(today.minusDays(lookbackDays));
    }

    /**
     * The first day to read at all. An offset counts from the day where the reader stands, not from today, so that
     * no outage can make it skip days.
     */
    private LocalDate begin(LocalDate standing) {
        if (startDate == null) {
            return firstDayOfPeriod(standing.minusDays(lookbackDays));
        }
        LocalDate begin = UsageDates.resolve(startDate, standing);
        boolean fixed = begin.equals(UsageDates.resolve(startDate, standing.plusDays(1)));
        return fixed ? begin : firstDayOfPeriod(begin);
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
            default -> from.plusDays(13);
        };
    }

    private static LocalDate resolve(String date, LocalDate today) {
        return date == null ? null : UsageDates.resolve(date, today);
    }

    static LocalDate earlier(LocalDate one, LocalDate other) {
        return one.isBefore(other) ? one : other;
    }

    private static LocalDate later(LocalDate one, LocalDate other) {
        return one.isAfter(other) ? one : other;
    }
}
