package io.github.cameltwilio.usage.delivery;

import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.github.cameltwilio.usage.state.UsageValues;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Makes digests of records' values: equal for equal values, in every run and on every machine. Not thread-safe, because
 * looking up SHA-256 for each record takes longer than the digest itself.
 */
public final class Fingerprint {
    private static final int BYTES = 8;

    private final MessageDigest sha256;

    public Fingerprint() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Returns sixteen hexadecimal digits. */
    public String of(UsageValues values) {
        String text = plain(values.count()) + "|" + values.countUnit() + "|" + plain(values.usage()) + "|"
                + values.usageUnit() + "|" + plain(values.price()) + "|" + values.priceUnit()
                + (values.malformed() == null ? "" : "|" + values.malformed());
        return HexFormat.of().formatHex(sha256.digest(text.getBytes(UTF_8)), 0, BYTES);
    }

    private static String plain(BigDecimal number) {
        return number == null ? null : number.toPlainString();
    }
}
