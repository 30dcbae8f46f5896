package io.github.cameltwilio.usage.state;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

import javax.sql.DataSource;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The same tests on a real MariaDB, and what only such a server can do. */
class MariaDbUsageStateRepositoryTest extends JdbcUsageStateRepositoryTest {
    private static DatabaseServer mariaDb;

    @BeforeAll
    static void startMariaDb() throws Exception {
        mariaDb = MariaDb.start();
    }

    @Override
    DataSource database() {
        return mariaDb.dataSource();
    }

    @Override
    void cut(Connection connection) throws SQLException {
        JdbcTemplate administrator = new JdbcTemplate(database());
        administrator.queryForList("select id from information_schema.processlist where id <> connection_id()"
                + " and user = 'root'", Long.class).forEach(id -> administrator.execute("kill " + id));
    }

    @ParameterizedTest
    @ValueSource(strings = { "&useAffectedRows=true", "&sessionVariables=transaction_isolation='SERIALIZABLE'",
            "&useBulkStmts=true" })
    void storesWithEverySettingOfTheDriver(String setting) {
        UsageStateRepository state = new JdbcUsageStateRepository(
                new DriverManagerDataSource(mariaDb.url() + setting));
        List<UsageChange> added = List.of(new UsageChange(SMS, Optional.empty(), values(1)),
                new UsageChange(key("calls"), Optional.empty(), values(1)));
        state.advance(READER, Position.before(DAY), DAY);
        state.delivered(READER, added);
        // Another node, or a second attempt, stores the same.
        state.delivered(READER, added);
        List<UsageChange> changed = List.of(new UsageChange(SMS, Optional.of(values(1)), values(2)),
                new UsageChange(key("calls"), Optional.of(values(1)), values(3)));
        state.delivered(READER, changed);
        state.delivered(READER, changed);

        assertThat(state.lastDelivered(READER, List.of(SMS, key("calls"))))
                .containsEntry(SMS, values(2)).containsEntry(key("calls"), values(3));
    }

    @Test
    void saysThatDatabaseIsReadOnly() {
        UsageStateRepository state = new JdbcUsageStateRepository(
                new DriverManagerDataSource(mariaDb.url() + "&sessionVariables=transaction_read_only=1"));

        assertThat(state.position(READER)).isEmpty();
        assertThatThrownBy(
                () -> state.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1)))))
                .hasMessageContaining("The database is read-only: is it a standby");
    }

    @Test
    void saysThatServerIsDown() {
        UsageStateRepository state = new JdbcUsageStateRepository(
                new DriverManagerDataSource("jdbc:mariadb://127.0.0.1:1/test?user=root"));

        assertThatThrownBy(() -> state.position(READER)).hasMessageContaining("could not read the position")
                .hasMessageContaining("127.0.0.1");
    }
}
