package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import io.github.cameltwilio.usage.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RetriesTest {
    private static final Operation READ = new Operation("read", Operation.Kind.READ);
    private static final Operation CREATE = new Operation("create", Operation.Kind.CREATE);
    private static final Credentials CREDENTIALS = new Credentials("AC1", "AC1", "hush");
    // Always chooses the maximum delay.
    private static final RandomGenerator MAX_DELAY = new Random() {
        private static final long serialVersionUID = 1L;

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    private final TestClock clock = new TestClock("2026-03-15T12:00:00Z");
    private final List<Duration> delays = new ArrayList<>();
    private final Retries retries = new Retries(clock, this::sleep, MAX_DELAY);
    private int requests;

    @ParameterizedTest
    @ValueSource(ints = { 429, 500, 502, 503, 504 })
    void retriesReadsOnTransientErrors(int status) {
        assertThat(retries.run(failing(2, error(READ, status)))).isEqualTo("result");
        assertThat(requests).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = { 301, 307, 400, 401, 403, 404, 405, 409, 410, 415, 422 })
    void doesNotRetryPermanentErrors(int status) {
        assertThatThrownBy(() -> retries.run(failing(1, error(READ, status)))).isInstanceOf(TwilioApiException.class);
        assertThat(requests).isEqualTo(1);
    }

    @Test
    void retriesReadsWithoutAResponse() {
        retries.run(failing(1, TwilioApiException.noResponse(READ, new IOException("connection reset"))));
        retries.run(failing(1, TwilioApiException.unreadable(READ, response(200, null), "half a page")));

        assertThat(requests).isEqualTo(4);
    }

    @Test
    void retriesCreationsOnlyWhenNothingWasCreated() {
        retries.run(failing(1, error(CREATE, 429)));
        retries.run(failing(1, TwilioApiException.noResponse(CREATE, new ConnectException("Connection refused"))));
        assertThat(requests).isEqualTo(4);

        for (TwilioApiException unknown : List.of(error(CREATE, 500), error(CREATE, 503),
                TwilioApiException.noResponse(CREATE, new IOException("connection reset")),
                TwilioApiException.unreadable(CREATE, response(201, null), "half a trigger"))) {
            requests = 0;
            assertThatThrownBy(() -> retries.run(failing(1, unknown))).isSameAs(unknown);
            assertThat(requests).isEqualTo(1);
            assertThat(unknown.isOutcomeUnknown()).isTrue();
        }
    }

    @Test
    void doublesTheDelayAndStopsAfterFiveAttempts() {
        assertThatThrownBy(() -> retries.run(failing(9, error(READ, 503)))).isInstanceOf(TwilioApiException.class);

        assertThat(requests).isEqualTo(5);
        assertThat(delays).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2),
                Duration.ofSeconds(4));
    }

    @Test
    void randomizesDelays() {
        Retries first = new Retries(clock, this::sleep, new Random(1));
        Retries second = new Retries(clock, this::sleep, new Random(2));
        assertThatThrownBy(() -> first.run(failing(9, error(READ, 503))));
        assertThatThrownBy(() -> second.run(failing(9, error(READ, 503))));

        assertThat(delays.subList(0, 4)).isNotEqualTo(delays.subList(4, 8));
    }

    @Test
    void waitsLongerWhenThrottled() {
        retries.run(failing(1, error(READ, 429)));

        assertThat(delays).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void honoursRetryAfterUpToAMinute() {
        retries.run(failing(1, throttled(Duration.ofSeconds(7))));
        assertThat(delays).containsExactly(Duration.ofSeconds(7));

        delays.clear();
        for (Duration tooLong : List.of(Duration.ofSeconds(61), Duration.ofDays(1), Duration.ofSeconds(999_999_999))) {
            requests = 0;
            assertThatThrownBy(() -> retries.run(failing(1, throttled(tooLong))))
                    .isInstanceOf(TwilioApiException.class);
            assertThat(requests).as("%s", tooLong).isEqualTo(1);
        }
        assertThat(delays).isEmpty();
    }

    @Test
    void stopsAfterAMinute() {
        assertThatThrownBy(() -> retries.run(failing(9, throttled(Duration.ofSeconds(40)))))
                .isInstanceOf(TwilioApiException.class);

        assertThat(delays).containsExactly(Duration.ofSeconds(40));
    }

    @Test
    void stopsWhenTheBudgetIsSpent() {
        for (int operation = 0; operation < 5; operation++) {
            assertThatThrownBy(() -> retries.run(failing(9, error(READ, 503))));
        }
        assertThat(requests).isEqualTo(5 + 10);

        for (int success = 0; success < 9; success++) {
            retries.run(failing(0, null));
        }
        assertThatThrownBy(() -> retries.run(failing(1, error(READ, 503)))).as("nine of ten successes");
        retries.run(failing(0, null));
        requests = 0;
        assertThat(retries.run(failing(1, error(READ, 503)))).isEqualTo("result");
    }

    @Test
    void stopsWhenInterrupted() {
        Retries interrupted = new Retries(clock, time -> {
            throw new InterruptedException();
        }, MAX_DELAY);

        assertThatThrownBy(() -> interrupted.run(failing(1, error(READ, 503)))).isInstanceOf(TwilioApiException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(requests).isEqualTo(1);
    }

    private Supplier<String> failing(int times, TwilioApiException failure) {
        int[] left = { times };
        return () -> {
            requests++;
            if (left[0]-- > 0) {
                throw failure;
            }
            return "result";
        };
    }

    private void sleep(Duration time) {
        delays.add(time);
        clock.advance(time);
    }

    private static TwilioApiException error(Operation operation, int status) {
        return TwilioApiException.rejected(operation, response(status, null), CREDENTIALS);
    }

    private static TwilioApiException throttled(Duration retryAfter) {
        return TwilioApiException.rejected(READ, response(429, retryAfter), CREDENTIALS);
    }

    private static ErrorResponse response(int status, Duration retryAfter) {
        return new ErrorResponse(status, null, retryAfter, null, null, null);
    }
}
