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
            "Sun, 15 Mar 26 12:00:00 GMT", "15 Mar 26 12:00 GMT", "Sun, 15 Mar 2026 12:00:00 +0000 (UTC)",
            "Sun, 15 Mar 2026 05:00:00 -0700 (PDT)",
            "Sun, 15 Mar 2026 12:00:00 Z", "Sun, 15 Mar 2026 12:00:00 z", "Sun, 15 Mar 2026 12:00:00\t+0000",
            " Sun,15  Mar\t2026 12:00:00 -0000 ", "sun, 15 mar 2026 11:59:60 GMT", "2026-03-15T12:00Z",
            "2026-03-15T12:00:00z", "2026-03-15 12:00:00", "2026-03-15T12:00:00", "2026-03-15 12:00:00 +0000",
            "2026-03-15 07:00:00-05:00" })
    void parsesEveryTimeFormatOfTwilio(String text) {
        assertThat(ValueParser.time(text)).isEqualTo(OffsetDateTime.parse("2026-03-15T12:00:00Z"));
    }

    @Test
    void readsTwoDigitsAsAYearFrom1950To2049() {
        assertThat(ValueParser.time("1 Jan 49 00:00 GMT").getYear()).isEqualTo(2049);
        assertThat(ValueParser.time("1 Jan 50 00:00 GMT").getYear()).isEqualTo(1950);
    }

    @Test
    void keepsFractionsOfASecond() {
        assertThat(ValueParser.time("2026-03-15T12:00:00.123456789+01:00"))
                .isEqualTo(OffsetDateTime.parse("2026-03-15T11:00:00.123456789Z"));
    }

    /** Twilio does not write these, but every other reader of its formats accepts them. */
    @ParameterizedTest
    @ValueSource(strings = { "2026-03-15t12:00:00z", "2026-03-15T13:00:30+01:00:30", "Sun, 15 Mar 2026 9:00:00 -0300" })
    void acceptsTimesThatJavaCanRead(String text) {
        assertThat(ValueParser.time(text)).isEqualTo(OffsetDateTime.parse("2026-03-15T12:00:00Z"));
    }

    @Test
    void readsNoYearOfTheFirstMillennium() {
        assertThat(ValueParser.time("Sat, 15 Mar 1000 9:00:00 GMT").getYear()).isEqualTo(1000);
        assertThatThrownBy(() -> ValueParser.time("Fri, 15 Mar 999 9:00:00 GMT")).isInstanceOf(DateTimeException.class)
                .hasMessage("no such year");
        assertThat(ValueParser.time("0999-03-15t09:00:00z").getYear()).as("ISO 8601 has all four digits")
                .isEqualTo(999);
    }

    @ParameterizedTest
    @ValueSource(strings = { "2026-03-15", "2026-03-15T23:30:00Z", "2026-03-15 23:30", "2026-03-15T23:30:00-05:00" })
    void readsTheDayAsItIsWritten(String text) {
        assertThat(ValueParser.day(text)).isEqualTo("2026-03-15");
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "2026-03-15Z", "2026-03-15T", "2026-02-30", "2026-02-30T00:00:00Z", "15 Mar 2026" })
    void rejectsOtherDays(String text) {
        assertThatThrownBy(() -> ValueParser.day(text)).isInstanceOf(DateTimeException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "just now", "2026-03-15", "1773576000",
            "Sun, 15 Mar 126 12:00:00 GMT", "Sun, 15 Mar 2026 12:00:61 GMT", "Sun, 15 Mar 2026 12:00:00 A",
            "Sun, 15 Mar 2026 12:00:00 (",
            "Sun, 15 Mar 2026 12:00:00.5 GMT" })
    void rejectsOtherTimes(String text) {
        assertThatThrownBy(() -> ValueParser.time(text)).isInstanceOf(DateTimeException.class);
    }
}
