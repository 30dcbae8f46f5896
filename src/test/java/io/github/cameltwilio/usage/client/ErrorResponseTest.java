package io.github.cameltwilio.usage.client;

import java.time.Duration;
import java.time.Instant;

import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ErrorResponseTest {
    private static final Instant NOW = Instant.parse("2026-03-15T12:00:00Z");

    @ParameterizedTest
    @CsvSource({ "2,PT2S", "000000002,PT2S", "99999999999999999999,PT277777H46M39S", "' 120 ',PT2M", "0,PT0S",
            "'Sun, 15 Mar 2026 12:00:30 GMT',PT30S" })
    void parsesRetryAfter(String header, String delay) {
        assertThat(ErrorResponse.parseRetryAfter(header, NOW)).hasToString(delay);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "-1", "soon", "1e9", "Sun, 15 Mar 2026 11:59:59 GMT", "２" })
    void ignoresMalformedRetryAfter(String header) {
        assertThat(ErrorResponse.parseRetryAfter(header, NOW)).isNull();
    }

    @Test
    void readsTheHeadersThatHelp() {
        BasicHttpResponse response = new BasicHttpResponse(429);
        assertThat(ErrorResponse.of(response, NOW)).isEqualTo(new ErrorResponse(429, null, null, null, null, null));

        response.addHeader("twilio-request-id", "RQ1");
        response.addHeader("Retry-After", "2");
        assertThat(ErrorResponse.of(response, NOW))
                .isEqualTo(new ErrorResponse(429, "RQ1", Duration.ofSeconds(2), null, null, null));
    }

    @Test
    void acceptsAMissingRetryAfter() {
        assertThat(ErrorResponse.parseRetryAfter(null, NOW)).isNull();
    }
}
