package io.github.cameltwilio.usage.build;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

import javax.sql.DataSource;

import io.github.cameltwilio.usage.TwilioUsageTestSupport;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.state.DatabaseServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs the routes of the delivery page against a database. */
abstract class DeliveryPageTestSupport extends TwilioUsageTestSupport {
    static final Markdown PAGE = Markdown.page("docs/delivery.md");

    DataSource billing = new DriverManagerDataSource(
            "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");

    @TempDir
    Path directory;

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).categories("sms", "calls", "totalprice");
    }

    @BeforeEach
    void prepare() throws Exception {
        context.getRegistry().bind("billing", billing);
        options();
        execute(PAGE.block("sql", "create table usage_daily"));
        // The example reads this file from the class path, which is not writable here.
        Files.writeString(directory.resolve("upsert.sql"), PAGE.block("sql", "merge into"));
        context.start();
    }

    final void assertCorrectAfterCorrectionsAndReplay() throws Exception {
        begin("startDate=-30days&stateFile=" + directory.resolve("usage.state"));
        await().untilAsserted(() -> assertThat(number("select count(*) from usage_daily")).isEqualByComparingTo("93"));
        simulator().correct(clock.today().minusDays(2), "sms", new BigDecimal("2"));
        await().untilAsserted(this::assertThatTheSinkIsTrue);

        stop();
        begin("startDate=-30days&stateFile=" + directory.resolve("another.state"));
        await().untilAsserted(this::assertThatTheSinkIsTrue);
        assertThat(number("select count(*) from usage_daily")).isEqualByComparingTo("93");
    }

    /** Runs both upsert routes of the page, the first one with a replay of everything. */
    final void assertUpserts(DatabaseServer server, String upsert) throws Exception {
        billing = server.dataSource();
        context.getRegistry().bind("billing", billing);
        execute(PAGE.block("sql", "create table usage_daily"));
        Files.writeString(directory.resolve("upsert.sql"), upsert);
        assertCorrectAfterCorrectionsAndReplay();
        stop();
        beginBatches("batches.state");
        simulator().correct(clock.today().minusDays(1), "sms", new BigDecimal("2"));
        await().untilAsserted(this::assertThatTheSinkIsTrue);
        assertThat(number("select count(*) from usage_daily")).isEqualByComparingTo("93");
    }

    final void beginBatches(String stateFile) throws Exception {
        context.addRoutes(RouteCompiler.route(PAGE.block("java", "upsert.sql?dataSource=#billing&batch=true")
                .replace("stateFile=usage.state", "stateFile=" + directory.resolve(stateFile)
                        + "&initialDelay=0&delay=50")
                .replace("classpath:upsert.sql", "file:" + directory.resolve("upsert.sql"))));
    }

    /** @param options replace those on the page, whose state file would be in the working directory */
    final void begin(String options) throws Exception {
        context.addRoutes(
                RouteCompiler.route(PAGE.block("java", "startDate=-30days&stateFile=usage.state\")\n        .to(\"sql:")
                        .replaceFirst("startDate=-30days&stateFile=usage.state", options + "&initialDelay=0&delay=50")
                        .replace("classpath:upsert.sql", "file:" + directory.resolve("upsert.sql"))));
    }

    final void stop() throws Exception {
        String route = context.getRoutes().get(0).getRouteId();
        context.getRouteController().stopRoute(route);
        context.removeRoute(route);
    }

    final void assertThatTheSinkIsTrue() throws SQLException {
        try (Connection connection = billing.getConnection();
                ResultSet rows = connection.createStatement().executeQuery("select * from usage_daily")) {
            while (rows.next()) {
                assertThat(rows.getBigDecimal("price")).as(rows.getString("record_key"))
                        .isEqualByComparingTo(simulator()
                                .usage(rows.getDate("usage_day").toLocalDate(), rows.getString("category")).price());
            }
        }
    }

    final BigDecimal number(String sql) throws SQLException {
        try (Connection connection = billing.getConnection();
                ResultSet row = connection.createStatement().executeQuery(sql)) {
            row.next();
            return row.getBigDecimal(1);
        }
    }

    final void execute(String sql) throws SQLException {
        try (Connection connection = billing.getConnection()) {
            connection.createStatement().execute(sql);
        }
    }
}
