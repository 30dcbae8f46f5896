package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ValueParserTest {

    @ParameterizedTest
    @ValueSource(strings = { "0", "007", "0.00", "0.0075", "12.50", ".5", "5.", "-1", "1e3", "1e64", "1e-64",
            "999999999999999999" })
    void keepsAllDigitsAndTheScaleOfANumber(String text) {
        assertThat(ValueParser.number(text)).isEqualTo(new BigDecimal(text));
    }

    @Test
    void ignoresWhiteSpaceAroundANumber() {
        assertThat(ValueParser.number(" 1 ")).isEqualTo("1");
        assertThat(ValueParser.number(" ")).isNull();
    }

    @Test
    void rejectsNumbersBeyondTheBounds() {
        assertThatThrownBy(() -> ValueParser.number("1e65")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> ValueParser.number("1e-65")).isInstanceOf(NumberFormatException.class);
        assertThat(ValueParser.number("9".repeat(64))).isEqualTo(new BigDecimal("9".repeat(64)));
        assertThatThrownBy(() -> ValueParser.number("9".repeat(65))).isInstanceOf(NumberFormatException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = { "2026-03-15T12:00:00Z", "2026-03-15T12:00:00+00:00", "Sun, 15 Mar 2026 12:00:00 +0000",
            "Sun, 15 Mar 2026 12:00:00 GMT", "Sun, 15 Mar 2026 12:00:00 UT", "Sun, 15 Mar 2026 12:00:00 UTC",
            "Sun, 15 Mar 2026 05:00:00 -0700", "Sun, 15 Mar 2026 08:00:00 EDT", "15 Mar 2026 12:00:00 +0000",
            "15 Mar 2026 12:00 GMT", "Mon, 15 Mar 2026 12:00:00 +0000", "Sun, 15 Mar 2026 12:00:00",
            "2026-03-15 12:00:00", "2026-03-15T12:00:00", "2026-03-15 12:00:00 +0000", "2026-03-15 07:00:00-05:00" })
    void parsesEveryTimeFormatOfTwilio(String text) {
        assertThat(ValueParser.time(text)).isEqualTo(OffsetDateTime.parse("2026-03-15T12:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "just now", "2026-03-15", "1773576000" })
    void rejectsOtherTimes(String text) {
        assertThatThrownBy(() -> ValueParser.time(text)).isInstanceOf(DateTimeException.class);
    }
}
