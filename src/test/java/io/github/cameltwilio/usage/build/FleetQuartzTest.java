package io.github.cameltwilio.usage.build;

import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.cameltwilio.usage.ChildJvm;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import io.github.cameltwilio.usage.state.DatabaseServer;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

import static io.github.cameltwilio.usage.build.FleetPageTest.ACCOUNTS;
import static io.github.cameltwilio.usage.build.FleetPageTest.RECORDS;
import static io.github.cameltwilio.usage.build.FleetPageTest.YESTERDAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs the routes of the page that Quartz schedules, on two processes with one database. */
@Tag("slow")
class FleetQuartzTest {
    private static final Markdown PAGE = Markdown.page("docs/fleet.md");
    private static final int SHARDS = 6;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<Process> nodes = new ArrayList<>();
    private DatabaseServer postgres;
    private JdbcTemplate database;

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(FleetPageTest::simulated);

    @TempDir
    Path directory;

    @BeforeEach
    void createTables() throws IOException {
        postgres = DatabaseServer.postgres();
        postgres.createTables();
        database = new JdbcTemplate(postgres.dataSource());
        Markdown delivery = Markdown.page("docs/delivery.md");
        database.execute(delivery.block("sql", "create table usage_daily"));
        Files.writeString(directory.resolve("upsert.sql"), delivery.block("sql", "on conflict"));
        String tables = "/org/quartz/impl/jdbcjobstore/tables_postgres.sql";
        try (var script = FleetQuartzTest.class.getResourceAsStream(tables)) {
            database.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
        Files.writeString(directory.resolve("quartz.properties"), PAGE.block("properties", "isClustered")
                .replaceFirst("(?m)(\\.URL = ).*$", "$1" + postgres.url())
                .replace("clusterCheckinInterval = 5000", "clusterCheckinInterval = 1000"));
        Files.writeString(directory.resolve("application.properties"),
                PAGE.block("properties", "camel.component.quartz").replace("= quartz.properties", "= file:"
                        + directory.resolve("quartz.properties")) + """

                                camel.beans.billing = #class:com.zaxxer.hikari.HikariDataSource
                                camel.beans.billing.jdbc-url = %s
                                camel.beans.usageState = #class:%s(#bean:billing)
                                """.formatted(postgres.url(),
                                "io.github.cameltwilio.usage.state.JdbcUsageStateRepository"));
    }

    @AfterEach
    void stopNodes() throws Exception {
        for (Process node : nodes) {
            node.destroyForcibly().waitFor();
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    void theOtherNodeGoesOnWithoutLossOrDuplicates() throws Exception {
        startNode("one");
        // As documented: a node that loses the race to create a trigger does not start.
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(database
                .queryForObject("select count(*) from qrtz_triggers", Integer.class)).isEqualTo(SHARDS));
        startNode("two");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(rows()).isEqualTo(RECORDS));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(nodesOfQuartz()).hasSize(2));
        nodes.get(0).destroyForcibly().waitFor();
        long killed = System.nanoTime();
        List<String> accounts = new ArrayList<>(twilio.simulator().subaccountSids());
        accounts.add(twilio.simulator().accountSid());
        accounts.forEach(account -> twilio.simulator().correct(account, YESTERDAY, "sms", new BigDecimal("2")));

        await().atMost(PATIENCE).untilAsserted(() -> {
            for (String account : accounts) {
                assertThat(database.queryForObject("select price from usage_daily where account_sid = ? and category ="
                        + " 'sms' and usage_day = ?", BigDecimal.class, account, YESTERDAY)).as(account)
                        .isEqualByComparingTo(twilio.simulator().usage(account, YESTERDAY, "sms").price());
            }
        });
        System.out.printf("the other node had read every shard %.1f s after the kill%n",
                (System.nanoTime() - killed) / 1e9);
        assertThat(delivered("one") + delivered("two")).isEqualTo(RECORDS + ACCOUNTS);
    }

    private void startNode(String name) throws IOException {
        nodes.add(ChildJvm.of(Node.class, List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
                twilio.simulator(), directory.toString()).redirectOutput(output(name)).start());
    }

    private File output(String name) {
        return directory.resolve(name).toFile();
    }

    private int rows() {
        return database.queryForObject("select count(*) from usage_daily", Integer.class);
    }

    private List<String> nodesOfQuartz() {
        return database.queryForList("select instance_name from qrtz_scheduler_state", String.class);
    }

    /** Returns how many records a node has delivered. */
    private int delivered(String name) throws IOException {
        return Files.readAllLines(output(name).toPath()).stream().filter(line -> line.startsWith("delivered "))
                .mapToInt(line -> Integer.parseInt(line.substring("delivered ".length()))).sum();
    }

    /** The process of a node. */
    static final class Node {

        /** @param arguments base URL, account SID, auth token, directory */
        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[3]);
            Main main = new Main();
            main.setPropertyPlaceholderLocations("file:" + directory.resolve("application.properties"));
            main.addOverrideProperty("camel.component.twilio-usage.base-url", arguments[0]);
            main.addOverrideProperty("camel.component.twilio-usage.account-sid", arguments[1]);
            main.addOverrideProperty("camel.component.twilio-usage.auth-token", arguments[2]);
            RouteBuilder routes = RouteCompiler.route(PAGE.block("java", "scheduler=quartz")
                    .replace("0+0/15+*+*+*+?", "*+*+*+*+*+?")
                    .replace("classpath:upsert.sql", "file:" + directory.resolve("upsert.sql")));
            main.configure().addRoutesBuilder(routes);
            main.init();
            main.getCamelContext().getManagementStrategy().addEventNotifier(new EventNotifierSupport() {
                @Override
                public void notify(CamelEvent event) {
                    if (event instanceof CamelEvent.ExchangeCompletedEvent completed) {
                        System.out.println(
                                "delivered " + completed.getExchange().getMessage().getBody(List.class).size());
                    }
                }
            });
            main.run();
        }
    }
}
