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
 * The values of a record that make it due again when they change. Numbers are compared as numbers, whatever their
 * scale. {@code as_of} is not among the values, because it moves with every read.
 */
public record UsageValues(
        BigDecimal count, String countUnit, BigDecimal usage, String usageUnit, BigDecimal price, String priceUnit) {

    /** Delivered, but with unknown values because two nodes disagreed. Differs from everything that Twilio sends. */
    static final UsageValues UNKNOWN = new UsageValues(null, null, null, null, null, null);

    // URL encoding never produces this character.
    private static final String NULL = "~";

    public UsageValues {
        count = canonical(count);
        usage = canonical(usage);
        price = canonical(price);
    }

    public static UsageValues of(UsageRecord usage) {
        return new UsageValues(usage.count(), usage.countUnit(), usage.usage(), usage.usageUnit(), usage.price(),
                usage.priceUnit());
    }

    /** Parses the result of {@link #text}. */
    static UsageValues of(String text) {
        List<String> fields = Arrays.stream(text.split("\\|", -1)).map(UsageValues::decode).toList();
        if (fields.size() != 6) {
            throw new IllegalArgumentException(fields.size() + " fields instead of 6");
        }
        return new UsageValues(number(fields.get(0)), fields.get(1), number(fields.get(2)), fields.get(3),
                number(fields.get(4)), fields.get(5));
    }

    /** Returns one line that keeps every value exactly and tells null from an empty text. */
    String text() {
        return Stream.of(count, countUnit, usage, usageUnit, price, priceUnit)
                .map(value -> value == null ? NULL : URLEncoder.encode(value.toString(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("|"));
    }

    private static String decode(String field) {
        return field.equals(NULL) ? null : URLDecoder.decode(field, StandardCharsets.UTF_8);
    }

    private static BigDecimal number(String field) {
        return field == null ? null : new BigDecimal(field);
    }

    private static BigDecimal canonical(BigDecimal number) {
        return number == null ? null : number.stripTrailingZeros();
    }
}
