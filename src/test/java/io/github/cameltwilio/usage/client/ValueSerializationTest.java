package io.github.cameltwilio.usage.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class ValueSerializationTest {
    private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-03-15T12:00:00Z");

    static List<TwilioValue> values() {
        return List.of(record(Map.of()), record(Map.of("count", "1,234", "nested", Map.of("list", List.of(1, "two")))),
                new UsageTrigger("UT1", "AC1", "spend", "sms", "price", "daily", new BigDecimal("1.50"), null,
                        "https://example.com", "POST", TIME, TIME, null, "/uri", "2010-04-01", "/uri", null),
                new TriggerFired("AC1", "UT1", null, TIME, "daily", "sms", "price", new BigDecimal("1.50"), null,
                        "/uri",
                        "token", null),
                new Account("AC1", "name", "active", "Full", "AC1", TIME, null));
    }

    private static UsageRecord record(Map<String, Object> otherFields) {
        return new UsageRecord("AC1", "sms", "text", LocalDate.parse("2026-03-14"), LocalDate.parse("2026-03-14"),
                new BigDecimal("7"), "messages", new BigDecimal("7.0"), "messages", new BigDecimal("-0.0525"), "usd",
                TIME, "2010-04-01", "/uri", otherFields);
    }

    @ParameterizedTest
    @MethodSource("values")
    void readsItsOwnJsonWithPlainObjectMapper(TwilioValue value) throws Exception {
        ObjectMapper json = new ObjectMapper();
        assertThat(json.readValue(json.writeValueAsString(value), value.getClass())).isEqualTo(value);
    }

    @ParameterizedTest
    @MethodSource("values")
    void survivesJavaSerialization(TwilioValue value) throws Exception {
        assertThat(serialized(value)).isEqualTo(value);
    }

    /** As {@code jms:} does with {@code transferException=true}. */
    @Test
    void anErrorSurvivesJavaSerialization() throws Exception {
        ErrorResponse response = new ErrorResponse(429, "RQ1", Duration.ofSeconds(3), 20429, "Too many", null);
        TwilioApiException error = TwilioApiException.rejected(new Operation("list records", Operation.Kind.READ),
                response, null);

        assertThat(serialized(error)).isInstanceOfSatisfying(TwilioApiException.class, read -> {
            assertThat(read).hasMessage(error.getMessage());
            assertThat(read.operation()).isEqualTo("list records");
            assertThat(read.status()).isEqualTo(429);
            assertThat(read.retryAfter()).contains(Duration.ofSeconds(3));
        });
    }

    private static Object serialized(Object value) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return in.readObject();
        }
    }
}
