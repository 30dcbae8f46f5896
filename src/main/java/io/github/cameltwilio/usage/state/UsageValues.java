package io.github.cameltwilio.usage.state;

import java.math.BigDecimal;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.UsageRecord;

/**
 * The part of a record that makes it another value when it changes. Numbers are equal when they are equal as
 * numbers; {@code as_of} is left out, since it moves at every read.
 */
public record UsageValues(
        BigDecimal count, String countUnit, BigDecimal usage, String usageUnit, BigDecimal price, String priceUnit) {

    /** Of a record that was delivered, nobody knows any more with which values: equal to nothing that Twilio sends. */
    static final UsageValues UNKNOWN = new UsageValues(null, null, null, null, null, null);

    // The encoding of a URL never leaves this character as it is.
    private static final String NULL = "~";

    public UsageValues {
        boolean isUsageTheCount = usage == count;
        count = canonical(count);
        usage = isUsageTheCount ? count : canonical(usage);
        price = canonical(price);
    }

    public static UsageValues of(UsageRecord usage) {
        return new UsageValues(usage.count(), usage.countUnit(), usage.usage(), usage.usageUnit(), usage.price(),
                usage.priceUnit());
    }

    /** Reads what {@link #text} wrote. */
    static UsageValues of(String text) {
        List<String> fields = Arrays.stream(text.split("\\|", -1)).map(UsageValues::plain).toList();
        if (fields.size() != 6) {
            throw new IllegalArgumentException(fields.size() + " fields in place of 6");
        }
        return new UsageValues(number(fields.get(0)), fields.get(1), number(fields.get(2)), fields.get(3),
                number(fields.get(4)), fields.get(5));
    }

    /** One line that keeps them exactly, and keeps null from being an empty text. */
    String text() {
        return Stream.of(count, countUnit, usage, usageUnit, price, priceUnit)
                .map(field -> field == null ? NULL : URLEncoder.encode(field.toString(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("|"));
    }

    private static String plain(String field) {
        return field.equals(NULL) ? null : URLDecoder.decode(field, StandardCharsets.UTF_8);
    }

    private static BigDecimal number(String field) {
        return field == null ? null : new BigDecimal(field);
    }

    private static BigDecimal canonical(BigDecimal number) {
        BigDecimal stripped = number == null ? null : number.stripTrailingZeros();
        // One object in place of two equal ones: a state remembers thousands of them.
        return stripped != null && stripped.scale() == number.scale() ? number : stripped;
    }
}
