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
import java.util.concurrent.TimeUnit;

import io.github.cameltwilio.usage.ChildJvm;
import io.github.cameltwilio.usage.TestClock;
import io.github.cameltwilio.usage.TwilioUsageComponent;
import io.github.cameltwilio.usage.TwilioUsageConfiguration;
import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.file.cluster.FileLockClusterService;
import org.apache.camel.impl.DefaultCamelContext;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Two processes with the same consumer, on one database. */
@Tag("slow")
class MasterTest {
    private static final LocalDate FIRST_DAY = LocalDate.parse("2026-02-01");
    private static final int RECORDS = 2 * 42;

    private final TestClock clock = new TestClock("2026-03-15T12:00:00Z");

    @TempDir
    Path directory;

    @Test
    void withMasterOneNodeDeliversAndTheOtherTakesOverWithoutLossOrRepetition() throws Exception {
        try (TwilioUsageSimulator simulator = simulator(); Database database = new Database()) {
            Map<String, Process> nodes = Map.of("one", node("one", "master:usage:", simulator, database),
                    "two", node("two", "master:usage:", simulator, database));
            try {
                awaitDeliveries(RECORDS);
                assertThat(deliveries()).extracting(line -> line[0]).as("only one delivers")
                        .containsOnly(deliveries().get(0)[0]);

                String leader = deliveries().get(0)[0];
                // The sink has a record before the state knows of it: a leader that dies in between repeats it.
                await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(watermark(simulator, database))
                        .isEqualTo(LocalDate.parse("2026-03-14")));
                nodes.get(leader).destroyForcibly().waitFor();
                simulator.correct(LocalDate.parse("2026-03-13"), "sms", new BigDecimal("2"));
                awaitDeliveries(RECORDS + 1);
                assertThat(deliveries().get(RECORDS)[0]).isNotEqualTo(leader);
                assertThat(last("sms 2026-03-13")).isEqualTo(truth(simulator, "2026-03-13"));
                assertThat(deliveries()).extracting(line -> line[1] + line[2]).doesNotHaveDuplicates();
            } finally {
                end(nodes);
            }
        }
    }

    @Test
    void withoutMasterNothingIsLostThoughBothDeliver() throws Exception {
        try (TwilioUsageSimulator simulator = simulator(); Database database = new Database()) {
            Map<String, Process> nodes = Map.of("one", node("one", "", simulator, database),
                    "two", node("two", "", simulator, database));
            try {
                awaitDeliveries(RECORDS);
                simulator.correct(LocalDate.parse("2026-03-13"), "sms", new BigDecimal("2"));
                await().atMost(Duration.ofMinutes(1)).untilAsserted(
                        () -> assertThat(last("sms 2026-03-13")).isEqualTo(truth(simulator, "2026-03-13")));
                // Once by each, and once more where they were at it in the same moment: decision 8.
                assertThat(deliveries()).extracting(line -> line[1]).hasSizeBetween(RECORDS, 3 * RECORDS);
            } finally {
                end(nodes);
            }
        }
    }

    private TwilioUsageSimulator simulator() {
        return TwilioUsageSimulator.builder().clock(clock).accountCreated(FIRST_DAY).categories("sms", "calls")
                .zeroShare(0)
                .start();
    }

    private Process node(String name, String master, TwilioUsageSimulator simulator, Database database)
            throws IOException {
        return ChildJvm.of(Node.class, List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"), name, master,
                simulator.baseUrl().toString(), simulator.accountSid(), simulator.authToken(), database.url(),
                directory.toString()).redirectOutput(directory.resolve("output-" + name).toFile()).start();
    }

    private void awaitDeliveries(int different) {
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(deliveries().stream()
                .map(line -> line[1] + line[2]).distinct()).hasSize(different));
    }

    private static LocalDate watermark(TwilioUsageSimulator simulator, Database database) {
        JdbcDataSource tables = new JdbcDataSource();
        tables.setUrl(database.url());
        return new JdbcUsageStateRepository(tables)
                .position(new ReaderId(simulator.accountSid(), "all", Subresource.daily, List.of()))
                .map(Position::watermark).orElse(null);
    }

    private List<String[]> deliveries() throws IOException {
        Path sink = directory.resolve("sink");
        return Files.exists(sink) ? Files.readAllLines(sink).stream().map(line -> line.split("\t")).toList()
                : List.of();
    }

    private String last(String key) throws IOException {
        Map<String, String> last = new HashMap<>();
        deliveries().forEach(line -> last.put(line[1], line[2]));
        return last.get(key);
    }

    private static String truth(TwilioUsageSimulator simulator, String day) {
        return Mortal.plain(simulator.usage(LocalDate.parse(day), "sms").price());
    }

    private static void end(Map<String, Process> nodes) throws InterruptedException {
        for (Process node : nodes.values()) {
            node.destroyForcibly().waitFor();
        }
    }

    /** Name, "master:usage:" or nothing, address, account, token, database, directory. */
    static final class Node {

        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[6]);
            FileChannel sink = FileChannel.open(directory.resolve("sink"), StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            JdbcDataSource database = new JdbcDataSource();
            database.setUrl(arguments[5]);
            FileLockClusterService cluster = new FileLockClusterService();
            cluster.setRoot(directory.resolve("cluster").toString());
            cluster.setAcquireLockDelay(100, TimeUnit.MILLISECONDS);
            cluster.setAcquireLockInterval(100, TimeUnit.MILLISECONDS);

            DefaultCamelContext context = new DefaultCamelContext();
            context.addService(cluster);
            TwilioUsageConfiguration options = context.getComponent("twilio-usage", TwilioUsageComponent.class)
                    .getConfiguration();
            options.setBaseUrl(arguments[2]);
            options.setAccountSid(arguments[3]);
            options.setAuthToken(arguments[4]);
            options.setStateRepository(new JdbcUsageStateRepository(database));
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from(arguments[1] + "twilio-usage:records?subresource=daily&endDate=yesterday&startDate="
                            + FIRST_DAY
                            + "&initialDelay=0&delay=20").process(exchange -> {
                                UsageRecord usage = exchange.getMessage().getBody(UsageRecord.class);
                                sink.write(ByteBuffer
                                        .wrap((arguments[0] + "\t" + usage.category() + " " + usage.startDate()
                                                + "\t" + Mortal.plain(usage.price()) + "\n")
                                                .getBytes(StandardCharsets.UTF_8)));
                            });
                }
            });
            context.start();
            Thread.currentThread().join();
        }
    }
}
