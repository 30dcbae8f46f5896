package io.github.cameltwilio.usage.client;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses the dates that users write. Twilio accepts {@code -30days} as well, but responds to an invalid window with
 * 404, so offsets are resolved here.
 */
public final class UsageDates {
    // ISO_LOCAL_DATE accepts years of nine digits, from where a consumer would never reach today.
    private static final DateTimeFormatter DAY = new DateTimeFormatterBuilder().appendValue(ChronoField.YEAR, 4)
            .appendPattern("-MM-dd").toFormatter(Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    private static final Pattern OFFSET = Pattern.compile("([+-]\\d{1,5})days?");

    private UsageDates() {
    }

    /**
     * Parses {@code 2026-01-31}, {@code -30days}, {@code +1day}, {@code today} or {@code yesterday}.
     *
     * @param  today                    the date in UTC that offsets count from
     * @throws IllegalArgumentException for any other text; the message continues a sentence that begins with the
     *                                  name of the option
     */
    public static LocalDate resolve(String text, LocalDate today) {
        String word = text.strip().toLowerCase(Locale.ROOT);
        Matcher offset = OFFSET.matcher(word);
        if (offset.matches()) {
            return today.plusDays(Integer.parseInt(offset.group(1)));
        }
        try {
            return switch (word) {
                case "today" -> today;
                case "yesterday" -> today.minusDays(1);
                default -> LocalDate.parse(word, DAY);
            };
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "must be a date (2026-01-31), an offset (-30days), today or yesterday", e);
        }
    }
}
