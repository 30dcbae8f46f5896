package io.github.cameltwilio.usage.state;

import java.time.LocalDate;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PositionTest {
    private static final LocalDate DAY = LocalDate.parse("2026-03-15");

    @Test
    void startsWithWatermarkBeforeFirstDay() {
        assertThat(Position.before(DAY)).isEqualTo(new Position(DAY, DAY.minusDays(1)));
    }

    @Test
    void movesWatermarkOnlyForward() {
        Position position = new Position(DAY, DAY.plusDays(2));

        assertThat(position.advancedTo(DAY.plusDays(3))).isEqualTo(new Position(DAY, DAY.plusDays(3)));
        assertThat(position.advancedTo(DAY.plusDays(2))).isEqualTo(position);
        assertThat(position.advancedTo(DAY)).isEqualTo(position);
    }

    @Test
    void isImpossibleWithWatermarkAfterToday() {
        assertThat(new Position(DAY, DAY.plusDays(2)).isPossibleOn(DAY.plusDays(2))).isTrue();
        assertThat(new Position(DAY, DAY.plusDays(2)).isPossibleOn(DAY.plusDays(1))).isFalse();
        assertThat(Position.before(DAY).isPossibleOn(DAY.minusDays(9)))
                .as("the start date is in the future, and nothing was delivered").isTrue();
        assertThat(new Position(DAY, DAY).isPossibleOn(DAY.minusDays(1))).isFalse();
    }
}
