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
import java.util.UUID;
import java.util.stream.IntStream;

import io.github.cameltwilio.usage.client.Subresource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JdbcUsageStateRepositoryTest {
    private static final ReaderId READER = new ReaderId("AC1", Scope.all, Subresource.daily, List.of("sms"));
    private static final LocalDate DAY = LocalDate.parse("2026-03-15");
    private static final RecordKey SMS = new RecordKey("AC1", Scope.all, Subresource.daily, DAY, "sms");

    private final JdbcConnectionPool database = JdbcConnectionPool.create(
            "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");
    private final UsageStateRepository firstNode = new JdbcUsageStateRepository(database);
    private final UsageStateRepository secondNode = new JdbcUsageStateRepository(database);

    @BeforeEach
    void createTables() throws SQLException {
        try (Connection connection = database.getConnection()) {
            for (String statement : JdbcUsageStateRepository.TABLES) {
                connection.createStatement().execute(statement);
            }
        }
    }

    @AfterEach
    void shutDownDatabase() throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.createStatement().execute("SHUTDOWN");
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
    void fitsManyCategoriesIntoKey() {
        ReaderId reader = new ReaderId("AC" + "0".repeat(32), Scope.each, Subresource.lastMonth,
                IntStream.range(0, 600).mapToObj(number -> "category-" + number).toList());
        firstNode.advance(reader, Position.before(DAY), DAY);

        assertThat(reader.toString()).hasSizeLessThan(200);
        assertThat(firstNode.position(reader)).isPresent();
    }

    @Test
    void namesMissingTables() {
        UsageStateRepository state = new JdbcUsageStateRepository(JdbcConnectionPool.create("jdbc:h2:mem:", "sa", ""));

        assertThatThrownBy(() -> state.position(READER)).hasMessageContaining("JdbcUsageStateRepository.TABLES")
                .hasMessageContaining("TWILIO_USAGE_POSITION");
    }

    private static UsageValues values(int count) {
        return new UsageValues(BigDecimal.valueOf(count), "messages", null, null, BigDecimal.ONE, "usd");
    }
}
