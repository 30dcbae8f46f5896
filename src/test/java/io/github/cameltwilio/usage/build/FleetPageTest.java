package io.github.cameltwilio.usage.build;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cameltwilio.usage.TestClock;
import io.github.cameltwilio.usage.TestCluster;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.support.PropertyBindingSupport;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs the routes of the page on one node and then another one, which are contexts with one database. */
class FleetPageTest {
    private static final Markdown PAGE = Markdown.page("docs/fleet.md");
    private static final LocalDate CREATED = LocalDate.parse("2026-03-01");
    static final LocalDate YESTERDAY = LocalDate.parse("2026-03-14");
    static final int ACCOUNTS = 13;
    // The current day and the three of the look-back, of two categories.
    static final int RECORDS = ACCOUNTS * 4 * 2;

    private final String databaseUrl = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    private final List<DefaultCamelContext> nodes = new ArrayList<>();
    private final AtomicInteger delivered = new AtomicInteger();

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(FleetPageTest::simulated);

    @TempDir
    Path directory;

    static TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        for (int account = 1; account < ACCOUNTS; account++) {
            simulator.subaccount("sub" + account, CREATED);
        }
        return simulator.clock(new TestClock("2026-03-15T12:00:00Z")).accountCreated(CREATED).categories("sms", "calls")
                .zeroShare(0);
    }

    @BeforeEach
    void createTables() throws Exception {
        Markdown delivery = Markdown.page("docs/delivery.md");
        // The example reads this file from the class path, which is not writable here.
        Files.writeString(directory.resolve("upsert.sql"), delivery.block("sql", "merge into"));
        try (Connection connection = database().getConnection()) {
            connection.createStatement().execute(delivery.block("sql", "create table usage_daily"));
            for (String table : JdbcUsageStateRepository.TABLES) {
                connection.createStatement().execute(table);
            }
        }
    }

    @AfterEach
    void stopNodes() {
        nodes.forEach(DefaultCamelContext::stop);
    }

    @Test
    void anotherNodeResumesEveryShardWithoutLossOrDuplicates() throws Exception {
        DefaultCamelContext first = startNode();
        await().untilAsserted(() -> assertThat(rows()).isEqualTo(RECORDS));
        first.stop();
        startNode();
        List<String> accounts = new ArrayList<>(twilio.simulator().subaccountSids());
        accounts.add(twilio.simulator().accountSid());
        accounts.forEach(account -> twilio.simulator().correct(account, YESTERDAY, "sms", new BigDecimal("2")));

        await().untilAsserted(() -> {
            for (String account : accounts) {
                assertThat(price(account)).as(account)
                        .isEqualByComparingTo(twilio.simulator().usage(account, YESTERDAY, "sms").price());
            }
        });
        assertThat(rows()).isEqualTo(RECORDS);
        assertThat(delivered).hasValue(RECORDS + ACCOUNTS);
    }

    @Test
    void theProjectHasTheKafkaRouteOfThePage() {
        assertThat(Path.of("src/it/fleet/src/main/java/com/example/UsageToKafka.java")).content()
                .isEqualTo("package com.example;\n\n" + PAGE.block("java", "kafka:usage"));
    }

    private DefaultCamelContext startNode() throws Exception {
        DefaultCamelContext node = new DefaultCamelContext();
        nodes.add(node);
        node.addService(TestCluster.in(directory.resolve("cluster")));
        JdbcDataSource database = database();
        node.getRegistry().bind("billing", database);
        node.getRegistry().bind("usageState", new JdbcUsageStateRepository(database));
        PropertyBindingSupport.bindProperties(node, node.getComponent("twilio-usage"),
                new HashMap<>(twilio.simulator().componentProperties()));
        node.getManagementStrategy().addEventNotifier(new EventNotifierSupport() {
            @Override
            public void notify(CamelEvent event) {
                if (event instanceof CamelEvent.ExchangeCompletedEvent completed) {
                    delivered.addAndGet(completed.getExchange().getMessage().getBody(List.class).size());
                }
            }
        });
        node.addRoutes(RouteCompiler.route(PAGE.block("java", "master:")
                .replace("&pageSize=1000", "&pageSize=1000&initialDelay=0&delay=50")
                .replace("classpath:upsert.sql", "file:" + directory.resolve("upsert.sql"))));
        node.start();
        return node;
    }

    private int rows() throws SQLException {
        try (Connection connection = database().getConnection();
                ResultSet row = connection.createStatement().executeQuery("select count(*) from usage_daily")) {
            row.next();
            return row.getInt(1);
        }
    }

    private BigDecimal price(String account) throws SQLException {
        try (Connection connection = database().getConnection();
                ResultSet row = connection.createStatement().executeQuery("select price from usage_daily where"
                        + " account_sid = '" + account + "' and category = 'sms' and usage_day = '" + YESTERDAY
                        + "'")) {
            row.next();
            return row.getBigDecimal(1);
        }
    }

    private JdbcDataSource database() {
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl(databaseUrl);
        return database;
    }
}
