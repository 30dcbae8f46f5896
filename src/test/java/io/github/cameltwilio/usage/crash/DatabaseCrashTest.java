package io.github.cameltwilio.usage.crash;

import io.github.cameltwilio.usage.state.DatabaseServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/** Kills a process whose state, and in some tests also its sink, is in a database. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseCrashTest extends CrashTestSupport {
    private final int kills;
    private DatabaseServer server;

    /** @param kills the number of random kills, unless {@code -Dkills} is set */
    DatabaseCrashTest(int kills) {
        this.kills = Integer.getInteger("kills", kills);
    }

    abstract DatabaseServer startServer() throws Exception;

    final String url() {
        return server.url();
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
        assertGuaranteeHolds(killRandomly(kills, url(), Variant.PRODUCTION));
    }

    @Test
    void deliversExactlyOnceOverRandomKillsInOneTransaction() throws Exception {
        assertExactlyOnce(killRandomly(kills, url(), Variant.ONE_TRANSACTION));
    }

    @Test
    void deliversExactlyOnceOverCrashAtEachStepOfOneTransaction() throws Exception {
        assertExactlyOnce(crashAt(url(), Variant.ONE_TRANSACTION, "BEFORE_UPDATE", "AFTER_UPDATE",
                "BEFORE_DELIVERY", "AFTER_DELIVERY", "BEFORE_COMMIT", "AFTER_COMMIT"));
    }

    private static void assertExactlyOnce(CrashScenario.Outcome outcome) {
        assertGuaranteeHolds(outcome);
        assertThat(outcome.duplicates()).as("duplicate deliveries with seed %s: %s", SEED, outcome).isZero();
    }
}
