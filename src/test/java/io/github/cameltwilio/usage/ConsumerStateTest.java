package io.github.cameltwilio.usage;

import java.lang.ref.WeakReference;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.Scope;
import io.github.cameltwilio.usage.state.UsageChange;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import io.github.cameltwilio.usage.state.UsageValues;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Threads that outlive their consumer: completions, polls stopped by force, and the stop of a component. */
class ConsumerStateTest {
    private static final LocalDate DAY = LocalDate.parse("2026-03-13");
    private static final ReaderId READER = new ReaderId("AC00000000000000000000000000000001", Scope.all,
            Subresource.daily, List.of());
    private static final RecordKey KEY = new RecordKey(READER.accountSid(), READER.scope(), READER.list(), DAY, "sms");

    private final CountDownLatch writing = new CountDownLatch(1);
    private final CountDownLatch written = new CountDownLatch(1);
    private boolean failing;
    private final TwilioUsageComponent component = new TwilioUsageComponent();
    private final ConsumerState state = OpenStates.take(component, "usage",
            new OpenStates.Key(component, this, READER, null),
            SlowStore::new);

    @AfterEach
    void release() {
        OpenStates.abandon(component);
    }

    @Test
    void stopsWhileAnExchangeIsStored() throws Exception {
        Delivery delivery = delivery();
        state.depart(delivery);
        OpenStates.release(state);
        Thread route = new Thread(() -> state.arrive(delivery));
        route.start();
        writing.await();
        Thread stop = new Thread(() -> OpenStates.abandon(component));
        stop.start();
        await().until(() -> stop.getState() == Thread.State.BLOCKED);
        written.countDown();

        await().untilAsserted(() -> assertThat(List.of(route.getState(), stop.getState()))
                .containsOnly(Thread.State.TERMINATED));
    }

    @Test
    void rejectsAPollThatOutlivesItsState() {
        OpenStates.release(state);

        Position position = Position.before(DAY);
        assertThatThrownBy(() -> state.depart(delivery())).hasMessage("The consumer has stopped");
        assertThatThrownBy(() -> state.advance(READER, position, DAY)).hasMessage("The consumer has stopped");
        assertThatThrownBy(() -> state.rewind(READER, position)).hasMessage("The consumer has stopped");
    }

    @Test
    void keepsTheNextExchangeInFlightWhenAFailedOneCompletes() {
        written.countDown();
        Delivery failed = delivery();
        state.depart(failed);
        state.fail(failed);
        Delivery next = delivery();
        state.depart(next);
        state.arrive(failed);
        assertThat(state.inFlight()).containsExactly(KEY);

        state.arrive(next);
        assertThat(state.inFlight()).isEmpty();
    }

    @Test
    void makesDroppedRecordsDue() {
        state.depart(delivery());
        collectGarbage();
        state.reclaimDropped();

        assertThat(state.inFlight()).isEmpty();
        assertThat(state.due()).containsExactly(KEY);
    }

    @Test
    void keepsUnstoredRecordsInFlight() {
        failing = true;
        deliver();
        collectGarbage();
        state.reclaimDropped();
        assertThat(state.inFlight()).containsExactly(KEY);

        failing = false;
        written.countDown();
        state.flush();
        assertThat(state.inFlight()).isEmpty();
        assertThat(state.due()).isEmpty();
    }

    private void deliver() {
        Delivery delivery = delivery();
        state.depart(delivery);
        state.arrive(delivery);
    }

    private static void collectGarbage() {
        WeakReference<Object> garbage = new WeakReference<>(new Object());
        await().until(() -> {
            System.gc();
            return garbage.refersTo(null);
        });
    }

    private static Delivery delivery() {
        UsageValues values = new UsageValues(BigDecimal.ONE, "messages", BigDecimal.ONE, "messages", BigDecimal.ONE,
                "usd");
        return new Delivery(null, READER, List.of(new UsageChange(KEY, Optional.empty(), values)), message -> {});
    }

    /** Waits in the middle of a write. */
    private final class SlowStore implements UsageStateRepository {

        @Override
        public void delivered(ReaderId reader, Collection<UsageChange> changes) {
            if (failing) {
                throw new IllegalStateException("The disk is full");
            }
            writing.countDown();
            try {
                written.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Optional<Position> position(ReaderId reader) {
            return Optional.empty();
        }

        @Override
        public Map<RecordKey, UsageValues> lastDelivered(ReaderId reader, Collection<RecordKey> keys) {
            return Map.of();
        }

        @Override
        public void advance(ReaderId reader, Position position, LocalDate forgetBefore) {
        }

        @Override
        public void rewind(ReaderId reader, Position position) {
        }
    }
}
