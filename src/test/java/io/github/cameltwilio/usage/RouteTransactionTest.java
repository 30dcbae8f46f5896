package io.github.cameltwilio.usage;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.UsageChange;
import io.github.cameltwilio.usage.state.UsageValues;
import org.apache.camel.Exchange;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.DefaultTransactionStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** With {@code transactedPolicy}, the rows of the route and the state are committed together or not at all. */
class RouteTransactionTest extends TwilioUsageTestSupport {
    private static final int RECORDS = 8;
    private static final String URI = "twilio-usage:records?subresource=daily&startScheduler=false"
            + "&stateRepository=#usageState&transactedPolicy=#required";

    private final DataSource billing = JdbcConnectionPool
            .create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
    private final JdbcTemplate database = new JdbcTemplate(billing);
    private final FailingTransactionManager transactions = new FailingTransactionManager(billing);
    private final List<Exception> failures = new ArrayList<>();
    private Processor step = exchange -> {};

    @BeforeEach
    void createTables() {
        JdbcUsageStateRepository.TABLES.forEach(database::execute);
        database.execute("create table usage_rows (category varchar(100), usage_day date)");
        context.getRegistry().bind("billing", billing);
        context.getRegistry().bind("required", new SpringTransactionPolicy(transactions));
        context.getRegistry().bind("usageState",
                new JdbcUsageStateRepository(new TransactionAwareDataSourceProxy(billing)));
    }

    @Test
    void commitsRowsAndStateTogether() throws Exception {
        AtomicInteger statesBeforeCommit = new AtomicInteger();
        transactions.beforeCommit = () -> statesBeforeCommit.addAndGet(storedByOthers());
        startRoute(URI);

        assertThat(poll()).isEqualTo(RECORDS);
        assertThat(rows()).isEqualTo(RECORDS);
        assertThat(stored()).isEqualTo(RECORDS);
        // Another connection sees each value only after its commit: 0 + 1 + 2 + ...
        assertThat(statesBeforeCommit).hasValue(RECORDS * (RECORDS - 1) / 2);
        assertThat(poll()).isZero();
        assertThat(usageConsumer().getDelivered()).isEqualTo(RECORDS);
    }

    @Test
    void commitsAListAsAWhole() throws Exception {
        startRoute(URI + "&splitResult=false");

        assertThat(poll()).isEqualTo(1);
        assertThat(rows()).isEqualTo(RECORDS);
        assertThat(stored()).isEqualTo(RECORDS);
        assertThat(database.queryForList("select start_date || category from twilio_usage_delivered order by _rowid_",
                String.class)).as("in the same order on each node, so that nodes do not deadlock").isSorted();
        assertThat(poll()).isZero();
    }

    @Test
    void rollsBackRowsWhenTheRouteFailsAfterThem() throws Exception {
        failOnce(exchange -> {
            throw new IllegalStateException("The step after the rows failed");
        });
        startRoute(URI);

        assertFirstExchangeIsRepeated();
    }

    @Test
    void rollsBackRowsWhenTheExchangeIsRolledBack() throws Exception {
        failOnce(exchange -> exchange.setRollbackOnly(true));
        startRoute(URI);
        assertFirstExchangeIsRepeated();
    }

    @Test
    void rollsBackRowsWhenOnlyTheLastTransactionIsRolledBack() throws Exception {
        failOnce(exchange -> exchange.setRollbackOnlyLast(true));
        startRoute(URI);
        assertFirstExchangeIsRepeated();
    }

    @Test
    void rollsBackRowsAndStateWhenTheCommitFails() throws Exception {
        AtomicInteger commits = new AtomicInteger();
        transactions.beforeCommit = () -> {
            if (commits.getAndIncrement() == 0) {
                throw new TransactionSystemException("The database is gone");
            }
        };
        startRoute(URI);
        assertFirstExchangeIsRepeated();
    }

    @Test
    void rollsBackRowsOfARecordThatAnotherNodeDelivered() throws Exception {
        JdbcUsageStateRepository otherNode = new JdbcUsageStateRepository(billing);
        failOnce(exchange -> inOtherThread(() -> otherNode.delivered(usageConsumer().reader(),
                List.of(change(exchange)))));
        startRoute(URI);
        assertThat(poll()).isEqualTo(RECORDS);

        assertThat(failures).singleElement().asInstanceOf(
                InstanceOfAssertFactories.THROWABLE).hasMessageContaining("could not store");
        assertThat(poll()).isZero();
        assertThat(rows()).isEqualTo(RECORDS - 1);
    }

    /** The other node has removed the values from the state, so that no row contradicts this one. */
    @Test
    void rollsBackRowsOfADayThatAnotherNodeHasForgotten() throws Exception {
        JdbcUsageStateRepository otherNode = new JdbcUsageStateRepository(billing);
        LocalDate known = LocalDate.parse("2026-03-14");
        failOnce(exchange -> inOtherThread(() -> {
            otherNode.delivered(usageConsumer().reader(), List.of(change(exchange)));
            otherNode.advance(usageConsumer().reader(), Position.before(known), known);
        }));
        startRoute(URI);
        assertThatThrownBy(this::poll).hasMessageContaining("3 exchanges in a row");

        assertThat(failures).extracting(Exception::getMessage).filteredOn(message -> message.contains(
                "another node has stored other values in the meantime")).hasSize(3);
        assertThat(poll()).isZero();
        assertThat(database.queryForList("select distinct usage_day from usage_rows", LocalDate.class))
                .as("the other node has delivered the others").containsExactlyInAnyOrder(known, known.plusDays(1));
        assertThat(rows()).isEqualTo(RECORDS / 2 - 1);
        assertThat(usageConsumer().getWatermark()).isEqualTo("2026-03-15");
    }

    @Test
    void completesTheExchangeOfAnError() throws Exception {
        failOnce(exchange -> {
            throw new StackOverflowError("The step after the rows failed");
        });
        startRoute(URI);

        assertThatThrownBy(this::poll).isInstanceOf(Throwable.class);
        poll();
        assertThat(rows()).isEqualTo(RECORDS);
        assertThat(context.getInflightRepository().size()).isZero();
    }

    @Test
    void worksWithTransactedInTheRoute() throws Exception {
        failOnce(exchange -> {
            throw new IllegalStateException("The step after the rows failed");
        });
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(URI).routeId("usage").transacted("required").to(
                        "sql:insert into usage_rows values (:#category, :#startDate)?dataSource=#billing")
                        .process(exchange -> step.process(exchange));
            }
        });
        assertFirstExchangeIsRepeated();
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void worksAfterTheRouteIsStartedLater(boolean autoStartup) throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(URI).routeId("usage").autoStartup(autoStartup).to(
                        "sql:insert into usage_rows values (:#category, :#startDate)?dataSource=#billing")
                        .process(exchange -> step.process(exchange));
            }
        });
        context.getRouteController().stopRoute("usage");
        context.getRouteController().startRoute("usage");
        failOnce(exchange -> {
            throw new IllegalStateException("The step after the rows failed");
        });

        assertFirstExchangeIsRepeated();
    }

    @Test
    void worksInARouteThatIsAddedLater() throws Exception {
        context.start();
        startRoute(URI);

        assertThat(poll()).isEqualTo(RECORDS);
        assertThat(rows()).isEqualTo(RECORDS);
        assertThat(stored()).isEqualTo(RECORDS);
    }

    @Test
    void worksBehindMaster(@TempDir Path directory) throws Exception {
        context.addService(TestCluster.in(directory));
        failOnce(exchange -> {
            throw new IllegalStateException("The step after the rows failed");
        });
        startRoute("master:usage:" + URI.replace("&startScheduler=false", "&initialDelay=0&delay=100"));

        await().untilAsserted(() -> assertThat(stored()).isEqualTo(RECORDS));
        assertThat(rows()).isEqualTo(RECORDS);
    }

    @Test
    void rejectsAStateOutsideOfTheTransaction() throws Exception {
        context.getRegistry().bind("usageState", new JdbcUsageStateRepository(billing));
        startRoute(URI);

        assertThatThrownBy(this::poll).hasMessageContaining("The route failed for 3 exchanges in a row");
        assertThat(failures).hasSize(3).first().asInstanceOf(
                InstanceOfAssertFactories.THROWABLE)
                .hasMessageContaining("takes no part in the transaction")
                .hasMessageContaining("TransactionAwareDataSourceProxy");
        assertThat(rows()).isZero();
    }

    @Test
    void rejectsARouteThatLeavesTheTransaction() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(URI).routeId("usage").to("seda:rows");
                from("seda:rows").process(exchange -> {});
            }
        });

        assertThatThrownBy(() -> await().until(() -> poll() < 0))
                .hasMessageContaining("exchanges in a row, so the poll ended early");
        UsageConsumer consumer = usageConsumer();
        context.stop();
        assertThat(stored()).isZero();
        assertThat(consumer.getDelivered()).as("what the other thread completed").isZero();
    }

    @Test
    void requiresAStateRepository() {
        assertThatThrownBy(() -> startRoute(URI.replace("stateRepository=#usageState", "stateFile=usage.state")))
                .isInstanceOf(FailedToCreateRouteException.class)
                .hasMessageContaining("transactedPolicy=SpringTransactionPolicy requires stateRepository");
    }

    @Test
    void rejectsAStoreThatTakesNoPartInTransactions() {
        context.getRegistry().bind("memory", new MemoryUsageStateRepository());
        assertThatThrownBy(() -> startRoute(URI.replace("usageState", "memory")))
                .isInstanceOf(FailedToCreateRouteException.class)
                .hasMessageContaining("transactedPolicy=SpringTransactionPolicy cannot be combined with"
                        + " stateRepository=MemoryUsageStateRepository, which takes no part in transactions");
    }

    private void startRoute(String uri) throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                onCompletion().onFailureOnly().process(exchange -> failures
                        .add(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class)));
                from(uri).routeId("usage")
                        .to("sql:insert into usage_rows values (:#category, :#startDate)?dataSource=#billing&batch="
                                + uri.contains("splitResult"))
                        .process(exchange -> step.process(exchange));
            }
        });
    }

    private void failOnce(Processor failure) {
        step = exchange -> {
            step = next -> {};
            failure.process(exchange);
        };
    }

    private void assertFirstExchangeIsRepeated() throws Exception {
        assertThat(poll()).isEqualTo(RECORDS);
        assertThat(rows()).isEqualTo(RECORDS - 1);
        assertThat(stored()).isEqualTo(RECORDS - 1);

        assertThat(poll()).isEqualTo(1);
        assertThat(rows()).isEqualTo(RECORDS);
        assertThat(stored()).isEqualTo(RECORDS);
        assertThat(poll()).isZero();
    }

    private UsageChange change(Exchange exchange) {
        UsageRecord usage = usage(exchange);
        return new UsageChange(usageConsumer().reader().key(usage),
                Optional.empty(), UsageValues.of(usage), usage);
    }

    private int rows() {
        return database.queryForObject("select count(*) from usage_rows", Integer.class);
    }

    private int stored() {
        return database.queryForObject("select count(*) from twilio_usage_delivered", Integer.class);
    }

    /** What is committed, as a connection outside of the transaction sees it. */
    private int storedByOthers() {
        try (Connection connection = billing.getConnection();
                var rows = connection.createStatement().executeQuery("select count(*) from twilio_usage_delivered")) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void inOtherThread(Runnable action) throws InterruptedException {
        Thread thread = new Thread(action);
        thread.start();
        thread.join();
    }

    /** Spring's own, which may fail in its commit. */
    private static final class FailingTransactionManager extends DataSourceTransactionManager {
        private static final long serialVersionUID = 1;
        private transient Runnable beforeCommit = () -> {};

        FailingTransactionManager(DataSource dataSource) {
            super(dataSource);
            setRollbackOnCommitFailure(true);
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            beforeCommit.run();
            super.doCommit(status);
        }
    }
}
