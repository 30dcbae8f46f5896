package io.github.cameltwilio.usage.simulator;

import java.time.LocalDate;

/** A range of days; both start and end are included. */
record Window(LocalDate start, LocalDate end) {

    static Window of(LocalDate day) {
        return new Window(day, day);
    }

    boolean isEmpty() {
        return end.isBefore(start);
    }

    boolean contains(LocalDate day) {
        return !day.isBefore(start) && !day.isAfter(end);
    }

    Window clippedTo(Window other) {
        return new Window(
                start.isBefore(other.start) ? other.start : start,
                end.isAfter(other.end) ? other.end : end);
    }
}
