package io.github.cameltwilio.usage.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;

import org.junit.jupiter.api.Test;

class UsageValuesTest {
    private static final UsageValues VALUES = values("12", "0.5", "usd");

    @Test
    void equalNumbersAreEqualHoweverTheyAreWritten() {
        assertThat(values("12.0", "0.50000", "usd")).isEqualTo(VALUES);
        assertThat(values("12.0", "0.50000", "usd").fingerprint()).isEqualTo(VALUES.fingerprint());
        assertThat(values("0", "0.000", "usd")).isEqualTo(values("0.0", "0", "usd"));
    }

    @Test
    void everyOtherValueIsAnother() {
        assertThat(VALUES).isNotEqualTo(values("12", "0.51", "usd")).isNotEqualTo(values("12", "0.5", "eur"))
                .isNotEqualTo(values(null, "0.5", "usd"));
        assertThat(VALUES.fingerprint()).isNotEqualTo(values("12", "0.51", "usd").fingerprint())
                .isNotEqualTo(values("12", "0.5", "eur").fingerprint())
                .isNotEqualTo(values(null, "0.5", "usd").fingerprint());
    }

    @Test
    void aFingerprintIsTheSameInEveryRun() {
        assertThat(VALUES.fingerprint()).isEqualTo("84258113087a18d8");
    }

    private static UsageValues values(String count, String price, String currency) {
        return new UsageValues(count == null ? null : new BigDecimal(count), "messages", new BigDecimal("7"), "messages",
                new BigDecimal(price), currency);
    }
}
