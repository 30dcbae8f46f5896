package io.github.cameltwilio.usage.crash;

import java.sql.Connection;

import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;

/** A database server in this JVM, whose tables outlive the processes that connect to it. */
final class SharedDatabase implements AutoCloseable {
    private final Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();

    SharedDatabase() throws Exception {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setUrl(url());
        try (Connection connection = dataSource.getConnection()) {
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
