package io.github.cameltwilio.usage;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RouteFailuresTest {
    private final AtomicLong nanos = new AtomicLong();
    private final RouteFailures failures = new RouteFailures(nanos::get);

    @ParameterizedTest
    @CsvSource({ "100,9", "500,6", "1000,5", "30000,1", "900000,1" })
    void pausesLongerAfterEachPollOfAnOutage(long delay, int pollsOfAMinute) {
        Duration gap = Duration.ofMillis(delay);
        int polls = 0;
        for (long time = 0; time < Duration.ofMinutes(1).toMillis(); time += delay) {
            nanos.set(Duration.ofMillis(time).toNanos());
            if (!failures.isPausing(gap)) {
                failPoll();
                polls++;
            }
        }
        assertThat(polls).isEqualTo(pollsOfAMinute);
    }

    @Test
    void pausesForAtMostAMinute() {
        for (int poll = 0; poll < 100; poll++) {
            failPoll();
        }
        nanos.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(failures.isPausing(Duration.ofSeconds(1))).isTrue();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(failures.isPausing(Duration.ofDays(1))).isFalse();
    }

    @Test
    void pausesWithAnyDelay() {
        for (int poll = 0; poll < 20; poll++) {
            failPoll();
        }
        for (Duration delay : List.of(Duration.ofDays(2), Duration.ofMillis(Long.MAX_VALUE))) {
            assertThat(failures.isPausing(delay)).isTrue();
        }
    }

    @Test
    void doesNotPauseAfterAnOutage() {
        failPoll();
        assertThat(failures.isPausing(Duration.ofSeconds(1))).isTrue();
        failures.beginPoll();
        failures.reset("usage");
        failures.throwIfPresent();
        assertThat(failures.isPausing(Duration.ofSeconds(1))).isFalse();
    }

    private void failPoll() {
        failures.beginPoll();
        failures.beginAccount();
        failures.add();
        failures.add();
        failures.add();
        assertThat(failures.isWorthTrying()).isFalse();
        failures.giveUpAccount();
        assertThatThrownBy(failures::throwIfPresent).hasMessageContaining("in a row");
    }
}
