package io.github.cameltwilio.usage.state;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.github.cameltwilio.usage.client.UsageRecord;

/**
 * The part of a record that makes it another value when it changes. Numbers are equal when they are equal as
 * numbers; {@code as_of} is left out, since it moves at every read.
 */
public record UsageValues(
        BigDecimal count, String countUnit, BigDecimal usage, String usageUnit, BigDecimal price, String priceUnit) {

    public UsageValues {
        count = canonical(count);
        usage = canonical(usage);
        price = canonical(price);
    }

    public static UsageValues of(UsageRecord usage) {
        return new UsageValues(usage.count(), usage.countUnit(), usage.usage(), usage.usageUnit(), usage.price(),
                usage.priceUnit());
    }

    /** Sixteen hexadecimal digits that are the same for the same values, in every run and on every machine. */
    public String fingerprint() {
        try {
            String text = count + "|" + countUnit + "|" + usage + "|" + usageUnit + "|" + price + "|" + priceUnit;
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static BigDecimal canonical(BigDecimal number) {
        return number == null ? null : number.stripTrailingZeros();
    }
}
