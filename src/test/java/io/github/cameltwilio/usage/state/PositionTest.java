package io.github.cameltwilio.usage.state;

import java.time.LocalDate;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PositionTest {
    private static final LocalDate DAY = LocalDate.parse("2026-03-15");

    @Test
    void startsWithWatermarkBeforeFirstDay() {
        assertThat(Position.before(DAY)).isEqualTo(new Position(DAY, DAY.minusDays(1), DAY));
    }

    @Test
    void movesWatermarkOnlyForward() {
        Position position = new Position(DAY, DAY.plusDays(2));

        assertThat(position.advancedTo(DAY.plusDays(3))).isEqualTo(new Position(DAY, DAY.plusDays(3)));
        assertThat(position.advancedTo(DAY.plusDays(2))).isEqualTo(position);
        assertThat(position.advancedTo(DAY)).isEqualTo(position);
    }

    @Test
    void hasForgottenOnlyWhatItOnceKnew() {
        Position position = new Position(DAY, DAY.plusDays(9));

        assertThat(position.hasForgotten(DAY.minusDays(1))).as("before its first day").isFalse();
        assertThat(position.forgetting(DAY.plusDays(6)).hasForgotten(DAY.plusDays(5))).isTrue();
        assertThat(position.forgetting(DAY.plusDays(6)).hasForgotten(DAY.plusDays(6))).isFalse();
    }

    @Test
    void forgetsOnlyForward() {
        Position position = new Position(DAY, DAY.plusDays(9));

        assertThat(position.forgetting(DAY.plusDays(6)))
                .isEqualTo(new Position(DAY, DAY.plusDays(9), DAY.plusDays(6)));
        assertThat(position.forgetting(DAY.plusDays(6)).forgetting(DAY.plusDays(2)).knownFrom())
                .isEqualTo(DAY.plusDays(6));
        assertThat(position.forgetting(LocalDate.MIN)).isEqualTo(position);
        assertThat(position.forgetting(DAY.plusDays(6)).advancedTo(DAY.plusDays(20)).knownFrom())
                .isEqualTo(DAY.plusDays(6));
    }
}
