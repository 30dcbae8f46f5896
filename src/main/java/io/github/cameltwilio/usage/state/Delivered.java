package io.github.cameltwilio.usage.state;

import java.util.Optional;

/**
 * That a record was delivered with these values.
 *
 * @param previous what was remembered of the record when it was found to be due
 */
public record Delivered(RecordKey key, Optional<UsageValues> previous, UsageValues values) {
}
