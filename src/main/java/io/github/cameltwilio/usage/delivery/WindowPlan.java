package io.github.cameltwilio.usage.delivery;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.UsageDates;
import io.github.cameltwilio.usage.state.Position;

/**
 * Plans which days a poll reads. A list by day, month or year is read from the look-back before the watermark up to
 * today, in windows that are small enough to finish even if the process restarts often. All other lists are read whole.
 *
 * @param deepLookbackDays how far the first poll of a day looks back; {@code lookbackDays} if it is like the others
 * @param startDate        as the user wrote it, or null
 * @param endDate          as the user wrote it, or null
 */
public record WindowPlan(
        Subresource list, long lookbackDays, long deepLookbackDays, String startDate, String endDate) {

    private static final int MIN_DAYS = 14;

    /** The days of one listing, both inclusive; null leaves that end to Twilio. */
    public record Window(LocalDate from, LocalDate to) {

        public boolean contains(LocalDate day) {
            return (from == null || !day.isBefore(from)) && (to == null || !day.isAfter(to));
        }
    }

    /** Returns the position of a consumer that has not read anything yet. */
    public Position start(LocalDate today) {
        if (startDate == null) {
            return Position.before(firstDayOfPeriod(lastDay(today).minusDays(lookbackDays)));
        }
        LocalDate first = UsageDates.resolve(startDate, today);
        boolean movesWithTime = !first.equals(UsageDates.resolve(startDate, today.plusDays(1)));
        return Position.before(movesWithTime ? firstDayOfPeriod(first) : first);
    }

    /** Returns false if the position claims days that have not come yet: either it is wrong, or the clock is. */
    public boolean isPossible(Position position, LocalDate today) {
        boolean waitsForStartDate = position.watermark().isBefore(position.firstDay())
                && position.firstDay().equals(start(today).firstDay());
        return !isByPeriod() || !position.watermark().isAfter(today) || waitsForStartDate;
    }

    /** Replaces a position that is in the future by one that reads the whole look-back again. */
    public Position rewind(Position position, LocalDate today) {
        if (position.firstDay().isAfter(today)) {
            return start(today);
        }
        LocalDate lookback = firstDayOfPeriod(today.minusDays(lookbackDays));
        return new Position(earlier(position.firstDay(), lookback), today,
                position.knownFrom().isAfter(today) ? lookback : position.knownFrom());
    }

    /**
     * Returns the windows, oldest first: Twilio lists newest first, so only a finished window moves the watermark. They
     * are made one by one, because a first pass may have thousands of accounts with years of windows each.
     */
    public Iterator<Window> due(Position position, LocalDate today) {
        if (!isByPeriod()) {
            return List.of(new Window(resolve(startDate, today), resolve(endDate, today))).iterator();
        }
        LocalDate last = lastDay(today);
        return windows(readsFrom(position), last).iterator();
    }

    /**
     * Returns the windows of the first poll of a day. Those that are only due then come last, so that a process which
     * never lives long enough to read them all still reads today.
     *
     * @param deepDay the last day on which a poll read all of these windows
     */
    public Iterator<Window> deep(Position position, LocalDate deepDay, LocalDate today) {
        LocalDate lookback = readsFrom(position);
        return Stream.concat(windows(lookback, lastDay(today)),
                windows(deepReadsFrom(position, deepDay), lookback.minusDays(1))).iterator();
    }

    private Stream<Window> windows(LocalDate from, LocalDate last) {
        return Stream.iterate(window(from, last), window -> !window.from.isAfter(last),
                window -> window(window.to.plusDays(1), last));
    }

    private Window window(LocalDate from, LocalDate last) {
        LocalDate to = lastDayOfWindow(from);
        // A last window of today alone would fail while Twilio does not have that day yet.
        return new Window(from, to.isBefore(last.minusDays(1)) ? to : last);
    }

    /** Returns the first day of each period of a window. */
    public Stream<LocalDate> periods(Window window) {
        return window.from.datesUntil(window.to.plusDays(1))
                .filter(day -> day.equals(window.from) || day.equals(firstDayOfPeriod(day)));
    }

    /** Returns how many days a poll at this position reads; 0 for a list without days. */
    public long days(Position position, LocalDate today) {
        return isByPeriod() ? Math.max(0, ChronoUnit.DAYS.between(readsFrom(position), lastDay(today)) + 1) : 0;
    }

    /** Returns whether a poll at this position reads more than the look-back. */
    public boolean isCatchingUp(Position position, LocalDate today) {
        return isByPeriod() && position.watermark().isBefore(lastDay(today).minusDays(lookbackDays + 1));
    }

    /** Returns whether the list has one record per period, so that there is a watermark to continue from. */
    public boolean isByPeriod() {
        return list.isByPeriod();
    }

    /** Returns the first day that a poll at this position reads. Periods that begin earlier are never read again. */
    public LocalDate readsFrom(Position position) {
        LocalDate lookback = firstDayOfPeriod(position.watermark().minusDays(lookbackDays));
        return Stream.of(lookback, position.firstDay(), position.knownFrom()).max(Comparator.naturalOrder()).get();
    }

    /** Returns the first day that the next poll reads again if this one completes everything. */
    public LocalDate readAgainFrom(Position position, LocalDate today) {
        return readsFrom(position.advancedTo(lastDay(today)));
    }

    /** Returns whether the first poll of a day reads further back than the others. */
    public boolean hasDeepLookback() {
        return isByPeriod() && deepLookbackDays > lookbackDays;
    }

    /** Returns the first day that the first poll of a day reads. It stays where it is until such a poll is complete. */
    public LocalDate deepReadsFrom(Position position, LocalDate deepDay) {
        LocalDate lookback = firstDayOfPeriod(deepDay.minusDays(deepLookbackDays));
        return Stream.of(lookback, position.firstDay(), position.knownFrom()).max(Comparator.naturalOrder()).get();
    }

    /** Returns the first day whose corrections would still be noticed, because later polls read it. */
    public LocalDate mayChangeFrom(LocalDate today) {
        return isByPeriod() ? earlier(lastDay(today).minusDays(lookbackDays), today.minusDays(deepLookbackDays))
                : LocalDate.MIN;
    }

    /**
     * Returns the first day of the period before this one, in a list that is read whole. Its values are kept as well,
     * because a server that lags behind may list it once more.
     */
    public LocalDate previousPeriod(LocalDate firstDay) {
        return list == Subresource.thisMonth || list == Subresource.lastMonth ? firstDay.minusMonths(1)
                : firstDay.minusDays(1);
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
            // Must be longer than the look-back: otherwise finishing a window would not move the next one.
            default -> from.plusDays(Math.max(MIN_DAYS, lookbackDays + 4) - 1);
        };
    }

    private static LocalDate resolve(String date, LocalDate today) {
        return date == null ? null : UsageDates.resolve(date, today);
    }

    public static LocalDate earlier(LocalDate day, LocalDate otherDay) {
        return day.isBefore(otherDay) ? day : otherDay;
    }
}
