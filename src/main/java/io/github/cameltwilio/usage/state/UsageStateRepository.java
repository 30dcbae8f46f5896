package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Where consumers keep how far they have come, each under its reader. Safe for use by several threads: an exchange may
 * complete on a thread of the user's route.
 *
 * <p>
 * What a method wrote is there to stay when it returns. A method that cannot do so throws, and the records in question
 * are then delivered again.
 */
public interface UsageStateRepository {

    /** Where the reader stands; empty before its first poll. */
    Optional<Position> position(ReaderId reader);

    /** The values that were delivered last, for those of these records that were delivered and not forgotten since. */
    Map<RecordKey, UsageValues> lastDelivered(ReaderId reader, Collection<RecordKey> keys);

    /** Remembers that the exchange with these records was completed. */
    void delivered(ReaderId reader, Collection<Delivered> records);

    /**
     * Remembers a position, unless the one it has is further. Forgets the values of records that begin before
     * {@code forgetBefore}, because they are not read again.
     */
    void advance(ReaderId reader, Position position, LocalDate forgetBefore);
}
