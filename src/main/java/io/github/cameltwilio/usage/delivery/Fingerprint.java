package io.github.cameltwilio.usage.delivery;

import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.github.cameltwilio.usage.state.UsageValues;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A digest of a record's values: equal for equal values, in every run and on every machine. */
public final class Fingerprint {
    private static final int BYTES = 8;

    private Fingerprint() {
    }

    /** Returns sixteen hexadecimal digits. */
    public static String of(UsageValues values) {
        String text = plain(values.count()) + "|" + values.countUnit() + "|" + plain(values.usage()) + "|"
                + values.usageUnit() + "|" + plain(values.price()) + "|" + values.priceUnit()
                + (values.malformed() == null ? "" : "|" + values.malformed());
        return HexFormat.of().formatHex(sha256(text), 0, BYTES);
    }

    private static String plain(BigDecimal number) {
        return number == null ? null : number.toPlainString();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
