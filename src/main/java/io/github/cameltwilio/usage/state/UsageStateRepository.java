package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.Optional;

/**
 * Where a consumer keeps how far it has come. Safe for use by several threads: an exchange may complete on a thread
 * of the user's route.
 */
public interface UsageStateRepository {

    /** Where the consumer stands; empty before its first poll. */
    Optional<Position> position();

    /** The values that were delivered last for this record; empty when it was never delivered, or was forgotten. */
    Optional<UsageValues> lastDelivered(RecordKey key);

    /** Remembers that the exchange with these values was completed. */
    void delivered(RecordKey key, UsageValues values);

    /**
     * Remembers a position, unless the one it has is further. Forgets the values of records that begin before
     * {@code forgetBefore}, because they are not read again.
     */
    void advance(Position position, LocalDate forgetBefore);
}
