package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Keeps the position as long as the process lives. */
public final class MemoryUsageStateRepository implements UsageStateRepository {
    private final NavigableMap<LocalDate, Map<RecordKey, UsageValues>> deliveredByDay = new TreeMap<>();
    private Position position;

    @Override
    public synchronized Optional<Position> position() {
        return Optional.ofNullable(position);
    }

    @Override
    public synchronized Optional<UsageValues> lastDelivered(RecordKey key) {
        return Optional.ofNullable(deliveredByDay.getOrDefault(key.startDate(), Map.of()).get(key));
    }

    @Override
    public synchronized void delivered(RecordKey key, UsageValues values) {
        deliveredByDay.computeIfAbsent(key.startDate(), day -> new HashMap<>()).put(key, values);
    }

    @Override
    public synchronized void advance(Position to, LocalDate forgetBefore) {
        position = position == null ? to : position.advancedTo(to.watermark());
        deliveredByDay.headMap(forgetBefore).clear();
    }
}
