package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Keeps the position as long as it lives itself: with a consumer, until its route stops. */
public final class MemoryUsageStateRepository implements UsageStateRepository {
    private final Map<ReaderId, ReaderState> states = new HashMap<>();

    @Override
    public synchronized Optional<Position> position(ReaderId reader) {
        return state(reader).position();
    }

    @Override
    public synchronized Map<RecordKey, UsageValues> lastDelivered(ReaderId reader, Collection<RecordKey> keys) {
        ReaderState state = state(reader);
        Map<RecordKey, UsageValues> values = new HashMap<>();
        for (RecordKey key : keys) {
            state.lastDelivered(key.startDate(), key.category()).ifPresent(last -> values.put(key, last));
        }
        return values;
    }

    @Override
    public synchronized void delivered(ReaderId reader, Collection<Delivered> records) {
        ReaderState state = state(reader);
        for (Delivered one : records) {
            state.delivered(one.key().startDate(), one.key().category(), one.values());
        }
    }

    @Override
    public synchronized void advance(ReaderId reader, Position to, LocalDate forgetBefore) {
        state(reader).advance(to, forgetBefore);
    }

    private ReaderState state(ReaderId reader) {
        return states.computeIfAbsent(reader, anyone -> new ReaderState());
    }
}
