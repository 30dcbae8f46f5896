package io.github.cameltwilio.usage.state;

import java.time.LocalDate;

import io.github.cameltwilio.usage.client.Subresource;

/**
 * Identifies a usage record through all of its corrections, because Twilio gives usage records no ID. The end date is
 * not part of the key: the end of a running month moves every day.
 *
 * @param accountSid the account whose usage was listed
 * @param list       the list that contained the record
 * @param startDate  the first day of the record's period
 * @param category   in lower case, because Twilio's documentation and its data disagree on the case
 */
public record RecordKey(String accountSid, Scope scope, Subresource list, LocalDate startDate, String category) {

    /** Returns one line, the same in every run, so that it can be the primary key of a table or of an upsert. */
    @Override
    public String toString() {
        return accountSid + "|" + scope + "|" + list + "|" + startDate + "|" + category;
    }
}
