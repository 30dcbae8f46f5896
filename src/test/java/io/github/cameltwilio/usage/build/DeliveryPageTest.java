package io.github.cameltwilio.usage.build;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.github.cameltwilio.usage.TwilioUsageTestSupport;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs the examples of the page as they are printed, against a database. */
class DeliveryPageTest extends TwilioUsageTestSupport {
    private static final Markdown PAGE = Markdown.page("docs/delivery.md");

    private final JdbcDataSource billing = new JdbcDataSource();

    @TempDir
    Path directory;

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).categories("sms", "calls", "totalprice");
    }

    @BeforeEach
    void prepare() throws Exception {
        billing.setUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
        context.getRegistry().bind("billing", billing);
        options();
        execute(PAGE.block("sql", "create table"));
        // The example reads this file from the class path, which is not writable here.
        Files.writeString(directory.resolve("upsert.sql"), PAGE.block("sql", "merge into"));
        context.start();
    }

    @Test
    void theSinkIsCorrectAfterCorrectionsAndAReplay() throws Exception {
        begin("startDate=-30days&stateFile=" + directory.resolve("usage.state"));
        await().untilAsserted(() -> assertThat(number("select count(*) from usage_daily")).isEqualByComparingTo("93"));
        simulator().correct(clock.today().minusDays(2), "sms", new BigDecimal("2"));
        await().untilAsserted(this::assertThatTheSinkIsTrue);

        stop();
        begin("startDate=-30days&stateFile=" + directory.resolve("another.state"));
        await().untilAsserted(this::assertThatTheSinkIsTrue);
        assertThat(number("select count(*) from usage_daily")).isEqualByComparingTo("93");
    }

    @Test
    void theMonthsReconcileWithTheDays() throws Exception {
        begin("startDate=2026-03-01&stateFile=" + directory.resolve("usage.state"));
        context.addRoutes(RouteCompiler.route(PAGE.block("java", "direct:months").replace("-365days", "2026-03-01")));
        await().untilAsserted(() -> assertThat(number("select count(*) from usage_daily")).isEqualByComparingTo("45"));

        UsageRecord march = (UsageRecord) template.requestBody("direct:months", null, List.class).get(0);
        Files.writeString(directory.resolve("sum.sql"), PAGE.block("sql", "select sum"));
        BigDecimal days = template.requestBodyAndHeaders("sql:file:" + directory.resolve("sum.sql")
                + "?dataSource=#billing&outputType=SelectOne", null,
                Map.of("first", march.startDate(), "last", march.endDate()),
                BigDecimal.class);
        assertThat(days).isPositive().isEqualByComparingTo(march.price());
    }

    @Test
    void theTablesMatchTheRepositoryAndCanBeReset() throws Exception {
        for (String statement : JdbcUsageStateRepository.TABLES) {
            assertThat(PAGE.text()).contains(statement);
            execute(statement);
        }
        context.getRegistry().bind("usageState", new JdbcUsageStateRepository(billing));
        begin("stateRepository=#usageState");
        await().untilAsserted(() -> assertThat(number("select count(*) from twilio_usage_position"))
                .isEqualByComparingTo("1"));
        stop();

        execute(PAGE.block("sql", "delete from twilio_usage_position"));
        execute(PAGE.block("sql", "delete from twilio_usage_delivered"));
        assertThat(number("select count(*) from twilio_usage_position")).isZero();
    }

    /** @param options replace those of the page, whose state file would be in the working directory */
    private void begin(String options) throws Exception {
        context.addRoutes(RouteCompiler.route(PAGE.block("java", "upsert.sql")
                .replaceFirst("startDate=-30days&stateFile=usage.state", options + "&initialDelay=0&delay=50")
                .replace("classpath:upsert.sql", "file:" + directory.resolve("upsert.sql"))));
    }

    private void stop() throws Exception {
        String route = context.getRoutes().get(0).getRouteId();
        context.getRouteController().stopRoute(route);
        context.removeRoute(route);
    }

    private void assertThatTheSinkIsTrue() throws SQLException {
        try (Connection connection = billing.getConnection();
                ResultSet rows = connection.createStatement().executeQuery("select * from usage_daily")) {
            while (rows.next()) {
                assertThat(rows.getBigDecimal("price")).as(rows.getString("record_key"))
                        .isEqualByComparingTo(simulator()
                                .usage(rows.getDate("usage_day").toLocalDate(), rows.getString("category")).price());
            }
        }
    }

    private BigDecimal number(String sql) throws SQLException {
        try (Connection connection = billing.getConnection();
                ResultSet row = connection.createStatement().executeQuery(sql)) {
            row.next();
            return row.getBigDecimal(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = billing.getConnection()) {
            connection.createStatement().execute(sql);
        }
    }
}
