package io.github.cameltwilio.usage.crash;

import io.github.cameltwilio.usage.state.DatabaseServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Kills a process whose state, and in some tests also its sink, is in PostgreSQL. */
@Tag("slow")
class PostgresCrashTest extends DatabaseCrashTest {

    PostgresCrashTest() {
        // Fewer than with a file, because another test crashes at each step of a transaction.
        super(3);
    }

    @Override
    DatabaseServer startServer() throws Exception {
        return DatabaseServer.postgres();
    }

    @Test
    void detectsDuplicatesWithoutOneTransaction() throws Exception {
        assertThat(crashAt(url(), Variant.TWO_TRANSACTIONS, "AFTER_DELIVERY").duplicates()).isEqualTo(1);
    }
}
