package io.github.cameltwilio.usage;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open states of all components in this process, because components may share a store. Two running
 * consumers never deliver the same records from one store: each would get only some of them.
 */
final class OpenStates {
    private static final Logger LOG = LoggerFactory.getLogger(OpenStates.class);

    // Guarded by itself.
    private static final Map<Key, ConsumerState> OPEN = new HashMap<>();
    // Those of stopped components whose stores are still open for the exchanges in flight. Guarded by OPEN.
    private static final Set<ConsumerState> ABANDONED = new HashSet<>();

    /**
     * @param component the only one that may use the store, or null
     * @param store     equal for two consumers if they use the same store
     * @param shard     the part of the accounts that the consumer reads, or null if it reads all; routes with different
     *                  parts may share a store
     */
    record Key(TwilioUsageComponent component, Object store, ReaderId reader, Shard shard) {

        /** Returns what the consumer certainly reads; which accounts a shard has is known only once they are listed. */
        Set<ReaderId> readers() {
            return shard == null ? Set.of(reader) : Set.of();
        }

        /** Returns whether other consumers may use the store too. A file is locked, and memory is never shared. */
        boolean isShared() {
            return component == null;
        }
    }

    /** Who uses a state. Guarded by OPEN, except for the ID. */
    static final class Use {
        private TwilioUsageComponent owner;
        // Null while no running consumer uses the state.
        private String route;
        private Set<ReaderId> readers;
        private volatile String databaseId;

        private void begin(TwilioUsageComponent component, String nameOfRoute, Key key) {
            owner = component;
            route = nameOfRoute;
            readers = key.readers();
        }
    }

    private OpenStates() {
    }

    /**
     * Opens a state, or takes over one that was left with exchanges in flight.
     *
     * @param  route                 names the route in errors of others
     * @throws IllegalStateException if a running consumer delivers the same records from the same store
     */
    static ConsumerState take(TwilioUsageComponent owner, String route, Key key, Supplier<UsageStateRepository> store) {
        closeIfFileIsGone(key);
        ConsumerState state = open(owner, route, key, store);
        try {
            requireSole(state);
            return state;
        } catch (IllegalStateException e) {
            release(state);
            throw e;
        }
    }

    private static ConsumerState open(TwilioUsageComponent owner, String route, Key key,
                                      Supplier<UsageStateRepository> store) {
        synchronized (OPEN) {
            ConsumerState state = OPEN.get(key);
            if (state == null) {
                ABANDONED.stream().filter(left -> left.key().store().equals(key.store())).toList()
                        .forEach(OpenStates::close);
                state = new ConsumerState(key, store.get());
                OPEN.put(key, state);
            } else if (state.use().route != null) {
                throw new IllegalStateException(conflict(key.reader, key, route, state));
            }
            state.use().begin(owner, route, key);
            return state;
        }
    }

    /**
     * Called at each poll too, because it cannot be found out at the start whether two connection pools lead to one
     * database that is down.
     *
     * @throws IllegalStateException if a running consumer delivers the same records from the same store
     */
    static void requireSole(ConsumerState state) {
        conflicts(state, state.key().readers()).values().forEach(conflict -> {
            throw new IllegalStateException(conflict);
        });
    }

    /**
     * Notes which accounts a consumer reads one by one.
     *
     * @return an error for each of them that a running consumer already delivers from the same store
     */
    static Map<ReaderId, String> claim(ConsumerState state, Set<ReaderId> accounts) {
        Set<ReaderId> readers = new HashSet<>(accounts);
        readers.addAll(state.key().readers());
        setReaders(state, readers);
        // Not before the claim: of two consumers that begin at once, at least one must notice the other.
        Map<ReaderId, String> conflicts = conflicts(state, accounts);
        readers.removeAll(conflicts.keySet());
        setReaders(state, readers);
        return conflicts;
    }

    private static void setReaders(ConsumerState state, Set<ReaderId> readers) {
        synchronized (OPEN) {
            state.use().readers = Set.copyOf(readers);
        }
    }

    private static Map<ReaderId, String> conflicts(ConsumerState state, Set<ReaderId> readers) {
        Map<ConsumerState, Set<ReaderId>> rivals = rivals(state, readers);
        // Not under the lock: a database may take long to respond.
        rivals.keySet().stream().filter(rival -> !rival.key().store().equals(state.key().store())).forEach(rival -> {
            identify(state);
            identify(rival);
        });
        Map<ReaderId, String> conflicts = new HashMap<>();
        synchronized (OPEN) {
            rivals.forEach((rival, common) -> {
                if (rival.use().route != null && hasSameStore(rival, state)) {
                    common.forEach(reader -> conflicts.put(reader,
                            conflict(reader, state.key(), state.use().route, rival)));
                }
            });
        }
        return conflicts;
    }

    /** Returns the running consumers whose store may be the same, each with those of these readers that it has too. */
    private static Map<ConsumerState, Set<ReaderId>> rivals(ConsumerState state, Set<ReaderId> readers) {
        Map<ConsumerState, Set<ReaderId>> rivals = new HashMap<>();
        if (state.key().isShared()) {
            synchronized (OPEN) {
                OPEN.values().stream().filter(other -> other != state && other.key().isShared())
                        .filter(other -> other.use().route != null).forEach(other -> {
                            Set<ReaderId> common = new HashSet<>(other.use().readers);
                            common.retainAll(readers);
                            if (!common.isEmpty()) {
                                rivals.put(other, common);
                            }
                        });
            }
        }
        return rivals;
    }

    /** Finds out which database the state is in. If that fails, the next poll tries again. */
    private static void identify(ConsumerState state) {
        if (state.use().databaseId == null && state.store() instanceof JdbcUsageStateRepository repository) {
            try {
                state.use().databaseId = repository.databaseId();
            } catch (RuntimeException e) {
                LOG.debug("Cannot find out now which database has the state of {}", state.key().reader, e);
            }
        }
    }

    private static boolean hasSameStore(ConsumerState state, ConsumerState other) {
        String databaseId = state.use().databaseId;
        return state.key().store().equals(other.key().store())
                || databaseId != null && databaseId.equals(other.use().databaseId);
    }

    private static String conflict(ReaderId reader, Key key, String route, ConsumerState rival) {
        return "Another route already delivers " + reader + " from the same state: " + rival.use().route + ". If "
                + route + " ran too, each of the two would get only some of the records: give one of them a stateFile"
                + " or stateRepository of its own" + (rival.key().reader.equals(key.reader) ? ""
                        : ", or set excludeAccounts=" + reader.accountSid() + " for the one with several accounts");
    }

    /**
     * Closes a state that was left with exchanges in flight if its file has been replaced or deleted since. Only a new
     * state reads the file that is there now; what was in flight is delivered again.
     */
    private static void closeIfFileIsGone(Key key) {
        ConsumerState left;
        synchronized (OPEN) {
            left = OPEN.get(key);
            if (left == null || left.use().route != null || key.isShared()) {
                return;
            }
        }
        try {
            // Not under the lock: a thread that holds the lock of the writes may be waiting for it.
            left.sync();
        } catch (IllegalStateException e) {
            synchronized (OPEN) {
                if (left.use().route == null) {
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
            state.use().route = null;
            closeIfIdle(state);
        }
    }

    static void closeIfIdle(ConsumerState state) {
        synchronized (OPEN) {
            if (state.use().route == null && state.isIdle()) {
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
