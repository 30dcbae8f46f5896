package io.github.cameltwilio.usage.state;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

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
public record ReaderId(String accountSid, String scope, Subresource list, List<String> categories) {

    private static final int LONGEST_LIST = 120;

    public ReaderId {
        categories = categories.stream().map(category -> category.toLowerCase(Locale.ROOT)).sorted().toList();
    }

    /** A record whose first day could not be read counts as one that never ends its look-back: it is not forgotten. */
    public RecordKey key(UsageRecord usage) {
        return new RecordKey(accountSid, scope, list,
                usage.startDate() == null ? LocalDate.MAX : usage.startDate(),
                usage.category() == null ? "" : usage.category().toLowerCase(Locale.ROOT));
    }

    /** One line of at most 200 characters, the same in every run: fit as a key. */
    @Override
    public String toString() {
        String named = String.join(",", categories);
        return accountSid + "|" + scope + "|" + list + "|" + (named.length() > LONGEST_LIST ? digest(named) : named);
    }

    private static String digest(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
