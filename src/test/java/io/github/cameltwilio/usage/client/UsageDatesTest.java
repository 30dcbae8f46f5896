package io.github.cameltwilio.usage.client;

import java.time.LocalDate;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class UsageDatesTest {
    private static final LocalDate TODAY = LocalDate.parse("2026-03-01");

    @ParameterizedTest
    @CsvSource({ "2024-02-29,2024-02-29", "today,2026-03-01", "Yesterday,2026-02-28", "-30days,2026-01-30",
            "+1day,2026-03-02",
            "-0days,2026-03-01", "' -1days ',2026-02-28" })
    void parsesDates(String text, LocalDate day) {
        assertThat(UsageDates.resolve(text, TODAY)).isEqualTo(day);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "30days", "-30", "2026-02-30", "2026-3-1", "２０２６-03-01", "-30months", "-123456days",
            "2026-03-01T00:00", "+999999999-12-31", "-0001-01-01" })
    void rejectsOtherTextsWithExamples(String text) {
        assertThatThrownBy(() -> UsageDates.resolve(text, TODAY)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "must be a date (2026-01-31), an offset (-30days), today or yesterday");
    }
}
