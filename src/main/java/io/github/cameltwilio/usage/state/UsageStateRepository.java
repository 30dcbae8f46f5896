package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Stores how far each reader has got and which values it delivered. Implementations must be thread-safe: an exchange
 * may complete on any thread of the user's route.
 *
 * <p>
 * Writes are durable when a method returns. A method that cannot write throws; the records it was called for are then
 * delivered again.
 */
public interface UsageStateRepository {

    /** Returns the position of a reader; empty before its first poll. */
    Optional<Position> position(ReaderId reader);

    /** Returns the values delivered last, for those of the keys that were delivered and not forgotten since. */
    Map<RecordKey, UsageValues> lastDelivered(ReaderId reader, Collection<RecordKey> keys);

    /** Stores the values of these changes, because their exchange completed. */
    void delivered(ReaderId reader, Collection<UsageChange> changes);

    /**
     * Stores a position unless the stored one is further ahead, and forgets the values of records that begin before
     * {@code forgetBefore}, because those are never read again.
     */
    void advance(ReaderId reader, Position position, LocalDate forgetBefore);

    /** Replaces the position of a reader, even by an earlier one: the stored one was in the future. */
    void rewind(ReaderId reader, Position position);
}
