package io.github.cameltwilio.usage.delivery;

import java.time.LocalDate;

import io.github.cameltwilio.usage.client.Subresource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class CoverageTest {
    private static final LocalDate FROM = LocalDate.parse("2026-03-01");

    private final Coverage coverage = new Coverage(Subresource.daily, FROM);

    @Test
    void isEmptyUntilARecordIsAdded() {
        assertThat(coverage.isEmpty()).isTrue();
        assertThat(coverage.hasGap(FROM, FROM.plusDays(10))).as("no category lacks anything").isFalse();
        coverage.add("sms", LocalDate.MAX, LocalDate.MAX);
        assertThat(coverage.isEmpty()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({ "2026-03-01,2026-03-05,false", "2026-03-01,2026-03-06,true", "2026-03-02,2026-03-05,false",
            "2026-03-05,2026-03-05,false", "2026-03-05,2026-03-07,true" })
    void findsWhatACategoryLacks(LocalDate from, LocalDate before, boolean gap) {
        for (int day = 0; day < 10; day++) {
            coverage.add("sms", FROM.plusDays(day), FROM.plusDays(day));
            if (day != 4) {
                coverage.add("calls", FROM.plusDays(day), FROM.plusDays(day));
            }
        }
        assertThat(coverage.hasGap(from, before)).isEqualTo(gap);
        assertThat(coverage.firstDay()).isEqualTo(FROM);
        assertThat(coverage.lastDay()).isEqualTo(FROM.plusDays(9));
    }

    @ParameterizedTest
    @CsvSource({ "monthly,2026-05-01,2026-06-01,false", "monthly,2026-05-01,2026-07-01,true",
            "yearly,2027-01-01,2028-01-01,false", "yearly,2027-01-01,2028-06-01,false",
            "yearly,2027-01-01,2029-01-01,true" })
    void countsPeriodsOfTheList(Subresource list, LocalDate second, LocalDate before, boolean gap) {
        Coverage periods = new Coverage(list, list == Subresource.monthly ? LocalDate.parse("2026-04-10") : FROM);
        periods.add("sms", FROM, FROM);
        periods.add("sms", second, second);
        assertThat(periods.hasGap(FROM, before)).isEqualTo(gap);
    }

    @Test
    void ignoresRecordsOutsideOfTheWindow() {
        coverage.add("sms", FROM.minusYears(1), FROM.minusDays(1));
        coverage.add("sms", FROM.plusYears(1), FROM.plusYears(1));
        assertThat(coverage.hasGap(FROM, FROM.plusDays(1))).as("counts as the first day").isFalse();
    }

    @ParameterizedTest
    @CsvSource({ "daily,2026-03-05,2026-03-06", "daily,2025-03-01,2025-04-01", "daily,2026-02-28,2026-03-01",
            "monthly,2026-03-01,2026-03-10", "monthly,2026-03-01,2026-04-01", "monthly,2026-03-10,2026-03-20",
            "yearly,2026-01-01,2026-03-01", "yearly,2026-02-01,2026-03-01",
            "none,2026-03-01,2026-03-02", "daily,+999999999-12-31,2026-03-01" })
    void recognizesRecordsThatItHas(Subresource list, LocalDate day, LocalDate other) {
        Coverage records = new Coverage(list, list == Subresource.none ? null : FROM);
        assertThat(records.contains("sms", day)).isFalse();
        assertThat(records.add("sms", day, day)).isTrue();
        assertThat(records.contains("sms", day)).isTrue();
        assertThat(records.contains("sms", other)).isFalse();
        assertThat(records.contains("calls", day)).isFalse();
        assertThat(records.add("sms", other, other)).isTrue();
        assertThat(records.add("calls", day, day)).isTrue();
        assertThat(records.add("sms", day, day)).isFalse();
        assertThat(records.add("sms", other, other)).isFalse();
    }
}
