package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What is remembered of one reader. Not safe for use by several threads. */
final class ReaderState {
    private final Map<LocalDate, Map<String, UsageValues>> valuesByDay = new HashMap<>();
    private Position position;

    Optional<Position> position() {
        return Optional.ofNullable(position);
    }

    Optional<UsageValues> lastDelivered(LocalDate startDate, String category) {
        return Optional.ofNullable(valuesByDay.getOrDefault(startDate, Map.of()).get(category));
    }

    void delivered(LocalDate startDate, String category, UsageValues values) {
        valuesByDay.computeIfAbsent(startDate, day -> new HashMap<>()).put(category, values);
    }

    void advance(Position to, LocalDate forgetBefore) {
        position = position == null ? to : position.advancedTo(to.watermark());
        valuesByDay.keySet().removeIf(day -> day.isBefore(forgetBefore));
    }

    /** Whether that would change anything. */
    boolean isMovedBy(Position to, LocalDate forgetBefore) {
        return position == null || to.watermark().isAfter(position.watermark())
                || valuesByDay.keySet().stream().anyMatch(day -> day.isBefore(forgetBefore));
    }

    Map<LocalDate, Map<String, UsageValues>> valuesByDay() {
        return valuesByDay;
    }

    int size() {
        return valuesByDay.values().stream().mapToInt(Map::size).sum();
    }
}
