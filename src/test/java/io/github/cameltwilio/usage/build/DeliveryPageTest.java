package io.github.cameltwilio.usage.build;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.state.DatabaseServer;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs the examples of the delivery page as they are printed. */
class DeliveryPageTest extends DeliveryPageTestSupport {

    @Test
    void theSinkIsCorrectAfterCorrectionsAndAReplay() throws Exception {
        assertCorrectAfterCorrectionsAndReplay();
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

    @Test
    void upsertsPagesInOneBatchEach() throws Exception {
        beginBatches("usage.state");
        await().untilAsserted(() -> assertThat(number("select count(*) from usage_daily")).isEqualByComparingTo("93"));
        simulator().correct(clock.today().minusDays(2), "sms", new BigDecimal("2"));
        await().untilAsserted(this::assertThatTheSinkIsTrue);
    }

    @Test
    void upsertsIntoPostgres() throws Exception {
        try (DatabaseServer postgres = DatabaseServer.postgres()) {
            assertUpserts(postgres, PAGE.block("sql", "on conflict"));
        }
    }

    /** Opens a database that has the tables of the state, and returns its URL. */
    private String openDatabase() throws SQLException {
        String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
        billing = new DriverManagerDataSource(url);
        for (String statement : JdbcUsageStateRepository.TABLES) {
            execute(statement);
        }
        return url;
    }

    @Test
    void commitsRowsAndStateInOneTransaction() throws Exception {
        String url = openDatabase();
        execute("create table usage_changes (record_key varchar(200), price decimal(30, 10), delivered_at timestamp)");
        Files.writeString(directory.resolve("insert.sql"), PAGE.block("sql", "insert into usage_changes"));
        Main main = main(PAGE.block("properties", "transactions").replace("{{env:BILLING_URL}}", url));
        main.configure().addRoutesBuilder(RouteCompiler.route(PAGE.block("java", "transactedPolicy")
                .replace("splitResult=false", "splitResult=false&initialDelay=0&delay=50")
                .replace("startDate=-30days", "startDate=2026-03-01")
                .replace("classpath:insert.sql", "file:" + directory.resolve("insert.sql"))));
        main.start();
        try {
            await().untilAsserted(
                    () -> assertThat(number("select count(*) from usage_changes")).isEqualByComparingTo("45"));
            // The state keeps the values of the look-back alone as soon as the watermark has moved.
            await().untilAsserted(() -> assertThat(number("select count(*) from twilio_usage_delivered"))
                    .isEqualByComparingTo("12"));
        } finally {
            main.stop();
        }
    }

    @Test
    void keepsTheStateInADatabaseByProperties() throws Exception {
        String url = openDatabase();
        Main main = main(PAGE.block("properties", "camel.beans.pool ").replace("{{env:USAGE_DATABASE_URL}}", url));
        main.configure().addRoutesBuilder(RouteCompiler.route(
                "from(\"twilio-usage:records?subresource=daily&initialDelay=0&delay=50\").to(\"log:usage\");"));
        main.start();
        try {
            await().untilAsserted(() -> assertThat(number("select count(*) from twilio_usage_delivered"))
                    .isEqualByComparingTo("12"));
        } finally {
            main.stop();
        }
    }

    /** As the application.properties of an application, because Camel creates the beans in the order of the file. */
    private Main main(String properties) throws Exception {
        List<String> lines = new ArrayList<>(properties.lines().toList());
        simulator().componentProperties().forEach(
                (option, value) -> lines.add("camel.component.twilio-usage." + option + " = " + value));
        Path file = Files.write(directory.resolve("application.properties"), lines);
        Main main = new Main();
        main.setPropertyPlaceholderLocations("file:" + file);
        return main;
    }
}
