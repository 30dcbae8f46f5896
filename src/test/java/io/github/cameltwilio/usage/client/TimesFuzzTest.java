package io.github.cameltwilio.usage.client;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.apache.hc.client5.http.utils.DateUtils;

import static org.assertj.core.api.Assertions.assertThat;

/** Three small parsers in one test, because each fuzz test costs a JVM. */
class TimesFuzzTest {
    private static final Instant NOW = Instant.parse("2026-03-15T12:00:00Z");
    private static final LocalDate TODAY = LocalDate.parse("2026-03-15");
    private static final JsonTimes.TimeWriter WRITTEN = new JsonTimes.TimeWriter();

    @FuzzTest(maxDuration = "20s")
    void parsesDatesAndTimesExactlyOrRejectsThem(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        checkDate(text);
        checkTime(text);
        checkRetryAfter(text);
    }

    private static void checkDate(String text) {
        try {
            LocalDate day = UsageDates.resolve(text, TODAY);

            assertThat(day.toString()).matches("\\d{4}-\\d{2}-\\d{2}");
            assertThat(UsageDates.resolve(day.toString(), TODAY)).isEqualTo(day);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("must be a date (2026-01-31)");
        }
    }

    private static void checkTime(String text) {
        OffsetDateTime either = time(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME);
        if (either == null && text.matches("(?s)[A-Za-z].*")) {
            either = time(text, DateTimeFormatter.RFC_1123_DATE_TIME);
            // Java's formatter reads a year of two digits literally, as a year of the first century.
            if (either != null && either.getYear() < 1000) {
                return;
            }
        }
        try {
            OffsetDateTime time = ValueParser.time(text);
            assertThat(either == null || time.isEqual(either)).isTrue();
            assertThat(ValueParser.time(WRITTEN.convert(time))).isEqualTo(time);
        } catch (DateTimeException e) {
            assertThat(either).isNull();
        }
    }

    private static OffsetDateTime time(String text, DateTimeFormatter format) {
        try {
            return OffsetDateTime.parse(text, format);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static void checkRetryAfter(String header) {
        Duration wait = ErrorResponse.parseRetryAfter(header, NOW);
        if (wait == null) {
            assertThat(header.strip()).doesNotMatch("[0-9]+");
        } else if (header.strip().matches("[0-9]+")) {
            assertThat(wait).isEqualTo(Duration.ofSeconds(
                    header.strip().length() > 9 ? 999_999_999 : Long.parseLong(header.strip())));
        } else {
            assertThat(wait.isNegative()).isFalse();
            assertThat(ErrorResponse.parseRetryAfter(DateUtils.formatStandardDate(NOW.plus(wait)), NOW))
                    .isEqualTo(wait);
        }
    }
}
