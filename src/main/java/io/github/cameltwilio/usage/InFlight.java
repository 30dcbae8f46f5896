package io.github.cameltwilio.usage;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.cameltwilio.usage.state.RecordKey;

/**
 * The records whose exchanges have not completed, or are not yet stored as delivered.
 *
 * <p>
 * Camel may drop an exchange and never complete it, for example when a queue is full or its thread is interrupted. Only
 * the garbage collector knows: an exchange that nothing refers to can no longer complete or reach a sink.
 */
final class InFlight {
    private final Map<RecordKey, WeakReference<Delivery>> deliveries = new ConcurrentHashMap<>();

    void add(Delivery delivery) {
        WeakReference<Delivery> reference = new WeakReference<>(delivery);
        delivery.changes().forEach(change -> deliveries.put(change.key(), reference));
    }

    /** Keeps records in flight that a later exchange carries, because Camel may complete both after an Error. */
    void remove(Delivery delivery) {
        delivery.changes().forEach(change -> deliveries.computeIfPresent(change.key(),
                (key, reference) -> reference.refersTo(delivery) ? null : reference));
    }

    boolean contains(Delivery delivery) {
        return delivery.changes().stream().map(change -> deliveries.get(change.key()))
                .anyMatch(reference -> reference != null && reference.refersTo(delivery));
    }

    /** Returns the records whose exchange was dropped. */
    List<RecordKey> dropped() {
        List<RecordKey> dropped = new ArrayList<>();
        deliveries.forEach((key, reference) -> {
            if (reference.refersTo(null)) {
                dropped.add(key);
            }
        });
        return dropped;
    }

    void remove(RecordKey key) {
        deliveries.remove(key);
    }

    boolean isEmpty() {
        return deliveries.isEmpty();
    }

    void clear() {
        deliveries.clear();
    }

    /** Returns a live view of the keys. */
    Set<RecordKey> keys() {
        return deliveries.keySet();
    }
}
