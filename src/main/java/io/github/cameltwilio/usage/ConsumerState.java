package io.github.cameltwilio.usage;

import java.io.Closeable;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageChange;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.camel.util.IOHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open state of a consumer: its store, the records in flight, and the writes that the store has not taken yet.
 *
 * <p>
 * Camel creates a new consumer at each start of a route. The state outlives a consumer whose exchanges are still in
 * flight, and the next consumer takes it over: what is in flight is not delivered twice, and the state file is not
 * found locked.
 *
 * <p>
 * A write that fails is kept, and is tried again before anything else is delivered. Its records stay in flight until
 * then, so that they are neither delivered again nor passed by the watermark.
 */
final class ConsumerState {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerState.class);
    private static final int MAX_LOGGED = 3;

    // The states of all components of this process, because components may share a store. Guarded by itself.
    private static final Map<Key, ConsumerState> OPEN = new HashMap<>();
    // Those of stopped components whose stores are still open for the exchanges in flight. Guarded by OPEN.
    private static final Set<ConsumerState> ABANDONED = new HashSet<>();

    private final Key key;
    private final UsageStateRepository store;
    private final InFlight inFlight = new InFlight();
    // Each due record with how often in a row it was missing from a list that should have had it.
    private final Map<RecordKey, Integer> due = new ConcurrentHashMap<>();
    private final PendingWrites writes = new PendingWrites();
    private volatile boolean closed;
    // These two are guarded by OPEN.
    private TwilioUsageComponent owner;
    private boolean inUse;

    private ConsumerState(Key key, UsageStateRepository store) {
        this.key = key;
        this.store = store;
    }

    /**
     * @param component the only one that may use the store, or null
     * @param store     equal for two consumers if they use the same store
     */
    record Key(TwilioUsageComponent component, Object store, ReaderId reader) {
    }

    /**
     * Opens a state, or takes over one that was left with exchanges in flight.
     *
     * @throws IllegalStateException if a running consumer uses it
     */
    static ConsumerState take(TwilioUsageComponent owner, Key key, Supplier<UsageStateRepository> store) {
        closeIfFileIsGone(key);
        synchronized (OPEN) {
            ConsumerState state = OPEN.get(key);
            if (state == null) {
                ABANDONED.stream().filter(left -> left.key.store.equals(key.store)).toList()
                        .forEach(ConsumerState::close);
                state = new ConsumerState(key, store.get());
                OPEN.put(key, state);
            } else if (state.inUse) {
                throw new IllegalStateException("Another route already delivers " + key.reader + " from the same state,"
                        + " so each of the two would get only some of the records: give one of them a stateFile or"
                        + " stateRepository of its own");
            }
            state.owner = owner;
            state.inUse = true;
            return state;
        }
    }

    /**
     * Closes a state that was left with exchanges in flight if its file has been replaced or deleted since. Only a new
     * state reads the file that is there now; what was in flight is delivered again.
     */
    private static void closeIfFileIsGone(Key key) {
        ConsumerState left;
        synchronized (OPEN) {
            left = OPEN.get(key);
            if (left == null || left.inUse || key.component == null) {
                return;
            }
        }
        try {
            // Not under the lock: a thread that holds the lock of the writes may be waiting for it.
            left.sync();
        } catch (IllegalStateException e) {
            synchronized (OPEN) {
                if (!left.inUse) {
                    left.close();
                }
            }
        } catch (RuntimeException e) {
            LOG.debug("The state of {} still cannot be written", key.reader, e);
        }
    }

    /**
     * Gives up the states of a component that stops: its writes that still fail, and its exchanges in flight, which may
     * never complete and must not keep another component from delivering their records, or from using their state file.
     */
    static void abandon(TwilioUsageComponent owner) {
        List<ConsumerState> abandoned;
        synchronized (OPEN) {
            abandoned = OPEN.values().stream().filter(state -> state.owner == owner).toList();
            OPEN.values().removeAll(abandoned);
            ABANDONED.addAll(abandoned.stream().filter(state -> state.key.component != null).toList());
        }
        // Not under the lock: a thread that holds the lock of the writes may be waiting for it.
        abandoned.forEach(ConsumerState::giveUp);
    }

    /** Leaves the state to the next consumer. It is closed as soon as nothing is in flight. */
    void release() {
        synchronized (OPEN) {
            inUse = false;
            closeIfIdle();
        }
    }

    private void giveUp() {
        try {
            flush();
        } catch (RuntimeException | Error e) {
            LOG.error("{}: records were delivered but could not be stored as such before the component stopped, so they"
                    + " will be delivered again: {}", key.reader, e.toString());
            inFlight.clear();
        }
        reclaimDropped();
        closeIfIdle();
    }

    private void closeIfIdle() {
        synchronized (OPEN) {
            if (!inUse && inFlight.isEmpty()) {
                close();
            }
        }
    }

    /** Called under the lock of OPEN. */
    private void close() {
        closed = true;
        OPEN.remove(key, this);
        ABANDONED.remove(this);
        if (key.component != null && store instanceof Closeable file) {
            IOHelper.close(file);
        }
    }

    UsageStateRepository store() {
        return store;
    }

    /** Called before an exchange enters the route. */
    void depart(Delivery delivery) {
        requireOpen();
        inFlight.add(delivery);
        delivery.changes().forEach(change -> due.remove(change.key()));
    }

    /** A poll whose route was stopped by force may still run while the next consumer has a state of its own. */
    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The consumer has stopped");
        }
    }

    /** Returns a copy of the keys whose exchanges have not completed, or are not yet stored as delivered. */
    Set<RecordKey> inFlight() {
        return Set.copyOf(inFlight.keys());
    }

    /** Makes records due whose exchanges Camel dropped without completing them. */
    void reclaimDropped() {
        List<RecordKey> dropped = inFlight.dropped();
        dropped.forEach(key -> {
            postpone(key);
            inFlight.remove(key);
        });
        if (!dropped.isEmpty()) {
            LOG.warn("The route dropped exchanges without completing them, so {} records are delivered again: {}",
                    dropped.size(), dropped.subList(0, Math.min(dropped.size(), MAX_LOGGED)));
        }
    }

    /** Returns whether the exchange has neither completed nor failed, or could not be stored as delivered. */
    boolean isInFlight(Delivery delivery) {
        return inFlight.contains(delivery);
    }

    /** Leaves a record to a later poll. */
    void postpone(RecordKey key) {
        due.put(key, 0);
    }

    /** Called when a record is listed with the values that were delivered last, or with nothing to deliver. */
    void settle(RecordKey key) {
        due.remove(key);
    }

    /**
     * Called when a due record is missing from a list. It stays due, because a list may lack it by mistake, until a
     * second list in a row lacks it too.
     */
    void missed(RecordKey key) {
        if (due.computeIfPresent(key, (due, times) -> times == 0 ? 1 : null) == null) {
            LOG.warn("{} was not delivered, and Twilio no longer lists it", key);
        }
    }

    /** Returns the keys that are due, from before this poll and from this one. */
    Set<RecordKey> due() {
        return Set.copyOf(due.keySet());
    }

    boolean isDue(RecordKey key) {
        return due.containsKey(key);
    }

    /** Returns the keys that no watermark may pass: those in flight, then those that are due. */
    Stream<RecordKey> undelivered() {
        return Stream.concat(inFlight.keys().stream(), due.keySet().stream());
    }

    /** Called when an exchange completed. If its changes cannot be stored now, they are stored before the next one. */
    void arrive(Delivery delivery) {
        List<UsageChange> changes = delivery.changes();
        try {
            writes.make(() -> {
                store.delivered(delivery.reader(), changes);
                land(delivery);
            });
        } catch (RuntimeException | Error e) {
            LOG.warn("Delivered {}, but could not store that: {}. Nothing else is delivered until it is stored",
                    changes.size() == 1 ? changes.get(0).key() : changes.size() + " records", e.toString());
        }
    }

    /** Called when an exchange failed: its changes become due. */
    void fail(Delivery delivery) {
        // In this order, so that at every moment an undelivered record is in one of the two sets.
        delivery.changes().forEach(change -> postpone(change.key()));
        land(delivery);
    }

    /** Called when an exchange has ended and nothing is left to be stored for it. */
    void land(Delivery delivery) {
        inFlight.remove(delivery);
        closeIfIdle();
    }

    /** Returns the position of a reader, and stores the start if there is none yet. */
    Position positionOrElse(ReaderId reader, Supplier<Position> start) {
        return store.position(reader).orElseGet(() -> {
            // Stored at once: a first pass that takes days must not begin with a later day after a restart.
            Position first = start.get();
            advance(reader, first, first.firstDay());
            return first;
        });
    }

    /** Stores a position, and throws if the store cannot. */
    void advance(ReaderId reader, Position position, LocalDate forgetBefore) {
        requireOpen();
        writes.make(() -> store.advance(reader, position, forgetBefore));
    }

    /** Replaces a position by an earlier one, and throws if the store cannot. */
    void rewind(ReaderId reader, Position position) {
        requireOpen();
        writes.make(() -> store.rewind(reader, position));
    }

    /** Retries the writes that have failed so far, oldest first. Throws what the store throws. */
    void flush() {
        writes.flush();
    }

    /** Makes everything delivered so far survive a power failure, and throws if the store cannot be written. */
    void sync() {
        writes.sync(store::sync);
    }

    /** Returns false while the last write failed. */
    boolean isWritable() {
        return writes.areMade();
    }
}
