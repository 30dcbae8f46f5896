package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.util.Map.entry;

/** Parses numbers and times as Twilio writes them. */
final class ValueParser {
    // 1e999999999 is short, but printing it takes a billion digits.
    private static final int MAX_LENGTH = 64;
    private static final int MAX_SCALE = 64;

    private static final Pattern OTHER_TIME = Pattern.compile("(?:(?:[A-Za-z]{3}, *)?"
            + "(?<rfc>\\d{1,2} +[A-Za-z]{3} +\\d{4} +\\d\\d:\\d\\d(?::\\d\\d)?)"
            + "|(?<iso>\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d{1,9})?)?))"
            + " *(?<zone>Z|UTC?|GMT|[ECMP][SD]T|[+-]\\d\\d:?\\d\\d)?");
    private static final Pattern DATE_TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:.*");
    private static final DateTimeFormatter RFC_2822 = new DateTimeFormatterBuilder().parseCaseInsensitive()
            .appendPattern("d MMM uuuu HH:mm[:ss]").toFormatter(Locale.ENGLISH);
    private static final Map<String, Integer> ZONES = Map.ofEntries(entry("", 0), entry("Z", 0), entry("UT", 0),
            entry("UTC", 0), entry("GMT", 0), entry("EST", -5), entry("EDT", -4), entry("CST", -6), entry("CDT", -5),
            entry("MST", -7), entry("MDT", -6), entry("PST", -8), entry("PDT", -7));

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
     * Parses a day, also that of a date-time.
     *
     * @throws DateTimeException when the text begins with neither
     */
    static LocalDate day(String text) {
        return LocalDate.parse(DATE_TIME.matcher(text).matches() ? text.substring(0, 10) : text);
    }

    /**
     * Parses a time. Twilio uses RFC 2822 for triggers and accounts, and ISO 8601 for usage records. A weekday is
     * ignored, since Twilio has sent wrong ones, and a time without a zone is in GMT, as Twilio documents.
     *
     * @throws DateTimeException when the text is neither
     */
    static OffsetDateTime time(String text) {
        Matcher other = text.endsWith("Z") ? null : OTHER_TIME.matcher(text);
        if (other == null || !other.matches()) {
            boolean startsWithWeekday = !text.isEmpty() && Character.isLetter(text.charAt(0));
            return OffsetDateTime.parse(text,
                    startsWithWeekday ? DateTimeFormatter.RFC_1123_DATE_TIME : DateTimeFormatter.ISO_OFFSET_DATE_TIME);
        }
        LocalDateTime local = other.group("iso") != null ? LocalDateTime.parse(other.group("iso").replace(' ', 'T'))
                : LocalDateTime.parse(other.group("rfc").replaceAll(" +", " "), RFC_2822);
        String zone = other.group("zone") == null ? "" : other.group("zone");
        return local.atOffset(ZONES.containsKey(zone) ? ZoneOffset.ofHours(ZONES.get(zone)) : ZoneOffset.of(zone));
    }
}
