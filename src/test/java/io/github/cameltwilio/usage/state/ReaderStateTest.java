package io.github.cameltwilio.usage.state;

import java.time.LocalDate;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReaderStateTest {
    private static final LocalDate DAY = LocalDate.parse("2026-03-15");

    private final ReaderState state = new ReaderState();

    @Test
    void writesNoPositionThatChangesNothing() {
        Position position = new Position(DAY, DAY.plusDays(5));
        assertThat(state.isMovedBy(position, DAY.plusDays(2))).as("the first position").isTrue();
        state.advance(position, DAY.plusDays(2));
        state.delivered(DAY.plusDays(2), "sms", UsageValues.UNKNOWN);

        assertThat(state.isMovedBy(position, DAY.plusDays(2))).isFalse();
        assertThat(state.isMovedBy(new Position(DAY, DAY), DAY)).as("a position behind this one").isFalse();
        assertThat(state.isMovedBy(new Position(DAY, DAY.plusDays(6)), DAY)).as("a later watermark").isTrue();
        assertThat(state.isMovedBy(position, DAY.plusDays(3))).as("values to forget").isTrue();
    }

    @Test
    void forgetsWhatWasDeliveredOfDaysThatWereForgottenBefore() {
        Position position = new Position(DAY, DAY.plusDays(5));
        state.advance(position, DAY.plusDays(2));
        state.delivered(DAY.plusDays(1), "sms", UsageValues.UNKNOWN);
        state.delivered(DAY.plusDays(2), "calls", UsageValues.UNKNOWN);
        assertThat(state.isMovedBy(position, DAY.plusDays(2))).isTrue();

        state.advance(position, DAY.plusDays(2));
        assertThat(state.categories()).containsExactly("calls");
        assertThat(state.isMovedBy(position, DAY.plusDays(2))).isFalse();
    }
}
