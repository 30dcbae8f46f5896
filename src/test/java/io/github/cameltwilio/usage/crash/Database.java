package io.github.cameltwilio.usage.crash;

import java.sql.Connection;

import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;

/** A database that outlives the processes that use it. */
final class Database implements AutoCloseable {
    private final Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();

    Database() throws Exception {
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl(url());
        try (Connection connection = database.getConnection()) {
            for (String statement : JdbcUsageStateRepository.TABLES) {
                connection.createStatement().execute(statement);
            }
        }
    }

    String url() {
        return "jdbc:h2:tcp://localhost:" + server.getPort() + "/mem:usage" + server.getPort() + ";DB_CLOSE_DELAY=-1";
    }

    @Override
    public void close() {
        server.stop();
    }
}
