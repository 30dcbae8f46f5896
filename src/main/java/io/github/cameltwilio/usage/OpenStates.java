package io.github.cameltwilio.usage;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The states that are open in this process, of all components, because components may share a store. */
final class OpenStates {
    private static final Logger LOG = LoggerFactory.getLogger(OpenStates.class);

    // Guarded by itself.
    private static final Map<Key, ConsumerState> OPEN = new HashMap<>();
    // Those of stopped components whose stores are still open for the exchanges in flight. Guarded by OPEN.
    private static final Set<ConsumerState> ABANDONED = new HashSet<>();

    /**
     * @param component the only one that may use the store, or null
     * @param store     equal for two consumers if they use the same store
     */
    record Key(TwilioUsageComponent component, Object store, ReaderId reader) {

        boolean isShared() {
            return component == null;
        }
    }

    /** Who uses a state. Guarded by OPEN. */
    static final class Use {
        private TwilioUsageComponent owner;
        private boolean live;
    }

    private OpenStates() {
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
                ABANDONED.stream().filter(left -> left.key().store().equals(key.store())).toList()
                        .forEach(OpenStates::close);
                state = new ConsumerState(key, store.get());
                OPEN.put(key, state);
            } else if (state.use().live) {
                throw new IllegalStateException("Another route already delivers " + key.reader
                        + " from the same state, so each of the two would get only some of the records: give one of"
                        + " them a stateFile or stateRepository of its own");
            }
            state.use().owner = owner;
            state.use().live = true;
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
            if (left == null || left.use().live || key.isShared()) {
                return;
            }
        }
        try {
            // Not under the lock: a thread that holds the lock of the writes may be waiting for it.
            left.sync();
        } catch (IllegalStateException e) {
            synchronized (OPEN) {
                if (!left.use().live) {
                    close(left);
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
            abandoned = OPEN.values().stream().filter(state -> state.use().owner == owner).toList();
            OPEN.values().removeAll(abandoned);
            ABANDONED.addAll(abandoned.stream().filter(state -> !state.key().isShared()).toList());
        }
        // Not under the lock: a thread that holds the lock of the writes may be waiting for it.
        abandoned.forEach(state -> {
            state.giveUp();
            closeIfIdle(state);
        });
    }

    /** Leaves a state to the next consumer. It is closed as soon as nothing is in flight. */
    static void release(ConsumerState state) {
        synchronized (OPEN) {
            state.use().live = false;
            closeIfIdle(state);
        }
    }

    static void closeIfIdle(ConsumerState state) {
        synchronized (OPEN) {
            if (!state.use().live && state.isIdle()) {
                close(state);
            }
        }
    }

    /** Called under the lock of OPEN. */
    private static void close(ConsumerState state) {
        OPEN.remove(state.key(), state);
        ABANDONED.remove(state);
        state.close();
    }
}
