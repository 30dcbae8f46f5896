package io.github.cameltwilio.usage.state;

import java.util.Optional;

import io.github.cameltwilio.usage.client.UsageRecord;

/**
 * A usage record together with the values that were delivered last. Its values replace those when its exchange
 * completes.
 *
 * @param previous the values that were delivered last, if any
 * @param values   the values as they are now
 * @param usage    the record as Twilio listed it; null for the firing of a trigger
 */
public record UsageChange(RecordKey key, Optional<UsageValues> previous, UsageValues values, UsageRecord usage) {

    /** A change without a usage record: the firing of a trigger. */
    public UsageChange(RecordKey key, Optional<UsageValues> previous, UsageValues values) {
        this(key, previous, values, null);
    }

    /** Returns whether the record was delivered before, with any values. */
    public boolean isUpdate() {
        return previous.isPresent();
    }

    /** Returns whether the record was delivered before with these very values. */
    public boolean isUnchanged() {
        return previous.filter(values::equals).isPresent();
    }
}
