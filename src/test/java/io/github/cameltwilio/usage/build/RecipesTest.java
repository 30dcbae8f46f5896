package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import io.github.cameltwilio.usage.TwilioUsageTestSupport;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.state.DatabaseServer;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs the recipes as they are printed, except those for Kafka and Grafana, which have tests of their own. */
class RecipesTest extends TwilioUsageTestSupport {
    private static final Markdown DELIVERY = Markdown.page("docs/delivery.md");
    private static final String NOW = "initialDelay=0&delay=50";

    @TempDir
    Path directory;

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).categories("sms", "sms-inbound", "calls", "totalprice")
                .subaccount("Shop", LocalDate.parse("2026-01-01")).subaccount("New", LocalDate.parse("2026-03-10"));
    }

    @Test
    void writesRecordsIntoPostgres() throws Exception {
        Markdown recipe = Markdown.page("docs/recipes/postgresql.md");
        try (DatabaseServer postgres = DatabaseServer.postgres()) {
            postgres.createTables();
            postgres.execute(DELIVERY.block("sql", "create table usage_daily"));
            Path upsert = Files.writeString(directory.resolve("upsert.sql"), DELIVERY.block("sql", "on conflict"));
            Main main = main(recipe.block("properties", "HikariDataSource").replace("{{env:BILLING_URL}}",
                    postgres.url()));
            main.configure().withRoutesIncludePattern("file:" + Files.writeString(directory.resolve("route.yaml"),
                    recipe.block("yaml", "splitResult").replace("startDate: -30days",
                            "startDate: 2026-03-01\n      initialDelay: 0\n      delay: 50")
                            .replace("classpath:upsert.sql", "file:" + upsert)));
            main.start();
            try {
                JdbcTemplate database = new JdbcTemplate(postgres.dataSource());
                await().untilAsserted(() -> assertThat(count(database, "usage_daily")).isEqualTo(4 * 15));
                simulator().correct(clock.today().minusDays(1), "calls", new BigDecimal("2"));

                await().untilAsserted(() -> assertThat(database.queryForObject("select sum(price) from usage_daily"
                        + " where category = 'totalprice'", BigDecimal.class)).isEqualByComparingTo(
                                bill(simulator().accountSid(), "2026-03-01", "2026-03-15").add(bill(shop(),
                                        "2026-03-01", "2026-03-15"))
                                        .add(bill(simulator().subaccountSids().get(1), "2026-03-01", "2026-03-15"))));
                assertThat(count(database, "usage_daily")).isEqualTo(4 * 15);
                assertThat(count(database, "twilio_usage_position")).isEqualTo(1);
                assertThat(main.getCamelContext().getRegistry().lookupByNameAndType("billing", HikariDataSource.class)
                        .getHikariPoolMXBean().getTotalConnections()).isBetween(1, 2);
            } finally {
                main.stop();
            }
        }
    }

    @Test
    void writesABillPerSubaccount() throws Exception {
        context.addRoutes(RouteCompiler.route(Markdown.page("docs/recipes/bills.md").block("java", "class MonthlyBills")
                .replace("timer:bills?period=24h", "direct:bills").replace("target/bills", directory.toString())));
        options();
        context.start();
        simulator().correct(shop(), LocalDate.parse("2026-02-10"), "sms", new BigDecimal("3"));
        template.sendBody("direct:bills", null);
        simulator().correct(LocalDate.parse("2026-02-11"), "sms", new BigDecimal("2"));
        template.sendBody("direct:bills", null);

        for (String account : List.of(simulator().accountSid(), shop())) {
            List<String> lines = bill(account);
            assertThat(lines).allSatisfy(line -> assertThat(line).startsWith(account + ",2026-02-01,"))
                    .anyMatch(line -> line.contains(",sms-inbound,"));
            assertThat(lines.stream().map(line -> new BigDecimal(line.split(",")[3])).reduce(BigDecimal::add)
                    .orElseThrow()).isEqualByComparingTo(bill(account, "2026-02-01", "2026-02-28"));
        }
        assertThat(bill(simulator().subaccountSids().get(1))).as("an account that did not exist").isEmpty();
    }

    @Test
    void alertsOnceForEachAccountAndDay() throws Exception {
        Path sent = directory.resolve("sent.txt");
        String recipe = Markdown.page("docs/recipes/alerts.md").block("java", "class SpendAlerts")
                .replace("delay=5m", NOW).replace("target/alerts-of-accounts.txt", sent.toString())
                .replace("> 50", "> 100000");
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:alert").to("mock:alert");
            }
        });
        MockEndpoint alerts = getMockEndpoint("mock:alert");
        RouteBuilder route = RouteCompiler.route(recipe);
        context.addRoutes(route);
        spend(shop());
        await().untilAsserted(() -> assertThat(alerts.getReceivedExchanges()).hasSize(1));
        spend(simulator().accountSid());
        await().untilAsserted(() -> assertThat(alerts.getReceivedExchanges()).hasSize(2));
        assertThat(alerts.getReceivedExchanges())
                .extracting(alert -> alert.getMessage().getHeader("CamelTwilioUsageAccountName"))
                .containsExactly("Shop", "Simulated account");

        String id = route.getRouteCollection().getRoutes().get(0).getRouteId();
        context.getRouteController().stopRoute(id);
        context.removeRoute(id);
        simulator().correct(shop(), clock.today(), "calls", new BigDecimal("2"));
        context.addRoutes(RouteCompiler.route(recipe));
        clock.advance(Duration.ofDays(1));
        spend(shop());
        await().untilAsserted(() -> assertThat(alerts.getReceivedExchanges()).as("the next day").hasSize(3));
        await().untilAsserted(() -> assertThat(Files.readAllLines(sent)).hasSize(3).doesNotHaveDuplicates());
    }

    private void spend(String account) {
        simulator().correct(account, clock.today(), "sms", new BigDecimal("1000000"));
    }

    private String shop() {
        return simulator().subaccountSids().get(0);
    }

    /** The lines of an account's file, without the title. */
    private List<String> bill(String account) throws IOException {
        List<String> lines = Files.readAllLines(directory.resolve(account + ".csv"));
        assertThat(lines.get(0)).isEqualTo("account,month,category,price,currency");
        return lines.subList(1, lines.size());
    }

    /** What one account, without its subaccounts, owes for these days. */
    private BigDecimal bill(String account, String first, String last) {
        return LocalDate.parse(first).datesUntil(LocalDate.parse(last).plusDays(1))
                .map(day -> simulator().usage(account, day, "totalprice").price()).reduce(BigDecimal::add)
                .orElseThrow();
    }

    private static Integer count(JdbcTemplate database, String table) {
        return database.queryForObject("select count(*) from " + table, Integer.class);
    }

    /** As the application.properties of an application, because Camel creates the beans in the order of the file. */
    private Main main(String properties) throws IOException {
        List<String> lines = new ArrayList<>(properties.lines().toList());
        simulator().componentProperties().forEach(
                (option, value) -> lines.add("camel.component.twilio-usage." + option + " = " + value));
        Main main = new Main();
        main.setPropertyPlaceholderLocations("file:" + Files.write(directory.resolve("application.properties"), lines));
        return main;
    }
}
