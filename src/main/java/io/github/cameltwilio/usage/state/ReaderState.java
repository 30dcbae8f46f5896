package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What is remembered of one reader. Not safe for use by several threads. */
final class ReaderState {
    private final Map<LocalDate, DeliveredDay> days = new HashMap<>();
    private Position position;

    Optional<Position> position() {
        return Optional.ofNullable(position);
    }

    Optional<UsageValues> lastDelivered(LocalDate startDate, String category) {
        DeliveredDay day = days.get(startDate);
        return day == null ? Optional.empty() : day.get(category);
    }

    void delivered(LocalDate startDate, String category, UsageValues values) {
        days.computeIfAbsent(startDate, day -> new DeliveredDay()).put(category, values);
    }

    void advance(Position to, LocalDate forgetBefore) {
        position = position == null ? to : position.advancedTo(to.watermark());
        days.keySet().removeIf(day -> day.isBefore(forgetBefore));
    }

    /** Whether that would change anything. */
    boolean isMovedBy(Position to, LocalDate forgetBefore) {
        return position == null || to.watermark().isAfter(position.watermark())
                || days.keySet().stream().anyMatch(day -> day.isBefore(forgetBefore));
    }

    Map<LocalDate, DeliveredDay> days() {
        return days;
    }

    int size() {
        return days.values().stream().mapToInt(DeliveredDay::size).sum();
    }
}
