package io.github.cameltwilio.usage.state;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.UsageRecord;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.TransactionStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JdbcUsageStateRepositoryTest {
    static final ReaderId READER = new ReaderId("AC1", Scope.all, Subresource.daily, List.of("sms"));
    static final LocalDate DAY = LocalDate.parse("2026-03-15");
    static final RecordKey SMS = key("sms");

    private final DataSource database = database();
    private final UsageStateRepository firstNode = new JdbcUsageStateRepository(database);
    private final UsageStateRepository secondNode = new JdbcUsageStateRepository(database);

    /** Returns a database that is empty, or has the tables of an earlier test. */
    DataSource database() {
        return JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
    }

    /** Ends a connection as a restart of the database would. */
    void cut(Connection connection) throws SQLException {
        connection.close();
    }

    @BeforeEach
    void createTables() throws SQLException {
        dropTables();
        for (String statement : JdbcUsageStateRepository.TABLES) {
            execute(statement);
        }
    }

    private void dropTables() throws SQLException {
        execute("DROP TABLE IF EXISTS twilio_usage_position");
        execute("DROP TABLE IF EXISTS twilio_usage_delivered");
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.createStatement().execute(sql);
        }
    }

    @Test
    void sharesStateBetweenNodes() {
        UsageValues unusual = new UsageValues(new BigDecimal("12000"), "~", null, "", new BigDecimal("-0.000075"),
                null);
        RecordKey undated = new RecordKey("AC1", Scope.all, Subresource.daily, LocalDate.MAX, "sms");
        firstNode.advance(READER, Position.before(DAY), DAY);
        firstNode.delivered(READER, List.of(new UsageChange(undated, Optional.empty(), unusual),
                new UsageChange(SMS, Optional.empty(), values(1))));

        assertThat(secondNode.position(READER)).contains(Position.before(DAY));
        assertThat(secondNode.lastDelivered(READER, List.of(SMS, undated)))
                .isEqualTo(Map.of(SMS, values(1), undated, unusual));
        assertThat(new JdbcTemplate(database).queryForObject("select max(start_date) from twilio_usage_delivered",
                String.class)).as("a date within the range of every database").isEqualTo("9999-12-31");
    }

    @Test
    void keepsRowsOfReadersApart() {
        ReaderId otherReader = new ReaderId("AC1", Scope.all, Subresource.daily, List.of());
        firstNode.advance(READER, Position.before(DAY), DAY);
        firstNode.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1))));
        firstNode.advance(otherReader, new Position(DAY, DAY.plusDays(9)), DAY.plusDays(9));

        assertThat(firstNode.position(READER)).contains(Position.before(DAY));
        assertThat(firstNode.lastDelivered(otherReader, List.of(SMS))).isEmpty();
        assertThat(firstNode.lastDelivered(READER, List.of(SMS))).containsEntry(SMS, values(1));
    }

    @Test
    void keepsRowsWhenNothingIsToBeForgotten() {
        firstNode.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1))));
        firstNode.advance(READER, Position.before(DAY), LocalDate.MIN);

        assertThat(firstNode.lastDelivered(READER, List.of(SMS))).containsEntry(SMS, values(1));
    }

    @Test
    void neverMovesWatermarkBack() {
        firstNode.advance(READER, new Position(DAY, DAY.plusDays(5)), DAY);
        secondNode.advance(READER, new Position(DAY, DAY.plusDays(2)), DAY);

        assertThat(firstNode.position(READER)).contains(new Position(DAY, DAY.plusDays(5)));
    }

    @Test
    void neverMovesBackWatermarkThatAnotherNodeAdvanced() {
        firstNode.advance(READER, Position.before(DAY), DAY);
        new JdbcUsageStateRepository(Intercepted.by(database, (method, proceed) -> {
            if (method.equals("executeUpdate")) {
                secondNode.advance(READER, new Position(DAY, DAY.plusDays(5)), DAY);
            }
            return proceed.call();
        })).advance(READER, new Position(DAY, DAY.plusDays(2)), DAY);

        assertThat(firstNode.position(READER)).contains(new Position(DAY, DAY.plusDays(5)));
    }

    @Test
    void keepsLatestWatermarkOfConcurrentAdvances() throws Exception {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> nodes = IntStream.range(0, 4).mapToObj(node -> new Thread(() -> IntStream.range(0, 100)
                .forEach(step -> new JdbcUsageStateRepository(database)
                        .advance(READER, new Position(DAY, DAY.plusDays((step * 37 + node) % 100)), DAY))))
                .toList();
        nodes.forEach(node -> node.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure)));
        nodes.forEach(Thread::start);
        for (Thread node : nodes) {
            node.join();
        }

        assertThat(failures).isEmpty();
        assertThat(firstNode.position(READER)).contains(new Position(DAY, DAY.plusDays(99)));
    }

    @Test
    void replacesValuesOnCorrection() {
        firstNode.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1))));
        firstNode.delivered(READER, List.of(new UsageChange(SMS, Optional.of(values(1)), values(2))));

        assertThat(firstNode.lastDelivered(READER, List.of(SMS))).containsEntry(SMS, values(2));
    }

    @Test
    void acceptsSameValuesFromBothNodes() {
        firstNode.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1))));
        secondNode.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1))));

        assertThat(firstNode.lastDelivered(READER, List.of(SMS))).containsEntry(SMS, values(1));
    }

    @Test
    void marksConflictingValuesAsUnknown() {
        firstNode.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(2))));
        secondNode.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1))));
        assertThat(firstNode.lastDelivered(READER, List.of(SMS))).containsEntry(SMS, UsageValues.UNKNOWN);

        firstNode.delivered(READER, List.of(new UsageChange(SMS, Optional.of(UsageValues.UNKNOWN), values(2))));
        assertThat(firstNode.lastDelivered(READER, List.of(SMS))).containsEntry(SMS, values(2));
    }

    @Test
    void deletesRowsBeforeForgetBefore() {
        firstNode.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1))));
        firstNode.advance(READER, new Position(DAY, DAY.plusDays(9)), DAY.plusDays(6));

        assertThat(firstNode.lastDelivered(READER, List.of(SMS))).isEmpty();
    }

    @Test
    void idIsThatOfTheDatabaseWhicheverNodeReadsIt() throws Exception {
        List<String> ids = Collections.synchronizedList(new ArrayList<>());
        List<Thread> nodes = IntStream.range(0, 4).mapToObj(node -> new Thread(() -> ids
                .add(new JdbcUsageStateRepository(database).databaseId()))).toList();
        nodes.forEach(Thread::start);
        for (Thread node : nodes) {
            node.join();
        }

        assertThat(ids).hasSize(4).containsOnly(new JdbcUsageStateRepository(database).databaseId());
        assertThat(firstNode.position(READER)).isEmpty();
    }

    @Test
    void fitsManyCategoriesIntoKey() {
        ReaderId reader = new ReaderId("AC" + "0".repeat(32), Scope.each, Subresource.lastMonth,
                IntStream.range(0, 600).mapToObj(number -> "category-" + number).toList());
        firstNode.advance(reader, Position.before(DAY), DAY);

        assertThat(reader.toString()).hasSizeLessThan(200);
        assertThat(firstNode.position(reader)).isPresent();
    }

    @Test
    void namesMissingTables() throws SQLException {
        dropTables();
        List<String> calls = new ArrayList<>();
        UsageStateRepository state = new JdbcUsageStateRepository(Intercepted.by(database, (method, proceed) -> {
            calls.add(method);
            return proceed.call();
        }));

        assertThatThrownBy(() -> state.position(READER)).hasMessageContaining("JdbcUsageStateRepository.TABLES")
                .hasMessageContaining("could not read the position");
        assertThat(calls).as("only a cut connection is replaced").containsOnlyOnce("getConnection");
    }

    @Test
    void remembersWhereValuesAreKnownFrom() {
        firstNode.advance(READER, Position.before(DAY), DAY);
        firstNode.advance(READER, new Position(DAY, DAY.plusDays(9)), DAY.plusDays(6));
        secondNode.advance(READER, new Position(DAY, DAY.plusDays(9)), DAY.plusDays(2));

        assertThat(firstNode.position(READER)).contains(new Position(DAY, DAY.plusDays(9), DAY.plusDays(6)));

        firstNode.rewind(READER, new Position(DAY, DAY.plusDays(4), DAY.plusDays(1)));
        assertThat(firstNode.position(READER)).contains(new Position(DAY, DAY.plusDays(4), DAY.plusDays(1)));
    }

    @Test
    void storesManyChangesByOneConnectionAndFewStatements() {
        List<String> calls = new ArrayList<>();
        UsageStateRepository state = new JdbcUsageStateRepository(Intercepted.by(database, (method, proceed) -> {
            if (method.startsWith("execute") || method.equals("getConnection") || method.equals("commit")) {
                calls.add(method);
            }
            return proceed.call();
        }));
        List<UsageChange> added = IntStream.range(0, 300).mapToObj(
                number -> new UsageChange(key("c" + number), Optional.empty(), values(1))).toList();
        List<UsageChange> changed = added.stream()
                .map(change -> new UsageChange(change.key(), Optional.of(values(1)), values(2))).toList();

        state.delivered(READER, added);
        state.delivered(READER, changed);
        // Stored again, for example because the connection was cut after the commit.
        state.delivered(READER, changed);
        assertThat(calls).containsExactly("getConnection", "executeBatch", "commit", "getConnection", "executeBatch",
                "commit", "getConnection", "executeBatch", "commit");

        calls.clear();
        assertThat(state.lastDelivered(READER, added.stream().map(UsageChange::key).toList())).hasSize(300)
                .containsValue(values(2)).doesNotContainValue(values(1));
        assertThat(calls).containsExactly("getConnection", "executeQuery");
    }

    @Test
    void marksOnlyConflictingRecordOfManyAsUnknown() {
        firstNode.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(2))));
        secondNode.delivered(READER, List.of(new UsageChange(key("calls"), Optional.empty(), values(1)),
                new UsageChange(SMS, Optional.empty(), values(1)),
                new UsageChange(key("mms"), Optional.empty(), values(1))));

        assertThat(firstNode.lastDelivered(READER, List.of(SMS, key("calls"), key("mms"))))
                .isEqualTo(Map.of(SMS, UsageValues.UNKNOWN, key("calls"), values(1), key("mms"), values(1)));
    }

    /** Batches in another order would wait for each other, and one of the two would be rolled back. */
    @Test
    void storesSameChangesFromManyNodesInAnyOrder() throws Exception {
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> nodes = IntStream.range(0, 4).mapToObj(node -> new Thread(() -> {
            for (int round = 0; round < 10; round++) {
                Optional<UsageValues> previous = round == 0 ? Optional.empty() : Optional.of(values(round - 1));
                UsageValues values = values(round);
                List<UsageChange> changes = new ArrayList<>(IntStream.range(0, 20)
                        .mapToObj(number -> new UsageChange(key("c" + number), previous, values)).toList());
                Collections.shuffle(changes, new Random(node));
                new JdbcUsageStateRepository(database).delivered(READER, changes);
            }
        })).toList();
        nodes.forEach(node -> node.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure)));
        nodes.forEach(Thread::start);
        for (Thread node : nodes) {
            node.join();
        }

        assertThat(failures).isEmpty();
        assertThat(firstNode.lastDelivered(READER, IntStream.range(0, 20).mapToObj(number -> key("c" + number))
                .toList()).values()).hasSize(20).allMatch(
                        last -> last.equals(values(9)) || last.equals(UsageValues.UNKNOWN));
    }

    @Test
    void acceptsSameValuesFromDriverThatCountsChangedRowsOnly() {
        firstNode.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1))));
        new JdbcUsageStateRepository(Intercepted.by(database, (method, proceed) -> {
            Object result = proceed.call();
            return method.equals("executeUpdate") ? Integer.valueOf(0) : result;
        })).delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1))));

        assertThat(firstNode.lastDelivered(READER, List.of(SMS))).containsEntry(SMS, values(1));
    }

    @Test
    void remembersUnusualNamesAndLongUnits() {
        UsageValues longUnits = new UsageValues(BigDecimal.ONE, "ü".repeat(90), null, "ü".repeat(90), null, null);
        List<RecordKey> keys = List.of(key("c".repeat(101)), key("sms "), SMS, key("\u00f1"), key("n"), key(""));
        keys.forEach(
                key -> firstNode.delivered(READER, List.of(new UsageChange(key, Optional.empty(), longUnits))));

        assertThat(firstNode.lastDelivered(READER, keys)).hasSize(6).containsValue(longUnits);
    }

    @Test
    void fitsAllThatTwilioMaySendIntoTheColumn() {
        // The most digits that are read as a number, and the widest characters.
        BigDecimal number = new BigDecimal("-" + "9".repeat(63));
        for (String unit : List.of("\u4e00".repeat(60), "x".repeat(2100), "\ud800")) {
            UsageValues values = UsageValues.of(new UsageRecord(null, "sms", null, DAY, DAY, number, unit, number, unit,
                    number, unit, null, null, null, Map.of("count", "\u4e00".repeat(2100))));
            firstNode.delivered(READER, List.of(new UsageChange(key(unit), Optional.empty(), values)));

            assertThat(firstNode.lastDelivered(READER, List.of(key(unit)))).containsEntry(key(unit), values);
        }
    }

    @Test
    void listsCategoriesOfAReader() {
        firstNode.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1)),
                new UsageChange(key("calls"), Optional.empty(), values(1))));

        assertThat(firstNode.categories(READER)).containsExactlyInAnyOrder("sms", "calls");
        assertThat(firstNode.categories(new ReaderId("AC2", Scope.all, Subresource.daily, List.of()))).isEmpty();
    }

    @Test
    void retriesOnceOnNewConnection() throws SQLException {
        OneConnectionPool pool = new OneConnectionPool();
        UsageStateRepository state = new JdbcUsageStateRepository(Intercepted.by(database, pool));
        for (int change = 1; change <= 3; change++) {
            state.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1))));
            cut(pool.connection);
        }
        state.advance(READER, Position.before(DAY), DAY);
        cut(pool.connection);

        assertThat(state.position(READER)).contains(Position.before(DAY));
        assertThat(state.lastDelivered(READER, List.of(SMS))).containsEntry(SMS, values(1));
        assertThat(pool.opened).isEqualTo(5);
    }

    @Test
    void restoresAutoCommit() throws SQLException {
        OneConnectionPool pool = new OneConnectionPool();
        UsageStateRepository state = new JdbcUsageStateRepository(Intercepted.by(database, pool));
        state.position(READER);
        pool.connection.setAutoCommit(false);
        state.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1))));
        state.advance(READER, Position.before(DAY), DAY);

        assertThat(pool.connection.getAutoCommit()).isFalse();
        assertThat(firstNode.position(READER)).isPresent();
        assertThat(firstNode.lastDelivered(READER, List.of(SMS))).containsEntry(SMS, values(1));
    }

    @Test
    void endsWaitForLockWithClearMessage() throws SQLException {
        firstNode.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1))));
        try (Connection other = database.getConnection()) {
            other.setAutoCommit(false);
            other.createStatement().execute("UPDATE twilio_usage_delivered SET delivered = 'x'");

            assertThatThrownBy(() -> new JdbcUsageStateRepository(database, 1).delivered(READER,
                    List.of(new UsageChange(SMS, Optional.of(values(1)), values(2)))))
                    .hasMessageContaining("could not store what was delivered")
                    .hasMessageContaining("does another session lock a table");
            other.rollback();
        }
        assertThat(firstNode.lastDelivered(READER, List.of(SMS))).containsEntry(SMS, values(1));
    }

    @Test
    void takesPartInTheTransactionOfItsThread() {
        DataSourceTransactionManager transactions = new DataSourceTransactionManager(database);
        JdbcUsageStateRepository state = new JdbcUsageStateRepository(
                new TransactionAwareDataSourceProxy(database));
        List<UsageChange> first = List.of(new UsageChange(SMS, Optional.empty(), values(1)),
                new UsageChange(key("calls"), Optional.empty(), values(1)));
        TransactionStatus rolledBack = transactions.getTransaction(null);
        state.deliveredInTransaction(READER, first);
        transactions.rollback(rolledBack);
        assertThat(secondNode.lastDelivered(READER, List.of(SMS))).isEmpty();

        TransactionStatus committed = transactions.getTransaction(null);
        state.deliveredInTransaction(READER, first);
        state.deliveredInTransaction(READER, List.of(new UsageChange(SMS, Optional.of(values(1)), values(2))));
        transactions.commit(committed);
        assertThat(secondNode.lastDelivered(READER, List.of(SMS, key("calls"))))
                .isEqualTo(Map.of(SMS, values(2), key("calls"), values(1)));
    }

    @Test
    void failsTheTransactionWhenAnotherNodeWasFaster() {
        DataSourceTransactionManager transactions = new DataSourceTransactionManager(database);
        JdbcUsageStateRepository state = new JdbcUsageStateRepository(
                new TransactionAwareDataSourceProxy(database));
        secondNode.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(2))));

        for (Optional<UsageValues> previous : List.of(Optional.<UsageValues>empty(), Optional.of(values(1)))) {
            TransactionStatus transaction = transactions.getTransaction(null);
            assertThatThrownBy(() -> state.deliveredInTransaction(READER,
                    List.of(new UsageChange(SMS, previous, values(2)))))
                    .hasMessageContaining("could not store what was delivered");
            transactions.rollback(transaction);
        }
        assertThat(secondNode.lastDelivered(READER, List.of(SMS))).containsEntry(SMS, values(2));
    }

    @Test
    void rejectsConnectionsOutsideOfTheTransaction() {
        List<UsageChange> changes = List.of(new UsageChange(SMS, Optional.empty(), values(1)));
        DataSource withoutAutoCommit = Intercepted.by(database, (method, proceed) -> {
            Object result = proceed.call();
            if (method.equals("getConnection")) {
                ((Connection) result).setAutoCommit(false);
            }
            return result;
        });

        for (DataSource outside : List.of(database, withoutAutoCommit)) {
            assertThatThrownBy(() -> new JdbcUsageStateRepository(outside).deliveredInTransaction(READER, changes))
                    .hasMessageContaining("takes no part in the transaction")
                    .hasMessageContaining("TransactionAwareDataSourceProxy");
        }
        assertThat(secondNode.lastDelivered(READER, List.of(SMS))).isEmpty();
    }

    static RecordKey key(String category) {
        return new RecordKey("AC1", Scope.all, Subresource.daily, DAY, category);
    }

    static UsageValues values(int count) {
        return new UsageValues(BigDecimal.valueOf(count), "messages", null, null, BigDecimal.ONE, "usd");
    }

    /** A pool of one connection, which it replaces only when it is closed. */
    private static final class OneConnectionPool implements Intercepted.Interceptor {
        private Connection connection;
        private int opened;

        @Override
        public Object call(String method, Callable<Object> proceed) throws Exception {
            if (method.equals("close")) {
                if (connection.isValid(1)) {
                    return null;
                }
                connection = null;
            } else if (method.equals("getConnection")) {
                if (connection == null) {
                    connection = (Connection) proceed.call();
                    opened++;
                }
                return connection;
            }
            return proceed.call();
        }
    }
}
