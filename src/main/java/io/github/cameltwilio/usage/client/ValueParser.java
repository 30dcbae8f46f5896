package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;

/** Parses numbers and times as Twilio writes them. */
final class ValueParser {
    // 1e999999999 is short, but printing it takes a billion digits.
    private static final int MAX_LENGTH = 64;
    private static final int MAX_SCALE = 64;

    private ValueParser() {
    }

    /**
     * Parses a number without rounding.
     *
     * @return                       null for an empty text, which Twilio sends where it has no number
     * @throws NumberFormatException when the text is not a number, or exceeds the bounds
     */
    static BigDecimal number(String text) {
        String digits = text.strip();
        if (digits.isEmpty()) {
            return null;
        }
        if (digits.length() > MAX_LENGTH) {
            throw new NumberFormatException("too long");
        }
        BigDecimal number = new BigDecimal(digits);
        if (Math.abs((long) number.scale()) > MAX_SCALE) {
            throw new NumberFormatException("too large or too small");
        }
        return number;
    }

    /**
     * Parses a time: Twilio uses RFC 2822 for triggers and accounts, and ISO 8601 for usage records.
     *
     * @throws DateTimeException when the text is neither
     */
    static OffsetDateTime time(String text) {
        boolean startsWithWeekday = !text.isEmpty() && Character.isLetter(text.charAt(0));
        return OffsetDateTime.parse(text,
                startsWithWeekday ? DateTimeFormatter.RFC_1123_DATE_TIME : DateTimeFormatter.ISO_OFFSET_DATE_TIME);
    }
}
