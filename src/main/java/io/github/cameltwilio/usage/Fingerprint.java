package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.github.cameltwilio.usage.state.UsageValues;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Digests of values: equal for equal values, in every run and on every machine. For one thread. */
final class Fingerprint {
    private static final int BYTES = 8;

    // To look one up costs as much as to use it.
    private final MessageDigest sha256;

    Fingerprint() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Sixteen hexadecimal digits. */
    String of(UsageValues values) {
        String count = plain(values.count());
        String usage = values.usage() == values.count() ? count : plain(values.usage());
        String text = count + "|" + values.countUnit() + "|" + usage + "|" + values.usageUnit() + "|"
                + plain(values.price())
                + "|" + values.priceUnit();
        return HexFormat.of().formatHex(sha256.digest(text.getBytes(UTF_8)), 0, BYTES);
    }

    /** A number keeps what its {@code toString} says, and a state keeps the numbers of thousands of records. */
    private static String plain(BigDecimal number) {
        return number == null ? null : number.toPlainString();
    }
}
