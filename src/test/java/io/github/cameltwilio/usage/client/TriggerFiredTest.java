package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TriggerFiredTest {
    private static final String ACCOUNT = "AC" + "0".repeat(32);
    private static final String TRIGGER = "UT" + "1".repeat(32);
    private static final Map<String, String> CALLBACK = Map.of("AccountSid", ACCOUNT, "UsageTriggerSid", TRIGGER,
            "DateFired", "Sun, 15 Mar 2026 12:00:00 +0000", "Recurring", "daily", "UsageCategory", "sms", "TriggerBy",
            "usage",
            "TriggerValue", "100", "CurrentValue", "100.50", "UsageRecordUri", "/records", "IdempotencyToken",
            "token-1");

    @Test
    void readsTypedValues() {
        TriggerFired fired = TriggerFired.of(CALLBACK);

        assertThat(fired).isEqualTo(new TriggerFired(ACCOUNT, TRIGGER, OffsetDateTime.parse("2026-03-15T12:00:00Z"),
                "daily",
                "sms", "usage", new BigDecimal("100"), new BigDecimal("100.50"), "/records", "token-1", Map.of()));
        assertThat(fired.toMap()).containsExactly(Map.entry("accountSid", ACCOUNT), Map.entry("triggerSid", TRIGGER),
                Map.entry("dateFired", fired.dateFired()), Map.entry("recurring", "daily"),
                Map.entry("usageCategory", "sms"),
                Map.entry("triggerBy", "usage"), Map.entry("triggerValue", fired.triggerValue()),
                Map.entry("currentValue", fired.currentValue()), Map.entry("usageRecordUri", "/records"),
                Map.entry("idempotencyToken", "token-1"), Map.entry("otherParameters", Map.of()));
    }

    @Test
    void hasNoRecurrenceIfItFiresOnce() {
        assertThat(TriggerFired.of(with("Recurring", "")).recurring()).isNull();
        assertThat(TriggerFired.of(with("Recurring", null)).recurring()).isNull();
    }

    @Test
    void keepsOtherParametersExceptCamelNames() {
        Map<String, String> more = with("Extra", "1");
        more.put("CamelHttpUri", "http://evil.example");
        more.put("cAMELx", "");
        more.put("bodySHA256", "0a1f");

        assertThat(TriggerFired.of(more).otherParameters()).isEqualTo(Map.of("Extra", "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "AccountSid", "UsageTriggerSid", "DateFired", "UsageCategory", "TriggerBy", "TriggerValue",
            "CurrentValue", "UsageRecordUri", "IdempotencyToken" })
    void namesMissingParameter(String name) {
        assertThatThrownBy(() -> TriggerFired.of(with(name, null))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(name + " is missing or malformed");
    }

    @ParameterizedTest
    @CsvSource({ "AccountSid,AC1", "UsageTriggerSid,UT1", "DateFired,yesterday", "Recurring,every day",
            "UsageCategory,a/b",
            "TriggerBy,''", "TriggerValue,1e999999999", "CurrentValue,1.", "UsageRecordUri,a b",
            "IdempotencyToken,''" })
    void namesMalformedParameterWithoutQuotingIt(String name, String malformed) {
        assertThatThrownBy(() -> TriggerFired.of(with(name, malformed))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(name + " is missing or malformed").hasNoCause();
    }

    private static Map<String, String> with(String name, String value) {
        Map<String, String> changed = new TreeMap<>(CALLBACK);
        changed.put(name, value);
        changed.values().removeIf(one -> one == null);
        return changed;
    }
}
