package io.github.cameltwilio.usage.state;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

import javax.sql.DataSource;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Assumptions;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A real database server, started from binaries of the package registry if they fit the machine. */
public final class DatabaseServer implements Closeable {
    // Long enough for a busy machine.
    private static final Duration START = Duration.ofMinutes(2);

    private final String url;
    private final Closeable server;

    DatabaseServer(String url, Closeable server) {
        this.url = url;
        this.server = server;
    }

    public static DatabaseServer postgres() throws IOException {
        assumeFits("PostgreSQL");
        EmbeddedPostgres postgres = EmbeddedPostgres.builder().setPGStartupWait(START).start();
        return new DatabaseServer(postgres.getJdbcUrl("postgres", "postgres"), postgres);
    }

    /** Starts a server that finds its data again after it was stopped. */
    public static DatabaseServer postgres(Path data, int port) throws IOException {
        assumeFits("PostgreSQL");
        EmbeddedPostgres postgres = EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false)
                .setPort(port).setPGStartupWait(START).start();
        return new DatabaseServer(postgres.getJdbcUrl("postgres", "postgres"), postgres);
    }

    static void assumeFits(String name) {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"),
                "Skipped: the " + name + " of the tests needs Linux on amd64");
    }

    /** The address of its database, with user and password. */
    public String url() {
        return url;
    }

    /** A new connection for each use. */
    public DataSource dataSource() {
        return new DriverManagerDataSource(url);
    }

    /** Creates the tables of the state. */
    public void createTables() {
        JdbcUsageStateRepository.TABLES.forEach(this::execute);
    }

    public void execute(String sql) {
        new JdbcTemplate(dataSource()).execute(sql);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
