package io.github.cameltwilio.usage.state;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.github.cameltwilio.usage.client.Subresource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MemoryUsageStateRepositoryTest {
    private static final ReaderId READER = new ReaderId("AC1", Scope.all, Subresource.daily, List.of());
    private static final ReaderId OTHER = new ReaderId("AC2", Scope.all, Subresource.daily, List.of());
    private static final LocalDate DAY = LocalDate.parse("2026-03-15");

    private final MemoryUsageStateRepository state = new MemoryUsageStateRepository();

    @Test
    void knowsNothingOfANewReader() {
        assertThat(state.position(READER)).isEmpty();
        assertThat(state.categories(READER)).isEmpty();
        assertThat(state.lastDelivered(READER, List.of(key(DAY, "sms")))).isEmpty();
    }

    @Test
    void remembersTheLastValuesOfEachRecord() {
        state.delivered(READER, List.of(change(DAY, "sms", 1), change(DAY, "calls", 2)));
        state.delivered(READER, List.of(change(DAY, "sms", 3)));

        assertThat(state.lastDelivered(READER, List.of(key(DAY, "sms"), key(DAY, "calls"), key(DAY, "mms"),
                key(DAY.plusDays(1), "sms")))).isEqualTo(
                        Map.of(key(DAY, "sms"), values(3), key(DAY, "calls"), values(2)));
        assertThat(state.categories(READER)).containsExactlyInAnyOrder("sms", "calls");
    }

    @Test
    void movesForwardAndForgetsWhatLiesBehind() {
        state.delivered(READER, List.of(change(DAY.minusDays(1), "sms", 1), change(DAY, "calls", 2)));
        state.advance(READER, new Position(DAY.minusDays(9), DAY), DAY);
        state.advance(READER, new Position(DAY.minusDays(9), DAY.minusDays(2)), DAY.minusDays(5));

        assertThat(state.position(READER)).contains(new Position(DAY.minusDays(9), DAY, DAY));
        assertThat(state.lastDelivered(READER, List.of(key(DAY.minusDays(1), "sms"), key(DAY, "calls"))))
                .containsOnlyKeys(key(DAY, "calls"));
    }

    @Test
    void goesBackWhenRewound() {
        state.advance(READER, new Position(DAY, DAY.plusDays(9)), DAY.plusDays(6));
        state.rewind(READER, new Position(DAY, DAY.plusDays(2), DAY.plusDays(1)));
        assertThat(state.position(READER)).contains(new Position(DAY, DAY.plusDays(2), DAY.plusDays(1)));
    }

    @Test
    void keepsReadersApart() {
        state.delivered(READER, List.of(change(DAY, "sms", 1)));
        state.advance(READER, Position.before(DAY), DAY);
        assertThat(state.position(OTHER)).isEmpty();
        assertThat(state.categories(OTHER)).isEmpty();
    }

    private static UsageChange change(LocalDate day, String category, int count) {
        return new UsageChange(key(day, category), Optional.empty(), values(count));
    }

    private static RecordKey key(LocalDate day, String category) {
        return READER.key(day, category);
    }

    private static UsageValues values(int count) {
        return new UsageValues(BigDecimal.valueOf(count), "messages", null, null, null, null);
    }
}
