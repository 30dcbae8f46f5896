package io.github.cameltwilio.usage.delivery;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.github.cameltwilio.usage.client.Subresource;

/**
 * Which periods of a window a listing had, for each category. Twilio lists every category for every period, used or
 * not, so that a period which a category lacks may have been left out by mistake.
 */
public final class Coverage {
    private final ChronoUnit period;
    private final LocalDate firstPeriod;
    private final Map<String, BitSet> periods = new HashMap<>();
    // A bit for each record of a whole period of the window, because a window may have tens of thousands.
    private final Map<String, BitSet> records = new HashMap<>();
    private final Set<String> otherRecords = new HashSet<>();
    private LocalDate firstDay = LocalDate.MAX;
    private LocalDate lastDay = LocalDate.MIN;

    /** @param from the first day of the window; null for lists that are not by period, which have no gaps */
    public Coverage(Subresource list, LocalDate from) {
        this.period = switch (list) {
            case monthly -> ChronoUnit.MONTHS;
            case yearly -> ChronoUnit.YEARS;
            default -> ChronoUnit.DAYS;
        };
        this.firstPeriod = from == null ? null : firstDayOfPeriod(from);
    }

    /**
     * Notes a record of a category and the days of its period; {@link LocalDate#MAX} if they cannot be read.
     *
     * @return false if the same record was noted before
     */
    public boolean add(String category, LocalDate from, LocalDate to) {
        firstDay = WindowPlan.earlier(firstDay, from);
        lastDay = to.isAfter(lastDay) ? to : lastDay;
        if (firstPeriod != null && !from.equals(LocalDate.MAX)) {
            periods.computeIfAbsent(category, unknown -> new BitSet()).set(index(from));
        }
        if (!isWholePeriod(from)) {
            return otherRecords.add(category + "|" + from);
        }
        BitSet listed = records.computeIfAbsent(category, unknown -> new BitSet());
        boolean isNew = !listed.get(index(from));
        listed.set(index(from));
        return isNew;
    }

    /** Returns whether a record of this category and first day was noted. */
    public boolean contains(String category, LocalDate from) {
        return isWholePeriod(from) ? records.containsKey(category) && records.get(category).get(index(from))
                : otherRecords.contains(category + "|" + from);
    }

    private boolean isWholePeriod(LocalDate from) {
        return firstPeriod != null && !from.equals(LocalDate.MAX) && !from.isBefore(firstPeriod)
                && from.equals(firstDayOfPeriod(from));
    }

    public boolean isEmpty() {
        return lastDay.equals(LocalDate.MIN);
    }

    /** Returns the first day of the earliest record, or {@link LocalDate#MAX} if there is none. */
    public LocalDate firstDay() {
        return firstDay;
    }

    /** Returns the last day of the latest record, or {@link LocalDate#MIN} if there is none. */
    public LocalDate lastDay() {
        return lastDay;
    }

    /** Returns whether a category lacks a period that begins between these days, the second one excluded. */
    public boolean hasGap(LocalDate from, LocalDate before) {
        int first = index(from);
        int end = index(before);
        return periods.values().stream().anyMatch(listed -> listed.nextClearBit(first) < end);
    }

    /** Returns 0 for periods that begin before the window. */
    private int index(LocalDate day) {
        return (int) Math.max(0, period.between(firstPeriod, firstDayOfPeriod(day)));
    }

    private LocalDate firstDayOfPeriod(LocalDate day) {
        return switch (period) {
            case MONTHS -> day.withDayOfMonth(1);
            case YEARS -> day.withDayOfYear(1);
            default -> day;
        };
    }
}
