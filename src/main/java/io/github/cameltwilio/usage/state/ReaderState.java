package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** What is remembered of one reader. Not safe for use by several threads. */
final class ReaderState {
    private final NavigableMap<LocalDate, Map<String, UsageValues>> valuesByDay = new TreeMap<>();
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
        valuesByDay.headMap(forgetBefore).clear();
    }

    /** Whether that would change anything. */
    boolean isMovedBy(Position to, LocalDate forgetBefore) {
        return position == null || to.watermark().isAfter(position.watermark())
                || !valuesByDay.headMap(forgetBefore).isEmpty();
    }

    Map<LocalDate, Map<String, UsageValues>> valuesByDay() {
        return valuesByDay;
    }

    int size() {
        return valuesByDay.values().stream().mapToInt(Map::size).sum();
    }
}
