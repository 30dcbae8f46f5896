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

    // ISO 8601, or RFC 2822 with its usual obsolete forms, for example years of two digits.
    private static final Pattern TIME = Pattern.compile("\\s*(?:(?:[A-Za-z]{3},\\s*)?"
            + "(?<day>\\d{1,2}\\s+[A-Za-z]{3})\\s+(?<year>\\d{4}|\\d\\d)\\s+(?<time>\\d\\d:\\d\\d)"
            + "|(?<iso>\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d))(?::(?<second>\\d\\d)(?<fraction>\\.\\d{1,9})?)?"
            + "\\s*(?<zone>[Zz]|UTC?|GMT|[ECMP][SD]T|[+-]\\d\\d:?\\d\\d)?(?:\\s*\\([^()]*\\))?\\s*");
    private static final Pattern ENDS_WITH_ZONE = Pattern.compile("(?s).*(?:[A-Za-z)]|[+-]\\d\\d:?\\d\\d)");
    private static final Pattern DATE_TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:.*");
    private static final DateTimeFormatter RFC_2822 = new DateTimeFormatterBuilder().parseCaseInsensitive()
            .appendPattern("d MMM uuuu HH:mm").toFormatter(Locale.ENGLISH);
    private static final Map<String, Integer> ZONES = Map.ofEntries(entry("", 0), entry("Z", 0), entry("z", 0),
            entry("UT", 0),
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
        Matcher parts = TIME.matcher(text);
        if (!parts.matches() || parts.group("fraction") != null && parts.group("iso") == null) {
            return lenient(text);
        }
        LocalDateTime minute = parts.group("iso") != null ? LocalDateTime.parse(parts.group("iso").replace(' ', 'T'))
                : LocalDateTime.parse(parts.group("day").replaceAll("\\s+", " ") + " " + year(parts.group("year")) + " "
                        + parts.group("time"), RFC_2822);
        int second = parts.group("second") == null ? 0 : Integer.parseInt(parts.group("second"));
        // 60 is a leap second, which is read as the second after it.
        if (second > 60) {
            throw new DateTimeException("no such second");
        }
        String fraction = parts.group("fraction") == null ? "0" : parts.group("fraction");
        String zone = parts.group("zone") == null ? "" : parts.group("zone");
        return minute.plusSeconds(second).plusNanos(new BigDecimal(fraction).movePointRight(9).longValue())
                .atOffset(ZONES.containsKey(zone) ? ZoneOffset.ofHours(ZONES.get(zone)) : ZoneOffset.of(zone));
    }

    /** Accepts what Java's formatters accept, for example hours of one digit, but no year before 1000. */
    private static OffsetDateTime lenient(String text) {
        boolean startsWithWeekday = !text.isEmpty() && Character.isLetter(text.charAt(0));
        OffsetDateTime time = OffsetDateTime.parse(text,
                startsWithWeekday ? DateTimeFormatter.RFC_1123_DATE_TIME : DateTimeFormatter.ISO_OFFSET_DATE_TIME);
        if (startsWithWeekday && time.getYear() < 1000) {
            throw new DateTimeException("no such year");
        }
        return time;
    }

    /** Returns false if a zone may have been cut off. */
    static boolean endsWithZone(String time) {
        return ENDS_WITH_ZONE.matcher(time).matches();
    }

    /** Two digits mean a year from 1950 to 2049, as RFC 2822 says. */
    private static String year(String digits) {
        return digits.length() == 4 ? digits : (Integer.parseInt(digits) < 50 ? "20" : "19") + digits;
    }
}
