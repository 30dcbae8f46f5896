package io.github.cameltwilio.usage.crash;

import io.github.cameltwilio.usage.state.DatabaseServer;
import io.github.cameltwilio.usage.state.MariaDb;
import org.junit.jupiter.api.Tag;

/** Kills a process whose state, and in some tests also its sink, is in MariaDB. */
@Tag("slow")
class MariaDbCrashTest extends DatabaseCrashTest {

    MariaDbCrashTest() {
        // Enough to show that an open transaction is rolled back. PostgresCrashTest kills more processes.
        super(2);
    }

    @Override
    DatabaseServer startServer() throws Exception {
        return MariaDb.start();
    }
}
