package io.github.cameltwilio.usage.state;

import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.UUID;
import java.util.regex.Pattern;

import io.github.cameltwilio.usage.client.Subresource;

/**
 * Identifies a usage record through all of its corrections, because Twilio gives usage records no ID. The end date is
 * not part of the key: the end of a running month moves every day.
 *
 * @param accountSid the account whose usage was listed
 * @param list       the list that contained the record
 * @param startDate  the first day of the record's period; {@link LocalDate#MAX} if it cannot be read
 * @param category   in lower case, because Twilio's documentation and its data disagree on the case; a question mark
 *                   and what Twilio sent instead, if it cannot be read; followed by what Twilio sent instead of a day,
 *                   if that cannot be read
 */
public record RecordKey(String accountSid, Scope scope, Subresource list, LocalDate startDate, String category) {
    private static final Pattern SHORT_TEXT = Pattern.compile("[ -{}~]{1,40}");

    /** Returns a text from Twilio as part of a key: the text itself if it is short and printable, or else a digest. */
    public static String part(Object text) {
        String whole = text.toString();
        return SHORT_TEXT.matcher(whole).matches() ? whole : digest(whole);
    }

    /** Returns a digest that differs for texts that differ, even if UTF-8 cannot encode them. */
    static String digest(String text) {
        ByteBuffer bytes = ByteBuffer.allocate(text.length() * Character.BYTES);
        bytes.asCharBuffer().put(text);
        return UUID.nameUUIDFromBytes(bytes.array()).toString();
    }

    /** Returns whether a text has an unpaired surrogate, which UTF-8 cannot encode. */
    static boolean hasSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** Returns false if Twilio's text for the start date is not a day. */
    public boolean hasDay() {
        return !startDate.equals(LocalDate.MAX);
    }

    /** Returns one line, the same in every run, so that it can be the primary key of a table or of an upsert. */
    @Override
    public String toString() {
        return accountSid + "|" + scope + "|" + list + "|" + (hasDay() ? startDate : "?") + "|" + category;
    }
}
