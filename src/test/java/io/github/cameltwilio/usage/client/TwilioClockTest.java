package io.github.cameltwilio.usage.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

import io.github.cameltwilio.usage.LoggedEvents;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TwilioClockTest {
    private static final Instant START = Instant.parse("2026-03-06T23:30:00Z");

    private Duration elapsed = Duration.ZERO;
    private final TwilioClock clock = new TwilioClock(Clock.fixed(START, ZoneOffset.UTC), () -> elapsed.toNanos());

    @Test
    void startsWithTheMachinesTime() {
        assertThat(clock.now()).isEqualTo(START);
        assertThat(clock.isConfirmed()).isFalse();
    }

    @Test
    void advancesByElapsedTimeAlone() {
        clock.responded(START);
        elapsed = Duration.ofHours(30);
        assertThat(clock.now()).isEqualTo(START.plus(Duration.ofHours(30)));
    }

    @Test
    void warnsOnceIfNoResponseHasADateAndTheMachinesDayIsWrong() {
        try (LoggedEvents log = new LoggedEvents()) {
            clock.listed(LocalDate.parse("2026-03-06"));
            assertThat(warnings(log)).isEmpty();
            clock.listed(LocalDate.parse("2026-03-11"));
            clock.listed(LocalDate.parse("2026-03-11"));
            assertThat(warnings(log)).singleElement().asString()
                    .contains("lists 2026-03-11 as today, but by the clock of this machine it is 2026-03-06");
        }
    }

    @Test
    void doesNotWarnOfAnotherDayThatBeginsInMinutes() {
        try (LoggedEvents log = new LoggedEvents()) {
            elapsed = Duration.ofMinutes(29);
            clock.listed(LocalDate.parse("2026-03-07"));
            assertThat(warnings(log)).isEmpty();
        }
    }

    private static List<String> warnings(LoggedEvents log) {
        return log.events().stream().filter(event -> event.level() == Level.WARN).map(LoggedEvents.Logged::text)
                .toList();
    }

    @Test
    void followsSmallDeviationsAtOnce() {
        clock.responded(START.plusSeconds(90));
        assertThat(clock.now()).isEqualTo(START.plusSeconds(90));
        assertThat(clock.isConfirmed()).isTrue();
    }

    @Test
    void ignoresOneResponseThatIsFarOff() {
        clock.responded(START);
        clock.responded(START.plus(Duration.ofDays(10)));
        assertThat(clock.now()).isEqualTo(START);
        assertThat(clock.isConfirmed()).isFalse();
        clock.responded(START.plusSeconds(1));
        assertThat(clock.now()).isEqualTo(START.plusSeconds(1));
        assertThat(clock.isConfirmed()).isTrue();
    }

    @Test
    void ignoresTwoResponsesThatContradictEachOther() {
        clock.responded(START);
        clock.responded(START.plus(Duration.ofDays(10)));
        clock.responded(START.minus(Duration.ofDays(5)));
        assertThat(clock.now()).isEqualTo(START);
        assertThat(clock.isConfirmed()).isFalse();
    }

    @Test
    void isNotSetIfTheDayThatTwilioListsConfirmsIt() {
        clock.responded(START.plus(Duration.ofDays(2)));
        clock.listed(LocalDate.parse("2026-03-06"));
        assertThat(clock.isConfirmed()).isTrue();
        clock.responded(START.plus(Duration.ofDays(2)));
        assertThat(clock.now()).isEqualTo(START);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = { "2026-03-08", "2011-08-23" })
    void isSetIfTheDayThatTwilioListsDoesNotConfirmIt(String listed) {
        for (int responses = 0; responses < 2; responses++) {
            clock.responded(START.plus(Duration.ofDays(2)));
            clock.listed(listed == null ? null : LocalDate.parse(listed));
        }
        assertThat(clock.now()).isEqualTo(START.plus(Duration.ofDays(2)));
    }

    @Test
    void isSetBackIfTheDayThatTwilioListsContradictsTwoResponses() {
        clock.responded(START);
        clock.responded(START.minus(Duration.ofDays(9)));
        clock.responded(START.minus(Duration.ofDays(9)));
        clock.responded(START.minus(Duration.ofDays(9)).plusSeconds(1));
        assertThat(clock.hasJumped()).isTrue();
        clock.listed(LocalDate.parse("2026-03-06"));
        assertThat(clock.hasJumped()).isFalse();
        assertThat(clock.now()).isEqualTo(START.plusSeconds(1));

        clock.responded(START.minus(Duration.ofDays(9)));
        clock.responded(START.minus(Duration.ofDays(9)));
        assertThat(clock.now()).isEqualTo(START.plusSeconds(1));
    }

    @Test
    void isSetByASecondResponseThatAgrees() {
        clock.responded(START.minus(Duration.ofDays(3650)));
        elapsed = Duration.ofSeconds(2);
        clock.responded(START.minus(Duration.ofDays(3650)).plusSeconds(2));
        assertThat(clock.now()).isEqualTo(START.minus(Duration.ofDays(3650)).plusSeconds(2));
        assertThat(clock.isConfirmed()).isTrue();
    }

    @Test
    void isSetOnlyAsFarAsTwoResponsesAgree() {
        clock.responded(START.plus(Duration.ofHours(1)));
        clock.responded(START.plus(Duration.ofDays(365)));
        assertThat(clock.now()).isEqualTo(START.plus(Duration.ofHours(1)));
    }
}
