package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TwilioNumbersTest {

    @ParameterizedTest
    @ValueSource(strings = { "0", "7", "007", "120", "0.00", "0.0075", "12.50", ".5", "5.", "123456789012345678",
            "999999999999999999", "0.12345678901234567", "12345678.9012345678" })
    void digitsAreReadAsTheyAreWritten(String text) {
        assertThat(digits(text)).isEqualTo(new BigDecimal(text)).isEqualTo(TwilioNumbers.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = { "", ".", "-1", "+1", " 1", "1 ", "1e3", "1.2.3", "/1", "1:", "1,5", "NaN",
            "1234567890123456789",
            "0.1234567890123456789" })
    void whatIsMoreThanDigitsIsReadAsAText(String text) {
        assertThat(digits(text)).isNull();
    }

    @Test
    void bothWaysSayTheSameOfAnyDigits() {
        Random random = new Random(3);
        // Below 10^18, and with zeros in front no longer than that.
        Stream.generate(() -> BigDecimal.valueOf(random.nextLong() >>> 5 + random.nextInt(58), random.nextInt(12)))
                .limit(1_000).map(BigDecimal::toPlainString)
                .forEach(text -> assertThat(digits(text)).isEqualTo(TwilioNumbers.parse(text)));
    }

    @Test
    void onlyTheDigitsThatAreMeantAreRead() {
        assertThat(TwilioNumbers.digits("12345".getBytes(US_ASCII), 1, 4)).isEqualTo(new BigDecimal("234"));
    }

    @Test
    void aNumberWithoutBoundsIsNone() {
        assertThat(TwilioNumbers.parse(" ")).isNull();
        assertThat(TwilioNumbers.parse("1e64")).isEqualTo(new BigDecimal("1e64"));
        assertThatThrownBy(() -> TwilioNumbers.parse("1e65")).isInstanceOf(NumberFormatException.class);
        assertThat(TwilioNumbers.parse("9".repeat(64))).isEqualTo(new BigDecimal("9".repeat(64)));
        assertThatThrownBy(() -> TwilioNumbers.parse("9".repeat(65))).isInstanceOf(NumberFormatException.class);
    }

    private static BigDecimal digits(String text) {
        byte[] ascii = text.getBytes(US_ASCII);
        return TwilioNumbers.digits(ascii, 0, ascii.length);
    }
}
