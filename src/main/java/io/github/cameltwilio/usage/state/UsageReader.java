package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;

import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.UsageRecord;

/**
 * Who keeps a position: everything about a consumer that decides which records it is given. Where one of these
 * changes, what was remembered no longer says what was delivered.
 *
 * @param accountSid the account that is asked
 * @param scope      {@code all} with the subaccounts folded in, {@code own} without, {@code split} for one by one
 * @param list       the list that is read
 * @param categories the categories that are read, in lower case and in order; empty for all
 */
public record UsageReader(String accountSid, String scope, Subresource list, List<String> categories) {

    public UsageReader {
        categories = categories.stream().map(category -> category.toLowerCase(Locale.ROOT)).sorted().toList();
    }

    /** A record whose first day could not be read counts as one that never ends its look-back: it is not forgotten. */
    public RecordKey key(UsageRecord usage) {
        return new RecordKey(accountSid, scope, list,
                usage.startDate() == null ? LocalDate.MAX : usage.startDate(),
                usage.category() == null ? "" : usage.category().toLowerCase(Locale.ROOT));
    }

    /** One line, the same in every run: fit as a key. */
    @Override
    public String toString() {
        return accountSid + "|" + scope + "|" + list + "|" + String.join(",", categories);
    }
}
