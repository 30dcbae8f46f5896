package io.github.cameltwilio.usage.delivery;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;

import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.UsageTrigger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class FiringKeyTest {
    private static final OffsetDateTime FIRED = OffsetDateTime.parse("2026-02-28T23:30:00-05:00");

    @ParameterizedTest
    @CsvSource({ "daily, 2026-03-01", "monthly, 2026-03", "yearly, 2026", "alltime, once",
            "'', once", ", once" })
    void namesThePeriodInUtcInWhichATriggerFired(String recurring, String period) {
        assertThat(FiringKey.of(trigger("AC1", recurring, FIRED, Map.of()))).isEqualTo("AC1|UT1|" + period);
    }

    @Test
    void isTheSameForACallbackAndAPoll() {
        for (String recurring : new String[]{ "daily", "alltime", null }) {
            UsageTrigger polled = trigger("AC1", recurring, FIRED, Map.of());
            assertThat(FiringKey.of(TriggerFired.of(polled, Instant.EPOCH))).isEqualTo(FiringKey.of(polled));
        }
    }

    @Test
    void differsForAnotherAccountThatNamesTheSameTrigger() {
        assertThat(FiringKey.of(trigger("AC2", "daily", FIRED, Map.of()))).isEqualTo("AC2|UT1|2026-03-01");
    }

    @Test
    void containsTheTextOfATimeThatCannotBeRead() {
        UsageTrigger polled = trigger("AC1", "daily", null, Map.of("date_fired", "just now"));
        assertThat(FiringKey.of(polled)).isEqualTo("AC1|UT1|just now");
    }

    private static UsageTrigger trigger(String account, String recurring, OffsetDateTime fired,
                                        Map<String, Object> otherFields) {
        return new UsageTrigger("UT1", account, "", "sms", "usage", recurring, null, null, null, null, null, null,
                fired, null, null, null, otherFields);
    }
}
