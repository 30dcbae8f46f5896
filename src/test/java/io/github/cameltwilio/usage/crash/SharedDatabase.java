package io.github.cameltwilio.usage.crash;

import java.io.Closeable;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;

/** A database server of its own, whose tables outlive the processes that connect to it. */
abstract class SharedDatabase implements Closeable {

    /** H2, in this JVM. */
    static final class H2 extends SharedDatabase {
        private final Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();

        H2() throws SQLException {
            createTables();
        }

        /** For the owner of the tables. */
        String url() {
            return urlOfUser() + ";DB_CLOSE_DELAY=-1";
        }

        private String urlOfUser() {
            return "jdbc:h2:tcp://localhost:" + server.getPort() + "/mem:usage" + server.getPort();
        }

        @Override
        DataSource owner() {
            JdbcDataSource database = new JdbcDataSource();
            database.setUrl(url());
            return database;
        }

        @Override
        DataSource createUser() throws SQLException {
            execute("SET DEFAULT_LOCK_TIMEOUT 50");
            execute("CREATE USER application PASSWORD 'secret'");
            JdbcDataSource database = new JdbcDataSource();
            database.setUrl(urlOfUser());
            database.setUser("application");
            database.setPassword("secret");
            return database;
        }

        @Override
        public void close() {
            server.stop();
        }
    }

    /** PostgreSQL, in processes of its own. */
    static final class Postgres extends SharedDatabase {
        private final EmbeddedPostgres server = EmbeddedPostgres.start();

        Postgres() throws Exception {
            createTables();
        }

        @Override
        DataSource owner() {
            return server.getPostgresDatabase();
        }

        @Override
        DataSource createUser() throws SQLException {
            execute("CREATE USER application");
            execute("ALTER USER application SET lock_timeout = 50");
            return server.getDatabase("application", "postgres");
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    final void createTables() throws SQLException {
        for (String statement : JdbcUsageStateRepository.TABLES) {
            execute(statement);
        }
    }

    /** Returns how the owner of the tables connects. */
    abstract DataSource owner();

    /** Creates a user who waits for locks only briefly, and has no rights yet. */
    abstract DataSource createUser() throws SQLException;

    /** A user who may read and write, until {@link #setReadOnly}. */
    final DataSource user() throws SQLException {
        DataSource user = createUser();
        execute("GRANT SELECT ON twilio_usage_position, twilio_usage_delivered TO application");
        setReadOnly(false);
        return user;
    }

    /** Makes the database look to the user like a standby after a failover, or a server whose disk is full. */
    final void setReadOnly(boolean readOnly) throws SQLException {
        execute((readOnly ? "REVOKE" : "GRANT") + " INSERT, UPDATE, DELETE ON twilio_usage_position,"
                + " twilio_usage_delivered " + (readOnly ? "FROM" : "TO") + " application");
    }

    /** Locks all rows until the connection is closed. */
    final Connection lock() throws SQLException {
        Connection connection = owner().getConnection();
        connection.setAutoCommit(false);
        connection.createStatement().executeQuery("SELECT * FROM twilio_usage_position FOR UPDATE").close();
        connection.createStatement().executeQuery("SELECT * FROM twilio_usage_delivered FOR UPDATE").close();
        return connection;
    }

    final void execute(String statement) throws SQLException {
        try (Connection connection = owner().getConnection()) {
            connection.createStatement().execute(statement);
        }
    }
}
