package io.github.cameltwilio.usage;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import org.h2.jdbcx.JdbcDataSource;

/** Databases in memory with the tables of {@link JdbcUsageStateRepository}. */
final class StateDatabase {

    private StateDatabase() {
    }

    static JdbcDataSource create() {
        return create(UUID.randomUUID().toString());
    }

    static JdbcDataSource create(String name) {
        JdbcDataSource database = connectTo(name, "");
        try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
            for (String table : JdbcUsageStateRepository.TABLES) {
                statement.execute(table);
            }
            return database;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param options that follow the URL */
    static JdbcDataSource connectTo(String name, String options) {
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1" + options);
        return database;
    }
}
