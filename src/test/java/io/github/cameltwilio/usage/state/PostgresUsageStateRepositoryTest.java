package io.github.cameltwilio.usage.state;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The same tests on a real PostgreSQL, and what only such a server can do. */
class PostgresUsageStateRepositoryTest extends JdbcUsageStateRepositoryTest {
    private static DatabaseServer postgres;

    @BeforeAll
    static void startPostgres() throws Exception {
        postgres = DatabaseServer.postgres();
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        if (postgres != null) {
            postgres.close();
        }
    }

    @Override
    DataSource database() {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(postgres.url());
        // As the delivery page recommends.
        database.setReWriteBatchedInserts(true);
        return database;
    }

    @Override
    void cut(Connection connection) throws SQLException {
        try (Connection administrator = database().getConnection()) {
            administrator.createStatement().execute("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where pid <> pg_backend_pid() and backend_type = 'client backend'");
        }
    }

    @Test
    void saysThatDatabaseIsReadOnly() {
        PGSimpleDataSource standby = (PGSimpleDataSource) database();
        standby.setOptions("-c default_transaction_read_only=on");
        UsageStateRepository state = new JdbcUsageStateRepository(standby);

        assertThat(state.position(READER)).isEmpty();
        assertThatThrownBy(
                () -> state.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1)))))
                .hasMessageContaining("The database is read-only: is it a standby");
        assertThatThrownBy(() -> state.advance(READER, Position.before(DAY), DAY))
                .hasMessageContaining("could not store the position").hasMessageContaining("read-only");
    }

    @Test
    void worksWithSerializableTransactions() throws Exception {
        PGSimpleDataSource serializable = (PGSimpleDataSource) database();
        serializable.setOptions("-c default_transaction_isolation=serializable");
        UsageStateRepository state = new JdbcUsageStateRepository(serializable);
        state.advance(READER, Position.before(DAY), DAY);
        state.delivered(READER, List.of(new UsageChange(SMS, Optional.empty(), values(1))));
        state.delivered(READER, List.of(new UsageChange(SMS, Optional.of(values(1)), values(2))));

        assertThat(state.lastDelivered(READER, List.of(SMS))).containsEntry(SMS, values(2));
    }
}
