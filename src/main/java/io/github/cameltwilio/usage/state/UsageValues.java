package io.github.cameltwilio.usage.state;

import java.math.BigDecimal;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.client.UsageRecord;

/**
 * The values of a record that make it due again when they change. Numbers are compared as numbers, whatever their
 * scale, and unusual units by their digest. {@code as_of} is not among the values, because it moves with every read.
 *
 * @param malformed Twilio's texts for those of the other values that cannot be read; null if all can be
 */
public record UsageValues(
        BigDecimal count, String countUnit, BigDecimal usage, String usageUnit, BigDecimal price, String priceUnit,
        String malformed) {

    /** Delivered, but with unknown values because two nodes disagreed. Differs from everything that Twilio sends. */
    static final UsageValues UNKNOWN = new UsageValues(null, null, null, null, null, null);

    private static final List<String> FIELDS = List.of("count", "count_unit", "usage", "usage_unit", "price",
            "price_unit");
    // URL encoding never produces this character.
    private static final String NULL = "~";
    // URL encoding makes up to nine characters of one, and a database stores 2000 characters for all values.
    private static final int MAX_UNIT_LENGTH = 60;

    public UsageValues {
        count = canonical(count);
        countUnit = canonical(countUnit);
        usage = canonical(usage);
        usageUnit = canonical(usageUnit);
        price = canonical(price);
        priceUnit = canonical(priceUnit);
    }

    /** Values that can all be read. */
    public UsageValues(BigDecimal count, String countUnit, BigDecimal usage, String usageUnit, BigDecimal price,
                       String priceUnit) {
        this(count, countUnit, usage, usageUnit, price, priceUnit, null);
    }

    public static UsageValues of(UsageRecord usage) {
        return new UsageValues(usage.count(), usage.countUnit(), usage.usage(), usage.usageUnit(), usage.price(),
                usage.priceUnit(), usage.otherFields().isEmpty() ? null : malformed(usage.otherFields()));
    }

    private static String malformed(Map<String, Object> otherFields) {
        String malformed = FIELDS.stream().filter(otherFields::containsKey)
                .map(field -> field + "=" + otherFields.get(field)).collect(Collectors.joining("&"));
        return malformed.isEmpty() ? null : RecordKey.part(malformed);
    }

    /** Parses the result of {@link #text}. */
    static UsageValues of(String text) {
        List<String> fields = Arrays.stream(text.split("\\|", -1)).map(UsageValues::decode).toList();
        if (fields.size() != FIELDS.size() && (fields.size() != FIELDS.size() + 1 || fields.get(6) == null)) {
            throw new IllegalArgumentException(fields.size() + " fields instead of " + FIELDS.size());
        }
        return new UsageValues(number(fields.get(0)), fields.get(1), number(fields.get(2)), fields.get(3),
                number(fields.get(4)), fields.get(5), fields.size() > FIELDS.size() ? fields.get(6) : null);
    }

    /** Returns one line that keeps every value exactly and tells null from an empty text. */
    String text() {
        StringJoiner text = new StringJoiner("|");
        for (Object value : Arrays.asList(count, countUnit, usage, usageUnit, price, priceUnit)) {
            text.add(value == null ? NULL : encode(value.toString()));
        }
        return malformed == null ? text.toString() : text.add(encode(malformed)).toString();
    }

    /** Encodes a text as in a URL. Most texts need no encoding, and it takes several times as long as to see that. */
    static String encode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isPlain(text.charAt(i))) {
                return URLEncoder.encode(text, StandardCharsets.UTF_8);
            }
        }
        return text;
    }

    private static boolean isPlain(char character) {
        return character >= 'a' && character <= 'z' || character >= '0' && character <= '9' || character == '.'
                || character == '-';
    }

    private static String decode(String field) {
        return field.equals(NULL) ? null : URLDecoder.decode(field, StandardCharsets.UTF_8);
    }

    private static BigDecimal number(String field) {
        return field == null ? null : new BigDecimal(field);
    }

    /** A unit that is too long to be stored, or that UTF-8 may not be able to encode, is known by its digest. */
    private static String canonical(String unit) {
        return unit == null || unit.length() <= MAX_UNIT_LENGTH && !RecordKey.hasSurrogate(unit) ? unit
                : RecordKey.digest(unit);
    }

    private static BigDecimal canonical(BigDecimal number) {
        return number == null ? null : number.stripTrailingZeros();
    }
}
