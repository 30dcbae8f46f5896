package io.github.cameltwilio.usage.state;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.UsageRecord;

/**
 * Identifies the state of a consumer by everything that decides which records it reads. Changing any of it starts a new
 * state, because the old one no longer tells what was delivered.
 *
 * @param accountSid the account whose usage is listed
 * @param list       the list that is read
 * @param categories the categories that are read, in lower case and sorted; empty for all
 */
public record ReaderId(String accountSid, Scope scope, Subresource list, List<String> categories) {

    private static final int MAX_CATEGORIES_LENGTH = 120;

    public ReaderId {
        categories = categories.stream().map(category -> category.toLowerCase(Locale.ROOT)).sorted().toList();
    }

    /**
     * Returns the key of a record. A record without a start date gets the last possible day, so it is never forgotten.
     */
    public RecordKey key(UsageRecord usage) {
        return new RecordKey(accountSid, scope, list,
                usage.startDate() == null ? LocalDate.MAX : usage.startDate(),
                usage.category() == null ? "" : usage.category().toLowerCase(Locale.ROOT));
    }

    /** Returns whether a key is one of this reader's. */
    public boolean covers(RecordKey key) {
        return key.accountSid().equals(accountSid) && key.scope() == scope && key.list() == list;
    }

    /** Returns one line of at most 200 characters, the same in every run, so that it can be stored as a key. */
    @Override
    public String toString() {
        String names = String.join(",", categories);
        return accountSid + "|" + scope + "|" + list + "|"
                + (names.length() > MAX_CATEGORIES_LENGTH ? digest(names) : names);
    }

    private static String digest(String text) {
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
