package io.github.cameltwilio.usage.delivery;

import java.math.BigDecimal;

import io.github.cameltwilio.usage.state.UsageValues;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FingerprintTest {
    @Test
    void ignoresHowNumbersAreWritten() {
        assertThat(fingerprint("12.0", "0.50000", "usd")).isEqualTo(fingerprint("12", "0.5", "usd"));
        assertThat(fingerprint("1E+2", "0.000", "usd")).isEqualTo(fingerprint("100", "0", "usd"));
    }

    @Test
    void differsWhenAnyValueDiffers() {
        assertThat(fingerprint("12", "0.5", "usd")).isNotEqualTo(fingerprint("12", "0.51", "usd"))
                .isNotEqualTo(fingerprint("12", "0.5", "eur")).isNotEqualTo(fingerprint(null, "0.5", "usd"));
    }

    @Test
    void isStableAcrossRuns() {
        // printf '12|messages|7|messages|0.5|usd' | sha256sum
        assertThat(fingerprint("12", "0.5", "usd")).isEqualTo("84258113087a18d8");
        // printf '1200|messages|7|messages|null|usd' | sha256sum
        assertThat(fingerprint("1200", null, "usd")).isEqualTo("6cdf6e0555ac1da6");
    }

    @Test
    void dependsOnNothingButTheValues() {
        Fingerprint reused = new Fingerprint();
        reused.of(new UsageValues(null, null, null, null, null, null));

        assertThat(reused.of(new UsageValues(number("12"), "messages", number("7"), "messages", number("0.5"), "usd")))
                .isEqualTo(fingerprint("12", "0.5", "usd"));
    }

    private String fingerprint(String count, String price, String currency) {
        return new Fingerprint()
                .of(new UsageValues(number(count), "messages", number("7"), "messages", number(price), currency));
    }

    private static BigDecimal number(String digits) {
        return digits == null ? null : new BigDecimal(digits);
    }
}
