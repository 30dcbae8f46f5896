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
 * @param categories the categories that are read, and whatever else selects records of the list, in lower case and
 *                   sorted; empty for all
 */
public record ReaderId(String accountSid, Scope scope, Subresource list, List<String> categories) {

    private static final int MAX_CATEGORIES_LENGTH = 120;
    // Databases can store these years.
    private static final int MIN_YEAR = 1;
    private static final int MAX_YEAR = 9999;

    public ReaderId {
        categories = categories.stream().map(category -> category.toLowerCase(Locale.ROOT)).sorted().toList();
    }

    /**
     * Returns the key of a record. If its start date or category cannot be read, the key has Twilio's text instead, or
     * the record's path, which names both. A key without a date is never forgotten.
     */
    public RecordKey key(UsageRecord usage) {
        String category = category(usage);
        LocalDate day = usage.startDate();
        if (day != null && day.getYear() >= MIN_YEAR && day.getYear() <= MAX_YEAR) {
            return key(day, category);
        }
        Object text = day != null ? day : usage.otherFields().getOrDefault("start_date", usage.uri());
        return new RecordKey(accountSid, keyScope(), list, LocalDate.MAX,
                text == null ? category : category + "|" + RecordKey.part(text));
    }

    /** @param category as in a key */
    public RecordKey key(LocalDate startDate, String category) {
        return new RecordKey(accountSid, keyScope(), list, startDate, category);
    }

    private static String category(UsageRecord usage) {
        if (usage.category() != null) {
            String name = usage.category().toLowerCase(Locale.ROOT);
            // A state file would return another name after a restart.
            return RecordKey.hasSurrogate(name) ? "?" + RecordKey.digest(name) : name;
        }
        Object text = usage.otherFields().getOrDefault("category", usage.uri());
        return text == null ? "" : "?" + RecordKey.part(text);
    }

    /** Returns whether a key is one of this reader's. */
    public boolean covers(RecordKey key) {
        return key.accountSid().equals(accountSid) && key.scope() == keyScope() && key.list() == list;
    }

    /** A record has the same key whether its account is read alone or as one of several. */
    private Scope keyScope() {
        return scope == Scope.each ? Scope.own : scope;
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
