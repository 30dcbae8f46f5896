package io.github.cameltwilio.usage.simulator;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The nine lists of usage records, and how each divides a window into periods. */
enum UsageList {
    RECORDS("", day -> LocalDate.MIN),
    ALL_TIME("/AllTime", day -> LocalDate.MIN),
    DAILY("/Daily", day -> day),
    MONTHLY("/Monthly", day -> day.withDayOfMonth(1)),
    YEARLY("/Yearly", day -> day.withDayOfYear(1)),
    TODAY("/Today", day -> LocalDate.MIN),
    YESTERDAY("/Yesterday", day -> LocalDate.MIN),
    THIS_MONTH("/ThisMonth", day -> LocalDate.MIN),
    LAST_MONTH("/LastMonth", day -> LocalDate.MIN);

    private final String path;
    private final UnaryOperator<LocalDate> firstDayOfPeriod;

    UsageList(String path, UnaryOperator<LocalDate> firstDayOfPeriod) {
        this.path = path;
        this.firstDayOfPeriod = firstDayOfPeriod;
    }

    static Optional<UsageList> at(String path) {
        return Arrays.stream(values()).filter(list -> list.path.equals(path)).findFirst();
    }

    String path() {
        return path;
    }

    /** The name of this list in the subresource_uris of a record. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The window of a list whose name fixes it; empty for lists that follow StartDate and EndDate. */
    Optional<Window> fixedWindow(LocalDate today) {
        LocalDate firstOfMonth = today.withDayOfMonth(1);
        return switch (this) {
            case TODAY -> Optional.of(Window.of(today));
            case YESTERDAY -> Optional.of(Window.of(today.minusDays(1)));
            case THIS_MONTH -> Optional.of(new Window(firstOfMonth, today));
            case LAST_MONTH -> Optional.of(new Window(firstOfMonth.minusMonths(1), firstOfMonth.minusDays(1)));
            default -> Optional.empty();
        };
    }

    /** Newest first. The first and the last period may be shorter than the others. */
    List<Window> periods(Window window) {
        List<Window> periods = new ArrayList<>();
        Window remaining = window;
        while (!remaining.isEmpty()) {
            Window newest = new Window(firstDayOfPeriod.apply(remaining.end()), remaining.end()).clippedTo(window);
            periods.add(newest);
            remaining = new Window(window.start(), newest.start().minusDays(1));
        }
        return periods;
    }
}
