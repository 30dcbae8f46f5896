package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageChange;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import io.github.cameltwilio.usage.state.UsageValues;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.support.ScheduledPollConsumerHealthCheck;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** While the state cannot be written, nothing is delivered; afterwards nothing was lost or is delivered twice. */
class FailedWritesTest {
    private static final String DAILY = "subresource=daily&category=sms&startDate=-2days&endDate=yesterday"
            + "&stateRepository=#bean:state";

    private static final String TABLES = "twilio_usage_position, twilio_usage_delivered";
    private static final String GRANT = "GRANT SELECT, INSERT, UPDATE, DELETE ON " + TABLES + " TO app";

    private final TestClock clock = new TestClock("2026-03-15T12:00:00Z");
    private final FailingRepository state = new FailingRepository();

    @TempDir
    Path directory;

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(builder -> builder.clock(clock)
            .accountCreated(LocalDate.parse("2026-01-01")).categories("sms", "calls").zeroShare(0));

    @ParameterizedTest
    @CsvSource({ "delivered, false", "advance, false", "delivered, true", "advance, true" })
    void stopsDeliveryUntilWritesSucceed(String method, boolean withError) throws Exception {
        try (RecordsRoute route = start(exchange -> {})) {
            state.failing = method;
            state.withError = withError;
            assertThatThrownBy(route::poll).hasMessageContaining("the disk is full");
            int before = route.exchanges().size();
            for (int poll = 0; poll < 5; poll++) {
                assertThatThrownBy(route::poll).hasMessageContaining("the disk is full");
            }
            assertThat(route.exchanges()).hasSize(before);

            state.failing = "";
            assertThat(before + route.poll()).isEqualTo(2);
            assertThat(route.poll()).isZero();
            assertThat(keys(route)).hasSize(2).doesNotHaveDuplicates();
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-14");
        }
    }

    @Test
    void deliversAtMostOneExchangeWhenWritesBeginToFail() throws Exception {
        try (RecordsRoute route = start(exchange -> state.failing = "delivered")) {
            assertThatThrownBy(route::poll).hasMessageContaining("the disk is full");
            assertThat(route.exchanges()).hasSize(1);
        }
    }

    @Test
    void reportsFailedWriteAsFailedPoll() throws Exception {
        try (RecordsRoute route = start(exchange -> state.failing = "delivered")) {
            route.consumer().run();
            route.consumer().run();
            assertThat(route.consumer().getErrorCounter()).isEqualTo(2);

            state.failing = "";
            route.consumer().run();
            state.failing = "";
            route.consumer().run();
            assertThat(route.consumer().getErrorCounter()).isZero();
        }
    }

    @Test
    void healthIsDownWithTheReasonUntilWritesSucceed() throws Exception {
        try (RecordsRoute route = start(exchange -> {})) {
            assertThat(health(route).getState()).isEqualTo(HealthCheck.State.DOWN);
            route.consumer().run();
            assertThat(health(route).getState()).isEqualTo(HealthCheck.State.UP);

            state.failing = "delivered";
            twilio.simulator().correct(LocalDate.parse("2026-03-14"), "sms", new BigDecimal("2"));
            route.consumer().run();
            assertThat(health(route).getState()).isEqualTo(HealthCheck.State.DOWN);
            assertThat(health(route).getError()).hasValueSatisfying(
                    error -> assertThat(error).hasMessageContaining("the disk is full"));

            state.failing = "";
            route.consumer().run();
            assertThat(health(route).getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(keys(route)).hasSize(3);
        }
    }

    private static HealthCheck.Result health(RecordsRoute route) {
        return new ScheduledPollConsumerHealthCheck(route.consumer(), "consumer:usage").call(Map.of());
    }

    @Test
    void goesOnWhenTheRouteInterruptsItsThread() throws Exception {
        String inFile = DAILY.replace("stateRepository=#bean:state", "stateFile=" + directory.resolve("usage.state"));
        try (RecordsRoute route = new RecordsRoute(twilio.simulator(), clock, inFile, null,
                exchange -> Thread.currentThread().interrupt())) {
            for (int poll = 0; poll < 3; poll++) {
                route.consumer().run();
                Thread.interrupted();
            }
            assertThat(keys(route)).hasSize(2).doesNotHaveDuplicates();
            assertThat(route.consumer().getDelivered()).isEqualTo(2);
        }
        try (RecordsRoute route = new RecordsRoute(twilio.simulator(), clock, inFile, null, exchange -> {})) {
            assertThat(route.poll()).isZero();
        }
    }

    @Test
    void storesFailedWritesOfAStoppedRouteWhenItStartsAgain() throws Exception {
        try (RecordsRoute route = start(exchange -> state.failing = "delivered")) {
            assertThatThrownBy(route::poll).hasMessageContaining("the disk is full");
            route.context().getRouteController().stopRoute("usage");
            route.context().getRouteController().startRoute("usage");
            assertThatThrownBy(route::poll).hasMessageContaining("the disk is full");
            state.failing = "";
            // The sink makes the next write fail too.
            assertThatThrownBy(route::poll).hasMessageContaining("the disk is full");
            assertThat(keys(route)).hasSize(2).doesNotHaveDuplicates();
        }
    }

    @Test
    void waitsForADatabaseThatBecameReadOnly() throws Exception {
        String url = "jdbc:h2:mem:" + UUID.randomUUID();
        JdbcConnectionPool owner = JdbcConnectionPool.create(url, "sa", "");
        JdbcConnectionPool user = JdbcConnectionPool.create(url, "app", "app");
        try (Connection connection = owner.getConnection(); Statement admin = connection.createStatement()) {
            for (String table : JdbcUsageStateRepository.TABLES) {
                admin.execute(table);
            }
            admin.execute("CREATE USER app PASSWORD 'app'");
            admin.execute(GRANT);
            try (RecordsRoute route = new RecordsRoute(twilio.simulator(), clock,
                    DAILY.replace("-2days", "-5days"), new JdbcUsageStateRepository(user), exchange -> {
                        if (exchange.getProperty(ExchangePropertyKey.BATCH_INDEX, Integer.class) == 2) {
                            admin.execute("REVOKE INSERT, UPDATE, DELETE ON " + TABLES + " FROM app");
                        }
                    })) {
                for (int poll = 0; poll < 4; poll++) {
                    assertThatThrownBy(route::poll).hasStackTraceContaining("Not enough rights");
                }
                assertThat(route.exchanges()).hasSize(3);
                admin.execute(GRANT);
                route.poll();
                assertThat(keys(route)).hasSize(5).doesNotHaveDuplicates();
            }
        } finally {
            user.dispose();
            owner.dispose();
        }
    }

    private static List<String> keys(RecordsRoute route) {
        return route.exchanges().stream()
                .map(exchange -> exchange.getMessage().getHeader(TwilioUsageConstants.RECORD_KEY, String.class))
                .toList();
    }

    private RecordsRoute start(Processor sink) throws Exception {
        return new RecordsRoute(twilio.simulator(), clock, DAILY, state, sink);
    }

    /** A user's store that throws when one of its methods is called. */
    private static final class FailingRepository implements UsageStateRepository {
        private final UsageStateRepository memory = new MemoryUsageStateRepository();
        private volatile String failing = "";
        private volatile boolean withError;

        @Override
        public Optional<Position> position(ReaderId reader) {
            return memory.position(reader);
        }

        @Override
        public Map<RecordKey, UsageValues> lastDelivered(ReaderId reader, Collection<RecordKey> keys) {
            return new HashMap<>(memory.lastDelivered(reader, keys));
        }

        @Override
        public void delivered(ReaderId reader, Collection<UsageChange> changes) {
            check("delivered");
            memory.delivered(reader, changes);
        }

        @Override
        public void advance(ReaderId reader, Position position, LocalDate forgetBefore) {
            check("advance");
            memory.advance(reader, position, forgetBefore);
        }

        @Override
        public void rewind(ReaderId reader, Position position) {
            check("rewind");
            memory.rewind(reader, position);
        }

        private void check(String method) {
            if (failing.equals(method)) {
                if (withError) {
                    throw new NoClassDefFoundError("the disk is full");
                }
                throw new IllegalStateException("the disk is full");
            }
        }
    }
}
