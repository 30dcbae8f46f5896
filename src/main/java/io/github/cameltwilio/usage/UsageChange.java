package io.github.cameltwilio.usage;

import java.util.Optional;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.state.Delivered;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageValues;

/**
 * A record that was listed, compared with what was delivered of it.
 *
 * @param delivered   what will be remembered of it once it is delivered, and what was before
 * @param provisional whether Twilio may still correct the record within the look-back
 */
record UsageChange(UsageRecord usage, Delivered delivered, boolean provisional) {

    RecordKey key() {
        return delivered.key();
    }

    UsageValues values() {
        return delivered.values();
    }

    /** The values that were delivered last, if any were. */
    Optional<UsageValues> previous() {
        return delivered.previous();
    }

    boolean isUpdate() {
        return previous().isPresent();
    }

    /** Whether it was delivered already, just so. */
    boolean isRepetition() {
        return previous().filter(values()::equals).isPresent();
    }
}
