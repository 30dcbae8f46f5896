package io.github.cameltwilio.usage.state;

import java.time.LocalDate;

import io.github.cameltwilio.usage.client.Subresource;

/**
 * Which record it is, through all of its corrections: Twilio gives usage records no id. The end date is not part of
 * it, because the end of a running month moves every day.
 *
 * @param accountSid the account that was asked
 * @param scope      {@code all} with the subaccounts folded in, {@code own} without
 * @param list       the list it came from
 * @param startDate  first day of its period
 * @param category   in lower case: Twilio's documents and its data disagree on that
 */
public record RecordKey(String accountSid, String scope, Subresource list, LocalDate startDate, String category) {

    /** One line that names the record, the same in every run: fit as the key of a table or of an upsert. */
    @Override
    public String toString() {
        return accountSid + "|" + scope + "|" + list + "|" + startDate + "|" + category;
    }
}
