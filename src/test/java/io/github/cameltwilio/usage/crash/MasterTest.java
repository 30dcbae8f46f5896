package io.github.cameltwilio.usage.crash;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.cameltwilio.usage.ChildJvm;
import io.github.cameltwilio.usage.TestClock;
import io.github.cameltwilio.usage.TestCluster;
import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.Scope;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Two processes run the same consumer and share its state in one database. */
@Tag("slow")
class MasterTest {
    private static final LocalDate FIRST_DAY = LocalDate.parse("2026-02-01");
    private static final int RECORDS = 2 * 42;

    private final TestClock clock = new TestClock("2026-03-15T12:00:00Z");

    @TempDir
    Path directory;

    @Test
    void failsOverWithoutLossOrDuplicatesBehindMaster() throws Exception {
        try (TwilioUsageSimulator simulator = simulator(); SharedDatabase.H2 database = new SharedDatabase.H2()) {
            Map<String, Process> nodes = Map.of("one", node("one", "master:usage:", simulator, database),
                    "two", node("two", "master:usage:", simulator, database));
            try {
                awaitDeliveries(RECORDS);
                assertThat(deliveries()).extracting(line -> line[0]).as("nodes that deliver")
                        .containsOnly(deliveries().get(0)[0]);

                String leader = deliveries().get(0)[0];
                // A leader killed between a delivery and its write to the state would cause a duplicate.
                await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(watermark(simulator, database))
                        .isEqualTo(LocalDate.parse("2026-03-14")));
                nodes.get(leader).destroyForcibly().waitFor();
                simulator.correct(LocalDate.parse("2026-03-13"), "sms", new BigDecimal("2"));
                awaitDeliveries(RECORDS + 1);
                assertThat(deliveries().get(RECORDS)[0]).isNotEqualTo(leader);
                assertThat(lastPrice("sms 2026-03-13")).isEqualTo(expectedPrice(simulator, "2026-03-13"));
                assertThat(deliveries()).extracting(line -> line[1] + line[2]).doesNotHaveDuplicates();
            } finally {
                kill(nodes);
            }
        }
    }

    @Test
    void losesNothingWhenBothNodesDeliverWithoutMaster() throws Exception {
        try (TwilioUsageSimulator simulator = simulator(); SharedDatabase.H2 database = new SharedDatabase.H2()) {
            Map<String, Process> nodes = Map.of("one", node("one", "", simulator, database),
                    "two", node("two", "", simulator, database));
            try {
                awaitDeliveries(RECORDS);
                simulator.correct(LocalDate.parse("2026-03-13"), "sms", new BigDecimal("2"));
                await().atMost(Duration.ofMinutes(1)).untilAsserted(
                        () -> assertThat(lastPrice("sms 2026-03-13"))
                                .isEqualTo(expectedPrice(simulator, "2026-03-13")));
                // Each node delivers a record at most once, or once more if both do so at the same time (decision 8).
                assertThat(deliveries()).extracting(line -> line[1]).hasSizeBetween(RECORDS, 3 * RECORDS);
            } finally {
                kill(nodes);
            }
        }
    }

    private TwilioUsageSimulator simulator() {
        return TwilioUsageSimulator.builder().clock(clock).accountCreated(FIRST_DAY).categories("sms", "calls")
                .zeroShare(0).start();
    }

    private Process node(String name, String uriPrefix, TwilioUsageSimulator simulator, SharedDatabase.H2 database)
            throws IOException {
        return ChildJvm.of(ClusterNode.class, List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"), simulator, name,
                uriPrefix, database.url(),
                directory.toString()).redirectOutput(directory.resolve("output-" + name).toFile()).start();
    }

    private void awaitDeliveries(int distinctDeliveries) {
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(deliveries().stream()
                .map(line -> line[1] + line[2]).distinct()).hasSize(distinctDeliveries));
    }

    private static LocalDate watermark(TwilioUsageSimulator simulator, SharedDatabase.H2 database) {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setUrl(database.url());
        return new JdbcUsageStateRepository(dataSource)
                .position(new ReaderId(simulator.accountSid(), Scope.all, Subresource.daily, List.of()))
                .map(Position::watermark).orElse(null);
    }

    private List<String[]> deliveries() throws IOException {
        Path sink = directory.resolve("sink");
        return Files.exists(sink) ? Files.readAllLines(sink).stream().map(line -> line.split("\t")).toList()
                : List.of();
    }

    private String lastPrice(String key) throws IOException {
        Map<String, String> lastPrices = new HashMap<>();
        deliveries().forEach(line -> lastPrices.put(line[1], line[2]));
        return lastPrices.get(key);
    }

    private static String expectedPrice(TwilioUsageSimulator simulator, String day) {
        return ChangingTwilio.plain(simulator.usage(LocalDate.parse(day), "sms").price());
    }

    private static void kill(Map<String, Process> nodes) throws InterruptedException {
        for (Process node : nodes.values()) {
            node.destroyForcibly().waitFor();
        }
    }

    /** The process of a node. */
    static final class ClusterNode {

        /** @param arguments base URL, account SID, auth token, name, URI prefix, database URL, directory */
        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[6]);
            FileChannel sink = FileChannel.open(directory.resolve("sink"), StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            JdbcDataSource dataSource = new JdbcDataSource();
            dataSource.setUrl(arguments[5]);

            DefaultCamelContext context = new DefaultCamelContext();
            context.addService(TestCluster.in(directory.resolve("cluster")));
            ChildJvm.connect(context, arguments).setStateRepository(new JdbcUsageStateRepository(dataSource));
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from(arguments[4] + "twilio-usage:records?subresource=daily&endDate=yesterday&startDate="
                            + FIRST_DAY
                            + "&initialDelay=0&delay=20").process(exchange -> {
                                UsageRecord usage = exchange.getMessage().getBody(UsageRecord.class);
                                sink.write(ByteBuffer
                                        .wrap((arguments[3] + "\t" + usage.category() + " " + usage.startDate()
                                                + "\t" + ChangingTwilio.plain(usage.price()) + "\n")
                                                .getBytes(StandardCharsets.UTF_8)));
                            });
                }
            });
            context.start();
            Thread.currentThread().join();
        }
    }
}
