package io.github.cameltwilio.usage.crash;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;

/** A database server in this JVM, whose tables outlive the processes that connect to it. */
final class SharedDatabase implements AutoCloseable {
    private final Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();

    SharedDatabase() throws Exception {
        for (String statement : JdbcUsageStateRepository.TABLES) {
            execute(statement);
        }
    }

    String url() {
        return urlOfUser() + ";DB_CLOSE_DELAY=-1";
    }

    private String urlOfUser() {
        return "jdbc:h2:tcp://localhost:" + server.getPort() + "/mem:usage" + server.getPort();
    }

    /** A user who may read and write, until {@link #setReadOnly}. */
    DataSource user() throws SQLException {
        execute("SET DEFAULT_LOCK_TIMEOUT 50");
        execute("CREATE USER application PASSWORD 'secret'");
        execute("GRANT SELECT ON twilio_usage_position, twilio_usage_delivered TO application");
        setReadOnly(false);
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl(urlOfUser());
        database.setUser("application");
        database.setPassword("secret");
        return database;
    }

    /** What the user notices of a standby after a failover, or of a server whose disk is full. */
    void setReadOnly(boolean readOnly) throws SQLException {
        execute((readOnly ? "REVOKE" : "GRANT") + " INSERT, UPDATE, DELETE ON twilio_usage_position,"
                + " twilio_usage_delivered " + (readOnly ? "FROM" : "TO") + " application");
    }

    /** Locks all rows until the connection is closed. */
    Connection lock() throws SQLException {
        Connection connection = owner().getConnection();
        connection.setAutoCommit(false);
        connection.createStatement().executeQuery("SELECT * FROM twilio_usage_position FOR UPDATE").close();
        connection.createStatement().executeQuery("SELECT * FROM twilio_usage_delivered FOR UPDATE").close();
        return connection;
    }

    private void execute(String statement) throws SQLException {
        try (Connection connection = owner().getConnection()) {
            connection.createStatement().execute(statement);
        }
    }

    private DataSource owner() {
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl(url());
        return database;
    }

    @Override
    public void close() {
        server.stop();
    }
}
