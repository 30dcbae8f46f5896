package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.Optional;

/**
 * Where a consumer keeps how far it has come. Safe for use by several threads: an exchange may complete on a thread
 * of the user's route.
 */
public interface UsageStateRepository {

    /** The day up to which, and with which, everything was delivered; empty before the first whole pass. */
    Optional<LocalDate> watermark();

    /** The values that were delivered last for this record; empty when it was never delivered, or was forgotten. */
    Optional<UsageValues> lastDelivered(RecordKey key);

    /** Remembers that the exchange with these values was completed. */
    void delivered(RecordKey key, UsageValues values);

    /**
     * Moves the watermark forward; a day before the present watermark leaves it where it is. Forgets the values of
     * records that begin before {@code forgetBefore}, because they are not read again.
     */
    void advance(LocalDate watermark, LocalDate forgetBefore);
}
