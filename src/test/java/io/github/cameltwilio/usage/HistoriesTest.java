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
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageChange;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import io.github.cameltwilio.usage.state.UsageValues;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.Size;
import org.apache.camel.Exchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs random sequences of polls, corrections, failures and restarts, and checks the delivery guarantee after each one:
 * nothing is lost, nothing is stale, and only a crash duplicates a delivery. Values only grow in this test, so that a
 * smaller value is always an older one.
 */
class HistoriesTest {

    enum Event {
        POLL,
        POLL_WITH_LIMIT,
        ADVANCE_HALF_A_DAY,
        ADVANCE_FIVE_DAYS,
        CORRECT_TODAY,
        CORRECT_EARLIER_DAY,
        TWILIO_FAILS,
        ROUTE_FAILS,
        CRASH_AFTER_DELIVERY,
        RESTART
    }

    private static final LocalDate FIRST_DAY = LocalDate.parse("2026-02-20");

    @Tag("slow")
    @Property(tries = 300, shrinking = ShrinkingMode.BOUNDED)
    void deliversLatestValuesWhateverTheOrderOfEvents(@ForAll @Size(max = 25) List<Event> events) throws Exception {
        try (Scenario scenario = new Scenario()) {
            for (Event event : events) {
                scenario.apply(event);
            }
            scenario.assertGuaranteeHolds();
        }
    }

    private static final class Scenario implements AutoCloseable {
        private final TestClock clock = new TestClock("2026-02-28T12:00:00Z");
        private final TwilioUsageSimulator simulator = TwilioUsageSimulator.builder().clock(clock)
                .accountCreated(LocalDate.parse("2026-02-01")).categories("sms", "calls").zeroShare(0).start();
        private final CrashingStateRepository state = new CrashingStateRepository();
        private final Map<String, BigDecimal> lastPrices = new HashMap<>();
        private final List<String> duplicates = new ArrayList<>();
        private boolean routeFails;
        private int crashes;
        private RecordsRoute route;

        Scenario() throws Exception {
            start();
        }

        void apply(Event event) throws Exception {
            switch (event) {
                case POLL -> poll(0);
                case POLL_WITH_LIMIT -> poll(3);
                case ADVANCE_HALF_A_DAY -> clock.advance(Duration.ofHours(12));
                case ADVANCE_FIVE_DAYS -> clock.advance(Duration.ofDays(5));
                case CORRECT_TODAY -> correct(clock.today());
                case CORRECT_EARLIER_DAY -> correct(clock.today().minusDays(3));
                case TWILIO_FAILS -> {
                    for (int attempt = 0; attempt < 5; attempt++) {
                        simulator.fail(Fault.truncatedResponse());
                    }
                }
                case ROUTE_FAILS -> routeFails = true;
                case CRASH_AFTER_DELIVERY -> {
                    state.crashesNext = true;
                    crashes++;
                }
                case RESTART -> {
                    route.close();
                    start();
                }
            }
        }

        void assertGuaranteeHolds() throws Exception {
            routeFails = false;
            state.crashesNext = false;
            while (poll(0) != 0) {
                // A failed poll returns -1, so this ends only when a poll succeeds and finds nothing due.
            }
            for (LocalDate day = FIRST_DAY; !day.isAfter(clock.today()); day = day.plusDays(1)) {
                for (String category : List.of("sms", "calls")) {
                    BigDecimal expected = simulator.usage(day, category).price();
                    BigDecimal delivered = lastPrices.get(category + day);
                    assertThat(delivered == null ? BigDecimal.ZERO : delivered).as(category + day)
                            .isEqualByComparingTo(expected);
                }
            }
            assertThat(duplicates.size()).as("duplicate deliveries %s", duplicates).isLessThanOrEqualTo(crashes);
        }

        private int poll(int limit) throws Exception {
            route.consumer().setMaxMessagesPerPoll(limit);
            try {
                return route.poll();
            } catch (TwilioApiException e) {
                return -1;
            }
        }

        private void start() throws Exception {
            route = new RecordsRoute(simulator, clock, "subresource=daily&pageSize=5&startDate=" + FIRST_DAY
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
            BigDecimal before = lastPrices.put(usage.category() + usage.startDate(), usage.price());
            if (before != null) {
                assertThat(usage.price()).as("a newer value must not be followed by an older one")
                        .isGreaterThanOrEqualTo(before);
                if (before.compareTo(usage.price()) == 0) {
                    duplicates.add(usage.category() + usage.startDate());
                }
            }
        }

        @Override
        public void close() {
            route.close();
            simulator.close();
        }
    }

    /** Fails like a process that crashes after a delivery and before the delivery is written to the state. */
    private static final class CrashingStateRepository implements UsageStateRepository {
        private final UsageStateRepository state = new MemoryUsageStateRepository();
        private boolean crashesNext;

        @Override
        public Optional<Position> position(ReaderId reader) {
            return state.position(reader);
        }

        @Override
        public Map<RecordKey, UsageValues> lastDelivered(ReaderId reader, Collection<RecordKey> keys) {
            return state.lastDelivered(reader, keys);
        }

        @Override
        public void delivered(ReaderId reader, Collection<UsageChange> records) {
            if (crashesNext) {
                crashesNext = false;
                throw new IllegalStateException("crashed before the state was written");
            }
            state.delivered(reader, records);
        }

        @Override
        public void advance(ReaderId reader, Position position, LocalDate forgetBefore) {
            state.advance(reader, position, forgetBefore);
        }

        @Override
        public void rewind(ReaderId reader, Position position) {
            state.rewind(reader, position);
        }
    }
}
