package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The state of one reader in memory. Not thread-safe. */
final class ReaderState {
    // By start date and category; the categories are sorted so that a state file is easy to read.
    private final Map<LocalDate, Map<String, UsageValues>> days = new HashMap<>();
    private Position position;

    Optional<Position> position() {
        return Optional.ofNullable(position);
    }

    Optional<UsageValues> lastDelivered(LocalDate startDate, String category) {
        return Optional.ofNullable(days.getOrDefault(startDate, Map.of()).get(category));
    }

    Set<String> categories() {
        return days.values().stream().flatMap(day -> day.keySet().stream()).collect(Collectors.toSet());
    }

    void delivered(LocalDate startDate, String category, UsageValues values) {
        days.computeIfAbsent(startDate, day -> new HashMap<>()).put(category, values);
    }

    void advance(Position to, LocalDate forgetBefore) {
        position = advanced(to, forgetBefore);
        days.keySet().removeIf(day -> day.isBefore(forgetBefore));
    }

    private Position advanced(Position to, LocalDate forgetBefore) {
        return (position == null ? to : position.advancedTo(to.watermark())).forgetting(forgetBefore);
    }

    void rewind(Position to) {
        position = to;
    }

    /** Returns whether {@link #advance} with these arguments would change anything. */
    boolean isMovedBy(Position to, LocalDate forgetBefore) {
        return !advanced(to, forgetBefore).equals(position)
                || days.keySet().stream().anyMatch(day -> day.isBefore(forgetBefore));
    }

    Map<LocalDate, Map<String, UsageValues>> days() {
        return days;
    }

    /** Returns the number of values, with the position as one of them. */
    int size() {
        return 1 + days.values().stream().mapToInt(Map::size).sum();
    }
}
