package io.github.cameltwilio.usage.bench;

import java.io.IOException;
import java.sql.SQLException;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.springframework.jdbc.core.JdbcTemplate;

/** A PostgreSQL with the tables of a state and of a sink, as a contender uses it: through a small pool. */
final class Database implements AutoCloseable {
    private static final String SINK = "create table usage_daily (record_key varchar(200) primary key, usage_day date,"
            + " category varchar(100), price decimal(30, 10))";

    private final HikariDataSource pool = new HikariDataSource();

    Database(String url) {
        // As docs/delivery.md recommends.
        pool.setJdbcUrl(url + (url.contains("?") ? "&" : "?") + "reWriteBatchedInserts=true");
        pool.setMaximumPoolSize(2);
    }

    /** Starts the server. Unlike that of the tests, it forces each commit to disk. */
    static EmbeddedPostgres start() throws IOException {
        EmbeddedPostgres server = EmbeddedPostgres.builder().setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on").start();
        JdbcTemplate tables = new JdbcTemplate(server.getPostgresDatabase());
        JdbcUsageStateRepository.TABLES.forEach(tables::execute);
        tables.execute(SINK);
        return server;
    }

    DataSource pool() {
        return pool;
    }

    /** Makes the next reading the first one. */
    void clear() throws SQLException {
        new JdbcTemplate(pool).execute("truncate table twilio_usage_position, twilio_usage_delivered, usage_daily");
    }

    @Override
    public void close() {
        pool.close();
    }
}
