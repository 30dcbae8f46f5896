package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keeps the state in memory, so that it lasts as long as this object. */
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
    public synchronized Set<String> categories(ReaderId reader) {
        return state(reader).categories();
    }

    @Override
    public synchronized void delivered(ReaderId reader, Collection<UsageChange> changes) {
        ReaderState state = state(reader);
        for (UsageChange change : changes) {
            state.delivered(change.key().startDate(), change.key().category(), change.values());
        }
    }

    @Override
    public synchronized void advance(ReaderId reader, Position to, LocalDate forgetBefore) {
        state(reader).advance(to, forgetBefore);
    }

    @Override
    public synchronized void rewind(ReaderId reader, Position position) {
        state(reader).rewind(position);
    }

    private ReaderState state(ReaderId reader) {
        return states.computeIfAbsent(reader, unknown -> new ReaderState());
    }
}
