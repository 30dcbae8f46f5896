package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.cameltwilio.usage.delivery.FiringKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TriggerFiredTest {
    private static final Instant NOW = Instant.parse("2026-03-15T12:30:00Z");
    private static final String ACCOUNT = "AC" + "0".repeat(32);
    private static final String TRIGGER = "UT" + "1".repeat(32);
    private static final Map<String, String> CALLBACK = Map.of("AccountSid", ACCOUNT, "UsageTriggerSid", TRIGGER,
            "DateFired", "Sun, 15 Mar 2026 12:00:00 +0000", "Recurring", "daily", "UsageCategory", "sms", "TriggerBy",
            "usage",
            "TriggerValue", "100", "CurrentValue", "100.50", "UsageRecordUri", "/records", "IdempotencyToken",
            "token-1");

    @Test
    void readsTypedValues() {
        TriggerFired fired = TriggerFired.of(CALLBACK, NOW);

        assertThat(fired).isEqualTo(new TriggerFired(ACCOUNT, TRIGGER, null,
                OffsetDateTime.parse("2026-03-15T12:00:00Z"),
                "daily",
                "sms", "usage", new BigDecimal("100"), new BigDecimal("100.50"), "/records", "token-1", Map.of()));
        Map<String, Object> map = fired.toMap();
        assertThat(map).containsEntry("friendlyName", null);
        map.remove("friendlyName");
        assertThat(map).containsExactly(Map.entry("accountSid", ACCOUNT), Map.entry("triggerSid", TRIGGER),
                Map.entry("dateFired", fired.dateFired()), Map.entry("recurring", "daily"),
                Map.entry("usageCategory", "sms"),
                Map.entry("triggerBy", "usage"), Map.entry("triggerValue", fired.triggerValue()),
                Map.entry("currentValue", fired.currentValue()), Map.entry("usageRecordUri", "/records"),
                Map.entry("idempotencyToken", "token-1"), Map.entry("otherParameters", Map.of()));
    }

    @Test
    void readsPolledTriggerLikeCallback() {
        UsageTrigger trigger = new UsageTrigger(TRIGGER, ACCOUNT, "spend", "sms", "usage", "daily",
                new BigDecimal("100"), new BigDecimal("100.50"), "https://example.com", "POST", null, null,
                OffsetDateTime.parse("2026-03-15T12:00:00Z"), "/records", "2010-04-01", "/uri",
                Map.of("camelX", "1", "extra", Map.of("a", 1)));

        assertThat(TriggerFired.of(trigger, NOW)).isEqualTo(new TriggerFired(ACCOUNT, TRIGGER, "spend",
                OffsetDateTime.parse("2026-03-15T12:00:00Z"), "daily", "sms", "usage", new BigDecimal("100"),
                new BigDecimal("100.50"), "/records", null, Map.of("extra", "{a=1}")));
    }

    @Test
    void datesPolledFiringByReceiptIfItsTimeCannotBeRead() {
        UsageTrigger trigger = new UsageTrigger(TRIGGER, ACCOUNT, null, "sms", "usage", "alltime", null, null, null,
                null, null, null, null, null, null, null, Map.of("date_fired", "yesterday"));

        TriggerFired fired = TriggerFired.of(trigger, NOW);
        assertThat(fired.dateFired()).isEqualTo(NOW.atOffset(ZoneOffset.UTC));
        assertThat(fired.recurring()).isNull();
        assertThat(fired.otherParameters()).isEqualTo(Map.of("date_fired", "yesterday"));
    }

    @Test
    void hasNoRecurrenceIfItFiresOnce() {
        for (String recurring : List.of("", "alltime")) {
            assertThat(TriggerFired.of(with("Recurring", recurring), NOW).recurring()).isNull();
        }
    }

    @Test
    void keepsOtherParametersExceptCamelNames() {
        Map<String, String> more = with("Extra", "1");
        more.put("CamelHttpUri", "http://evil.example");
        more.put("cAMELx", "");
        more.put("bodySHA256", "0a1f");

        assertThat(TriggerFired.of(more, NOW).otherParameters()).isEqualTo(Map.of("Extra", "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "AccountSid", "UsageTriggerSid", "DateFired", "Recurring", "UsageCategory", "TriggerBy",
            "TriggerValue", "CurrentValue", "UsageRecordUri", "IdempotencyToken" })
    void namesMissingParameter(String name) {
        assertThatThrownBy(() -> TriggerFired.of(with(name, null), NOW)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(name + " is missing or malformed");
    }

    @ParameterizedTest
    @CsvSource({ "AccountSid,AC1", "UsageTriggerSid,UT1", "Recurring,every day",
            "UsageCategory,a/b",
            "TriggerBy,''", "UsageRecordUri,a b",
            "IdempotencyToken,''" })
    void namesMalformedParameterWithoutQuotingIt(String name, String malformed) {
        assertThatThrownBy(() -> TriggerFired.of(with(name, malformed), NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(name + " is missing or malformed").hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = { "yesterday", "", "2026-15-03" })
    void takesTimeOfReceiptIfDateCannotBeRead(String date) {
        TriggerFired fired = TriggerFired.of(with("DateFired", date), NOW);

        assertThat(fired.dateFired().toInstant()).isEqualTo(NOW);
        assertThat(fired.datedByReceipt()).isTrue();
        assertThat(fired.otherParameters()).isEqualTo(Map.of("DateFired", date));
        assertThat(TriggerFired.of(CALLBACK, NOW).datedByReceipt()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({ "'Mon, 28 ',Dec,' 2026 12:00:00 +0000'", "'Mon, 28 Dec 2026 12:00:00 ',EST,''",
            "'Mon, 28 Dec 2026 12:00:00 ',GMT,''", "'Mon, 28 Dec 2026 12:00:00 +0000 ',GMT,''",
            "'Mon, 28 Dec 2026 12:00:00',Eastern,''", "'Mon, 28 Dec 2026 12:00:00 +0000 (',GMT,')'",
            "2026-12-28T12:00:00,Hours,''" })
    void rejectsDateWhoseEndMayHaveBeenCutOff(String start, String name, String end) {
        Map<String, String> cut = with("DateFired", start);
        cut.put(name, end);

        assertThatThrownBy(() -> TriggerFired.of(cut, NOW)).hasMessage("DateFired is missing or malformed");
    }

    @Test
    void acceptsNewParameterAfterACompleteDate() {
        Map<String, String> more = with("DateFired", "Sun, 15 Mar 2026 08:00:00 EDT");
        more.put("FriendlyName", "spend");

        assertThat(TriggerFired.of(more, NOW).otherParameters()).isEqualTo(Map.of("FriendlyName", "spend"));
        assertThat(TriggerFired.of(more, NOW).dateFired()).isEqualTo("2026-03-15T12:00:00Z");
    }

    @Test
    void hasSameKeyAsPolledFiringIfTimeCannotBeRead() {
        UsageTrigger trigger = new UsageTrigger(TRIGGER, ACCOUNT, null, "sms", "usage", "daily", null, null, null,
                null, null, null, null, null, null, null, Map.of("date_fired", "yesterday"));
        TriggerFired called = TriggerFired.of(with("DateFired", "yesterday"), NOW);

        assertThat(FiringKey.of(called)).isEqualTo(ACCOUNT + "|" + TRIGGER + "|yesterday")
                .isEqualTo(FiringKey.of(trigger)).isEqualTo(FiringKey.of(TriggerFired.of(
                        with("DateFired", "yesterday"), NOW.plusSeconds(86_400))));
    }

    @ParameterizedTest
    @ValueSource(strings = { "1,234.50", "$5", "1e999999999", "NaN" })
    void keepsTextOfNumberThatCannotBeRead(String number) {
        TriggerFired fired = TriggerFired.of(with("CurrentValue", number), NOW);

        assertThat(fired.currentValue()).isNull();
        assertThat(fired.otherParameters()).isEqualTo(Map.of("CurrentValue", number));
    }

    private static Map<String, String> with(String name, String value) {
        Map<String, String> changed = new TreeMap<>(CALLBACK);
        changed.put(name, value);
        changed.values().removeIf(one -> one == null);
        return changed;
    }
}
