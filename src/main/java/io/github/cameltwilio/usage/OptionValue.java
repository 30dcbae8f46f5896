package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.TwilioUsageClient;
import io.github.cameltwilio.usage.client.UsageDates;
import org.apache.camel.Message;
import org.apache.camel.util.TimeUtils;

/**
 * A value set by the user, and the name of the header or option that sets it. The methods convert the value, or throw
 * an error that quotes name and value and says what is expected.
 */
record OptionValue(String name, Object value) {
    // The longest category at Twilio has 54 characters. New ones appear, but never with other characters.
    private static final Pattern CATEGORY = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern TRIGGER_VALUE = Pattern.compile("\\+?[0-9]{1,20}(\\.[0-9]{1,20})?");
    private static final Pattern CALLBACK_URL = Pattern.compile("https?://([^\\s/?#@]*@)?"
            + "(\\[[^]\\s/?#@]+]|[^\\s/?#:@\\\\]+)(:\\d+)?([/?#]\\S*)?");
    // Camel's syntax: milliseconds, or numbers with units.
    private static final Pattern DURATION = Pattern.compile("\\d+|(?=\\d)(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?");
    private static final int MAX_QUOTE_LENGTH = 80;
    // A century, so that dates stay within the range of Twilio and of every database.
    private static final int MAX_DAYS = 36_500;
    private static final int MAX_NAME_LENGTH = 64;

    /** The header's value, or the option's if the message has no such header. */
    static OptionValue of(Message message, String header, String option, Object optionValue) {
        Object headerValue = message == null ? null : message.getHeader(header);
        return headerValue == null ? new OptionValue(option, optionValue) : new OptionValue(header, headerValue);
    }

    LocalDate asDate(LocalDate today) {
        if (value == null || value instanceof LocalDate) {
            return (LocalDate) value;
        }
        try {
            return UsageDates.resolve(value.toString(), today);
        } catch (IllegalArgumentException e) {
            throw invalid(e.getMessage());
        }
    }

    Duration asDuration() {
        if (value instanceof Duration duration && !duration.isNegative()) {
            return duration;
        }
        try {
            Duration duration = DURATION.matcher(text()).matches() ? TimeUtils.toDuration(text())
                    : Duration.parse(text());
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeException | IllegalArgumentException e) {
            // The error below covers malformed as well as negative durations.
        }
        throw invalid("must be a duration, for example 15m or 1h30m");
    }

    long asDays() {
        Duration duration = asDuration();
        if (!duration.equals(Duration.ofDays(duration.toDays()))) {
            throw invalid("must be a number of whole days, for example 3d");
        }
        if (duration.toDays() > MAX_DAYS) {
            throw invalid("must be at most " + MAX_DAYS + "d");
        }
        return duration.toDays();
    }

    List<String> asCategories() {
        if (value == null) {
            return List.of();
        }
        Stream<?> categories = value instanceof Collection<?> collection ? collection.stream()
                : Arrays.stream(text().split(",", -1));
        List<String> names = categories.map(category -> String.valueOf(category).strip()).distinct().toList();
        if (!names.stream().allMatch(CATEGORY.asMatchPredicate())) {
            throw invalid("must be category names separated by commas, for example sms,calls-inbound; leave it out to"
                    + " read all categories");
        }
        return names;
    }

    String asOneCategory() {
        if (isGiven() && !CATEGORY.matcher(text()).matches()) {
            throw invalid("must be the name of one category, for example sms or calls-inbound");
        }
        return isGiven() ? text() : null;
    }

    String asTriggerSid() {
        if (!TwilioUsageClient.isTriggerSid(text())) {
            throw invalid("is not a valid trigger SID (expected UT followed by 32 hexadecimal digits)");
        }
        return text();
    }

    /** Not quoted in the error, since users may have pasted a secret. */
    String asAccountSid() {
        if (!TwilioUsageClient.isAccountSid(text())) {
            throw new IllegalArgumentException(name + " is not a valid account SID (expected AC followed by 32"
                    + " hexadecimal digits, as shown in Twilio's console)");
        }
        return text();
    }

    /** The number in plain notation; a leading plus sign, which makes it relative, is kept. */
    String asTriggerValue() {
        if (!isGiven()) {
            return null;
        }
        String sign = text().startsWith("+") ? "+" : "";
        BigDecimal number = TRIGGER_VALUE.matcher(text()).matches() ? new BigDecimal(text()) : BigDecimal.ZERO;
        if (number.signum() == 0) {
            throw invalid("must be a positive number, for example 99.50, or +30 for a value relative to current usage"
                    + " (write RAW(+30) in a URI)");
        }
        return sign + number.toPlainString();
    }

    /** Not quoted in the error, since the URL may contain a password or a token. */
    String asCallbackUrl() {
        if (isGiven() && !CALLBACK_URL.matcher(text()).matches()) {
            throw new IllegalArgumentException(name + " must be an http:// or https:// URL with a host and without"
                    + " spaces; a port must be a number");
        }
        return isGiven() ? text() : null;
    }

    String asFriendlyName() {
        if (isGiven() && text().length() > MAX_NAME_LENGTH) {
            throw invalid("has " + text().length() + " characters, but Twilio allows " + MAX_NAME_LENGTH);
        }
        return isGiven() ? text() : null;
    }

    boolean isGiven() {
        return value != null && !text().isEmpty();
    }

    /** The converted value, or null if there is none. */
    <T> T ifGiven(Function<OptionValue, T> conversion) {
        return isGiven() ? conversion.apply(this) : null;
    }

    boolean asBoolean() {
        return switch (text()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid("must be true or false");
        };
    }

    int asPageSize() {
        return asWholeNumber(1, 1000);
    }

    int asWholeNumber(int min, int max) {
        try {
            int number = Integer.parseInt(text().strip());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The error below covers text as well as numbers out of range.
        }
        throw invalid("must be a whole number from " + min + " to " + max);
    }

    <E> E asOneOf(Class<E> enumType) {
        return asOneOf(Arrays.asList(enumType.getEnumConstants()), "is not one of: ");
    }

    /** @param problem the beginning of the error, which the values complete */
    <E> E asOneOf(Collection<E> values, String problem) {
        return values.stream().filter(allowed -> allowed.toString().equalsIgnoreCase(text())).findFirst()
                .orElseThrow(() -> invalid(
                        problem + values.stream().map(Object::toString).collect(Collectors.joining(", "))));
    }

    /** @param problem completes a sentence that begins with the name and the value */
    IllegalArgumentException invalid(String problem) {
        String quote = text().length() > MAX_QUOTE_LENGTH ? text().substring(0, MAX_QUOTE_LENGTH) + "..." : text();
        return new IllegalArgumentException(name + "=" + quote.replaceAll("\\p{Cntrl}", "?") + " " + problem);
    }

    private String text() {
        if (!(value instanceof Duration duration)) {
            return String.valueOf(value);
        }
        // Users write 3d and 12h, Java PT72H and PT12H.
        boolean isDays = !duration.isZero() && duration.equals(Duration.ofDays(duration.toDays()));
        return isDays ? duration.toDays() + "d" : duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
