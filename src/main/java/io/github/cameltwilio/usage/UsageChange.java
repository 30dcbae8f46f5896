package io.github.cameltwilio.usage;

import java.util.Optional;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.state.Delivered;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageValues;

/**
 * A record that is due for delivery, because it was not delivered yet or not with these values.
 *
 * @param previous    the values that were delivered last, if any were
 * @param provisional whether Twilio may still correct the record within the look-back
 */
record UsageChange(
        UsageRecord usage, RecordKey key, UsageValues values, Optional<UsageValues> previous, boolean provisional) {

    boolean isUpdate() {
        return previous.isPresent();
    }

    /** Whether it was delivered already, just so. */
    boolean isRepetition() {
        return previous.filter(values::equals).isPresent();
    }

    Delivered delivered() {
        return new Delivered(key, previous, values);
    }
}
