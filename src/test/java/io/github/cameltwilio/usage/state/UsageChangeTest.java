package io.github.cameltwilio.usage.state;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Optional;

import io.github.cameltwilio.usage.client.Subresource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UsageChangeTest {
    private static final RecordKey KEY = new RecordKey("AC1", Scope.all, Subresource.daily,
            LocalDate.parse("2026-03-15"), "sms");

    @Test
    void tellsNewRecordsFromCorrectionsAndRepetitions() {
        assertThat(change(null, "1")).matches(change -> !change.isUpdate()).matches(change -> !change.isUnchanged());
        assertThat(change("1", "2")).matches(UsageChange::isUpdate).matches(change -> !change.isUnchanged());
        assertThat(change("1", "1.0")).matches(UsageChange::isUpdate).matches(UsageChange::isUnchanged);
    }

    private static UsageChange change(String before, String now) {
        return new UsageChange(KEY, Optional.ofNullable(before).map(UsageChangeTest::values), values(now));
    }

    private static UsageValues values(String count) {
        return new UsageValues(new BigDecimal(count), null, null, null, null, null);
    }
}
