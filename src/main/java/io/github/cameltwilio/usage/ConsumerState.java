package io.github.cameltwilio.usage;

import java.io.Closeable;
import java.time.LocalDate;
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
 * locked against it.
 *
 * <p>
 * A write that fails is kept, and is tried again before anything else is delivered. Its records stay in flight until
 * then, so that they are neither delivered again nor passed by the watermark.
 */
final class ConsumerState {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerState.class);
    private static final int MAX_LOGGED = 3;

    private final OpenStates.Key key;
    private final OpenStates.Use use = new OpenStates.Use();
    private final UsageStateRepository store;
    private final InFlight inFlight = new InFlight();
    // Each due record with how often in a row it was missing from a list that should have had it.
    private final Map<RecordKey, Integer> due = new ConcurrentHashMap<>();
    // The due records whose last exchange may have changed the sink before it failed.
    private final Set<RecordKey> failed = ConcurrentHashMap.newKeySet();
    private final PendingWrites writes = new PendingWrites();
    private volatile boolean closed;

    ConsumerState(OpenStates.Key key, UsageStateRepository store) {
        this.key = key;
        this.store = store;
    }

    OpenStates.Key key() {
        return key;
    }

    OpenStates.Use use() {
        return use;
    }

    /** Returns whether nothing is in flight, and everything delivered is stored. */
    boolean isIdle() {
        return inFlight.isEmpty();
    }

    /** Called when the component stops: makes a last attempt to store what was delivered. */
    void giveUp() {
        try {
            flush();
        } catch (RuntimeException | Error e) {
            LOG.error("{}: records were delivered but could not be stored as such before the component stopped, so they"
                    + " will be delivered again: {}", key.reader(), e.toString());
            inFlight.clear();
        }
        reclaimDropped();
    }

    /** Called by {@link OpenStates} when no consumer uses the state and nothing is in flight. */
    void close() {
        closed = true;
        if (!key.isShared() && store instanceof Closeable file) {
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
        delivery.changes().forEach(change -> settle(change.key()));
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
            failed.add(key);
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
        failed.remove(key);
    }

    /** Returns whether the sink may have other values of a record than those that were delivered last. */
    boolean hasFailed(RecordKey key) {
        return failed.contains(key);
    }

    /** Settles due records that another node has delivered: otherwise it could not have forgotten their values. */
    void leaveToOthers(ReaderId reader, Position position) {
        due().stream().filter(key -> reader.covers(key) && key.hasDay() && position.hasForgotten(key.startDate()))
                .forEach(this::settle);
    }

    /**
     * Called when a due record is missing from a list. It stays due, because a list may lack it by mistake, until a
     * second list in a row lacks it too.
     */
    void missed(RecordKey key) {
        if (!due.replace(key, 0, 1) && due.remove(key, 1)) {
            failed.remove(key);
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
        delivery.changes().forEach(change -> {
            failed.add(change.key());
            postpone(change.key());
        });
        land(delivery);
    }

    /** Called when an exchange has ended and nothing is left to be stored for it. */
    void land(Delivery delivery) {
        inFlight.remove(delivery);
        OpenStates.closeIfIdle(this);
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
