package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.state.Delivered;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import io.github.cameltwilio.usage.state.UsageValues;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.Size;
import org.apache.camel.Exchange;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever happens in whatever order: the promise holds. Values only grow here, so that an older one is a smaller one. */
class HistoriesTest {

    enum Event {
        POLL,
        POLL_WITH_A_LIMIT,
        HALF_A_DAY,
        FIVE_DAYS,
        CORRECT_TODAY,
        CORRECT_LATE,
        TWILIO_FAILS,
        ROUTE_FAILS,
        DEATH_AFTER_DELIVERY,
        RESTART
    }

    private static final LocalDate FIRST_DAY = LocalDate.parse("2026-02-20");

    @Tag("slow")
    @Property(tries = 1000, shrinking = ShrinkingMode.BOUNDED)
    void nothingIsLostNothingIsStaleAndOnlyADeathDoublesADelivery(@ForAll @Size(max = 25) List<Event> history)
            throws Exception {
        try (World world = new World()) {
            for (Event event : history) {
                world.befallenBy(event);
            }
            world.assertThatThePromiseIsKept();
        }
    }

    private static final class World implements AutoCloseable {
        private final TestClock clock = new TestClock("2026-02-28T12:00:00Z");
        private final TwilioUsageSimulator simulator = TwilioUsageSimulator.builder().clock(clock)
                .accountCreated(LocalDate.parse("2026-02-01")).categories("sms", "calls").zeroShare(0).start();
        private final Forgetful state = new Forgetful();
        private final Map<String, BigDecimal> last = new HashMap<>();
        private final List<String> duplicates = new ArrayList<>();
        private boolean routeFails;
        private int deaths;
        private Life life;

        World() throws Exception {
            begin();
        }

        void befallenBy(Event event) throws Exception {
            switch (event) {
                case POLL -> poll(0);
                case POLL_WITH_A_LIMIT -> poll(3);
                case HALF_A_DAY -> clock.advance(Duration.ofHours(12));
                case FIVE_DAYS -> clock.advance(Duration.ofDays(5));
                case CORRECT_TODAY -> correct(clock.today());
                case CORRECT_LATE -> correct(clock.today().minusDays(3));
                case TWILIO_FAILS -> {
                    for (int attempt = 0; attempt < 5; attempt++) {
                        simulator.fail(Fault.truncatedPage());
                    }
                }
                case ROUTE_FAILS -> routeFails = true;
                case DEATH_AFTER_DELIVERY -> {
                    state.forgetsNext = true;
                    deaths++;
                }
                case RESTART -> {
                    life.close();
                    begin();
                }
            }
        }

        void assertThatThePromiseIsKept() throws Exception {
            routeFails = false;
            state.forgetsNext = false;
            while (poll(0) != 0) {
                // Until nothing is due any more.
            }
            for (LocalDate day = FIRST_DAY; !day.isAfter(clock.today()); day = day.plusDays(1)) {
                for (String category : List.of("sms", "calls")) {
                    BigDecimal truth = simulator.usage(day, category).price();
                    BigDecimal delivered = last.get(category + day);
                    assertThat(delivered == null ? BigDecimal.ZERO : delivered).as(category + day)
                            .isEqualByComparingTo(truth);
                }
            }
            assertThat(duplicates.size()).as("%s", duplicates).isLessThanOrEqualTo(deaths);
        }

        private int poll(int limit) throws Exception {
            life.consumer().setMaxMessagesPerPoll(limit);
            try {
                return life.poll();
            } catch (TwilioApiException e) {
                return -1;
            }
        }

        private void begin() throws Exception {
            life = new Life(simulator, clock, "subresource=daily&pageSize=5&startDate=" + FIRST_DAY
                    + "&stateRepository=#bean:state", state, this::deliver);
        }

        private void correct(LocalDate day) {
            simulator.correct(day, "sms", new BigDecimal("1.5"));
        }

        private void deliver(Exchange exchange) {
            if (routeFails) {
                routeFails = false;
                throw new IllegalStateException("the route fails");
            }
            UsageRecord usage = exchange.getMessage().getBody(UsageRecord.class);
            BigDecimal before = last.put(usage.category() + usage.startDate(), usage.price());
            if (before != null) {
                assertThat(usage.price()).as("no older value after a newer one").isGreaterThanOrEqualTo(before);
                if (before.compareTo(usage.price()) == 0) {
                    duplicates.add(usage.category() + usage.startDate());
                }
            }
        }

        @Override
        public void close() {
            life.close();
            simulator.close();
        }
    }

    /** As if the process died between a delivery and the write that remembers it. */
    private static final class Forgetful implements UsageStateRepository {
        private final UsageStateRepository state = new MemoryUsageStateRepository();
        private boolean forgetsNext;

        @Override
        public Optional<Position> position(ReaderId reader) {
            return state.position(reader);
        }

        @Override
        public Map<RecordKey, UsageValues> lastDelivered(ReaderId reader, Collection<RecordKey> keys) {
            return state.lastDelivered(reader, keys);
        }

        @Override
        public void delivered(ReaderId reader, Collection<Delivered> records) {
            if (forgetsNext) {
                forgetsNext = false;
                throw new IllegalStateException("died");
            }
            state.delivered(reader, records);
        }

        @Override
        public void advance(ReaderId reader, Position position, LocalDate forgetBefore) {
            state.advance(reader, position, forgetBefore);
        }
    }
}
