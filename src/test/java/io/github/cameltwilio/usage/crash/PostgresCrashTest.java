package io.github.cameltwilio.usage.crash;

import io.github.cameltwilio.usage.state.DatabaseServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/** Kills a process whose state, and in some tests also its sink, is in PostgreSQL. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresCrashTest extends CrashTestSupport {
    // Half as many as with a file: the steps of a transaction are covered by crashes at each of them.
    private static final int KILLS = Integer.getInteger("kills", 3);

    private DatabaseServer server;

    DatabaseServer startServer() throws Exception {
        return DatabaseServer.postgres();
    }

    @BeforeAll
    void openDatabase() throws Exception {
        server = startServer();
        server.createTables();
    }

    @BeforeEach
    void clearTables() {
        server.execute("delete from twilio_usage_position");
        server.execute("delete from twilio_usage_delivered");
        server.execute("drop table if exists " + CrashScenario.SINK_TABLE);
        server.execute("create table " + CrashScenario.SINK_TABLE
                + " (number serial primary key, delivery varchar(200))");
    }

    @AfterAll
    void stopServer() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void keepsGuaranteeOverRandomKills() throws Exception {
        assertGuaranteeHolds(killRandomly(KILLS, server.url(), Variant.PRODUCTION));
    }

    @Test
    void deliversExactlyOnceOverRandomKillsInOneTransaction() throws Exception {
        assertExactlyOnce(killRandomly(KILLS, server.url(), Variant.ONE_TRANSACTION));
    }

    @Test
    void deliversExactlyOnceOverCrashAtEachStepOfOneTransaction() throws Exception {
        assertExactlyOnce(crashAt(server.url(), Variant.ONE_TRANSACTION, "BEFORE_UPDATE", "AFTER_UPDATE",
                "BEFORE_DELIVERY", "AFTER_DELIVERY", "BEFORE_COMMIT", "AFTER_COMMIT"));
    }

    @Test
    void detectsDuplicatesWithoutOneTransaction() throws Exception {
        assertThat(crashAt(server.url(), Variant.TWO_TRANSACTIONS, "AFTER_DELIVERY").duplicates()).isEqualTo(1);
    }

    private static void assertExactlyOnce(CrashScenario.Outcome outcome) {
        assertGuaranteeHolds(outcome);
        assertThat(outcome.duplicates()).as("duplicate deliveries with seed %s: %s", SEED, outcome).isZero();
    }
}
