package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Stores how far each reader has got and which values it delivered. Implementations must be thread-safe: an exchange
 * may complete on any thread of the user's route.
 *
 * <p>
 * What a method wrote survives a kill of the process when the method returns, and a power failure when {@link #sync}
 * returns. A method that cannot write throws; the consumer then delivers nothing until the same call succeeds, so every
 * method must be idempotent.
 */
public interface UsageStateRepository {

    /** Returns the position of a reader; empty before its first poll. */
    Optional<Position> position(ReaderId reader);

    /** Returns the values delivered last, for those of the keys that were delivered and not forgotten since. */
    Map<RecordKey, UsageValues> lastDelivered(ReaderId reader, Collection<RecordKey> keys);

    /**
     * Returns the categories of the records that were delivered and not forgotten since, as in their keys. With
     * {@code rollup=leaf}, a category that Twilio stopped listing while the consumer did not run is withdrawn only if
     * it is among them.
     */
    default Set<String> categories(ReaderId reader) {
        return Set.of();
    }

    /**
     * Stores the values of these changes, because their exchange completed. The reader has a position by then.
     */
    void delivered(ReaderId reader, Collection<UsageChange> changes);

    /**
     * Stores a position unless the stored one is further ahead, and forgets the values of records that begin before
     * {@code forgetBefore}, because those are never read again. {@link Position#knownFrom} of the stored position
     * follows {@code forgetBefore}.
     */
    void advance(ReaderId reader, Position position, LocalDate forgetBefore);

    /** Replaces the position of a reader, even by an earlier one: the stored one was in the future. */
    void rewind(ReaderId reader, Position position);

    /**
     * Makes everything written so far survive a power failure too, and throws if the store is not usable. The consumer
     * calls it before each poll and after each batch. Stores whose every write is durable have nothing to do.
     */
    default void sync() {
    }
}
