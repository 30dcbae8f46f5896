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
    private static final Operation READ = Operation.read("read");
    private static final Operation CREATE = Operation.create("create");
    // Always the longest wait that chance allows.
    private static final RandomGenerator LONGEST = new Random() {
        private static final long serialVersionUID = 1L;

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    private final TestClock clock = new TestClock("2026-03-15T12:00:00Z");
    private final List<Duration> waits = new ArrayList<>();
    private final Retries retries = new Retries(clock, this::pause, LONGEST);
    private int requests;

    @ParameterizedTest
    @ValueSource(ints = { 429, 500, 502, 503, 504 })
    void aReadIsRepeatedWhereItMayHelp(int status) {
        assertThat(retries.of(failing(2, refusal(READ, status)))).isEqualTo("answer");
        assertThat(requests).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = { 301, 307, 400, 401, 403, 404, 405, 409, 410, 415, 422 })
    void nothingIsRepeatedThatWouldBeRefusedAgain(int status) {
        assertThatThrownBy(() -> retries.of(failing(1, refusal(READ, status)))).isInstanceOf(TwilioApiException.class);
        assertThat(requests).isEqualTo(1);
    }

    @Test
    void aReadWithoutAnAnswerIsRepeated() {
        retries.of(failing(1, TwilioApiException.unanswered(READ, new IOException("cut"))));
        retries.of(failing(1, TwilioApiException.unreadable(READ, new Reply(200, null, null), "half a page")));

        assertThat(requests).isEqualTo(4);
    }

    @Test
    void aCreationIsRepeatedOnlyWhereTwilioSurelyDidNothing() {
        retries.of(failing(1, refusal(CREATE, 429)));
        retries.of(failing(1, TwilioApiException.unanswered(CREATE, new ConnectException("refused"))));
        assertThat(requests).isEqualTo(4);

        for (TwilioApiException unknown : List.of(refusal(CREATE, 500), refusal(CREATE, 503),
                TwilioApiException.unanswered(CREATE, new IOException("cut")),
                TwilioApiException.unreadable(CREATE, new Reply(201, null, null), "half a trigger"))) {
            requests = 0;
            assertThatThrownBy(() -> retries.of(failing(1, unknown))).isSameAs(unknown);
            assertThat(requests).isEqualTo(1);
            assertThat(unknown.isOutcomeUnknown()).isTrue();
        }
    }

    @Test
    void waitsGrowAndTheFifthFailureIsTheLast() {
        assertThatThrownBy(() -> retries.of(failing(9, refusal(READ, 503)))).isInstanceOf(TwilioApiException.class);

        assertThat(requests).isEqualTo(5);
        assertThat(waits).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2),
                Duration.ofSeconds(4));
    }

    @Test
    void chanceSpreadsTheWaits() {
        Retries one = new Retries(clock, this::pause, new Random(1));
        Retries other = new Retries(clock, this::pause, new Random(2));
        assertThatThrownBy(() -> one.of(failing(9, refusal(READ, 503))));
        assertThatThrownBy(() -> other.of(failing(9, refusal(READ, 503))));

        assertThat(waits.subList(0, 4)).isNotEqualTo(waits.subList(4, 8));
    }

    @Test
    void whoIsThrottledWaitsLonger() {
        retries.of(failing(1, refusal(READ, 429)));

        assertThat(waits).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void twiliosWishIsHeededUpToAMinute() {
        retries.of(failing(1, wishing(Duration.ofSeconds(7))));
        assertThat(waits).containsExactly(Duration.ofSeconds(7));

        waits.clear();
        retries.of(failing(1, wishing(Duration.ofDays(1))));
        assertThat(waits).containsExactly(Duration.ofMinutes(1));
    }

    @Test
    void nobodyWaitsBeyondTheMinuteThatAnOperationMayTake() {
        assertThatThrownBy(() -> retries.of(failing(9, wishing(Duration.ofSeconds(40)))))
                .isInstanceOf(TwilioApiException.class);

        assertThat(waits).containsExactly(Duration.ofSeconds(40));
    }

    @Test
    void whenMostRequestsFailTheBudgetEndsTheRetries() {
        for (int operation = 0; operation < 5; operation++) {
            assertThatThrownBy(() -> retries.of(failing(9, refusal(READ, 503))));
        }
        assertThat(requests).isEqualTo(5 + 10);

        for (int success = 0; success < 10; success++) {
            retries.of(failing(0, null));
        }
        requests = 0;
        assertThat(retries.of(failing(1, refusal(READ, 503)))).isEqualTo("answer");
    }

    @Test
    void anInterruptEndsItAtOnceAndStays() {
        Retries interrupted = new Retries(clock, time -> {
            throw new InterruptedException();
        }, LONGEST);

        assertThatThrownBy(() -> interrupted.of(failing(1, refusal(READ, 503)))).isInstanceOf(TwilioApiException.class);
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
            return "answer";
        };
    }

    private void pause(Duration time) {
        waits.add(time);
        clock.advance(time);
    }

    private static TwilioApiException refusal(Operation operation, int status) {
        return TwilioApiException.refused(operation, new Reply(status, null, null), TwilioError.NONE);
    }

    private static TwilioApiException wishing(Duration wait) {
        return TwilioApiException.refused(READ, new Reply(429, null, wait), TwilioError.NONE);
    }
}
