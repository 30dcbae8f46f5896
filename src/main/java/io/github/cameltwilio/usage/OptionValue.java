package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.TwilioUsageClient;
import io.github.cameltwilio.usage.client.UsageDates;
import org.apache.camel.Message;

/**
 * A value that a user gave, with the name under which it was given: a header's if there is one, else the option's.
 * It reads itself as what it should be, or says what is wrong with it.
 */
record OptionValue(String name, Object value) {
    // Twilio's longest category has 54 characters. The set is open, the alphabet has not changed in ten years.
    private static final Pattern CATEGORY = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern TRIGGER_VALUE = Pattern.compile("\\+?[0-9]{1,20}(\\.[0-9]{1,20})?");
    private static final Pattern CALLBACK_URL = Pattern.compile("https?://[^\\s/?#]+([/?#]\\S*)?");
    private static final int LONGEST_QUOTE = 80;

    static OptionValue of(Message message, String header, String option, Object configured) {
        Object value = message == null ? null : message.getHeader(header);
        return value == null ? new OptionValue(option, configured) : new OptionValue(header, value);
    }

    LocalDate asDate(LocalDate today) {
        if (value == null || value instanceof LocalDate) {
            return (LocalDate) value;
        }
        try {
            return UsageDates.resolve(value.toString(), today);
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage());
        }
    }

    List<String> asCategories() {
        if (value == null) {
            return List.of();
        }
        Stream<?> given = value instanceof Collection<?> several ? several.stream()
                : Arrays.stream(text().split(",", -1));
        return given.map(one -> asCategory(String.valueOf(one).strip())).distinct().toList();
    }

    String asOneCategory() {
        if (isGiven() && !CATEGORY.matcher(text()).matches()) {
            throw wrong("is no category: one name such as sms or calls-inbound");
        }
        return isGiven() ? text() : null;
    }

    String asTriggerSid() {
        if (!TwilioUsageClient.isTriggerSid(text())) {
            throw wrong("is no SID of a usage trigger: UT and 32 hexadecimal digits");
        }
        return text();
    }

    /** A positive number, plain; or one behind a plus. */
    String asTriggerValue() {
        if (!isGiven()) {
            return null;
        }
        if (!TRIGGER_VALUE.matcher(text()).matches() || number().signum() == 0) {
            throw wrong("is no positive number such as 1000 or 99.50, nor one with a plus before it, which a URI"
                    + " takes as RAW(+30)");
        }
        return (text().startsWith("+") ? "+" : "") + number().toPlainString();
    }

    /** Quoted in no error: it may hold a password, or a token that only Twilio is to know. */
    String asCallbackUrl() {
        if (isGiven() && !CALLBACK_URL.matcher(text()).matches()) {
            throw new IllegalArgumentException(name + " is no address that Twilio could call: https:// or http://, a"
                    + " host, and no blanks");
        }
        return isGiven() ? text() : null;
    }

    String asFriendlyName() {
        if (isGiven() && text().length() > 64) {
            throw wrong("has " + text().length() + " characters, and Twilio takes 64");
        }
        return isGiven() ? text() : null;
    }

    boolean isGiven() {
        return value != null && !text().isEmpty();
    }

    /** What the reading makes of the value, or null for none. */
    <T> T ifGiven(Function<OptionValue, T> reading) {
        return isGiven() ? reading.apply(this) : null;
    }

    boolean asBoolean() {
        return switch (text()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong("is neither true nor false");
        };
    }

    int asWholeNumber(int smallest, int largest) {
        try {
            int number = Integer.parseInt(text().strip());
            if (number >= smallest && number <= largest) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, as a number out of bounds is.
        }
        throw wrong("is no whole number from " + smallest + " to " + largest);
    }

    <E extends Enum<E>> E asOneOf(Class<E> words) {
        return asOneOf(Arrays.asList(words.getEnumConstants()));
    }

    <E extends Enum<E>> E asOneOf(Collection<E> words) {
        return words.stream().filter(word -> word.name().equalsIgnoreCase(text())).findFirst()
                .orElseThrow(() -> wrong(
                        "is unknown; there is " + String.join(", ", words.stream().map(Enum::name).toList())));
    }

    /** The error that names what was given, and under which name. */
    IllegalArgumentException wrong(String reason) {
        String quote = text().length() > LONGEST_QUOTE ? text().substring(0, LONGEST_QUOTE) + "..." : text();
        return new IllegalArgumentException(name + "=" + quote.replaceAll("\\p{Cntrl}", "?") + " " + reason);
    }

    private String asCategory(String category) {
        if (!CATEGORY.matcher(category).matches()) {
            throw wrong("holds something that is no category: names such as sms or calls-inbound, with commas between"
                    + " them; leave it out for all categories");
        }
        return category;
    }

    private BigDecimal number() {
        return new BigDecimal(text().substring(text().startsWith("+") ? 1 : 0));
    }

    private String text() {
        return String.valueOf(value);
    }
}
