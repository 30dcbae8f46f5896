package io.github.cameltwilio.usage.crash;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

import io.github.cameltwilio.usage.TestClock;
import io.github.cameltwilio.usage.build.KafkaServer;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.state.DatabaseServer;
import org.apache.camel.test.AvailablePortFinder;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;

/** Everything around the nodes of a fleet, and what is true. */
final class FleetWorld implements AutoCloseable {
    static final int SHARDS = 6;
    static final int NODES = 3;
    static final Duration SESSION = Duration.ofSeconds(4);
    /** Long enough that a slow machine does not look like a lost record. */
    static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration LATENCY = Duration.ofMillis(150);
    // Per node, and so few that two cores can serve three nodes.
    private static final int REQUESTS_IN_FLIGHT = 5;
    private static final LocalDate FIRST_DAY = LocalDate.parse("2026-03-01");
    private static final String[] CATEGORIES = { "sms", "calls" };
    private static final int LOOKBACK_DAYS = 3;

    private final TestClock clock = new TestClock("2026-03-15T12:00:00Z");
    private final Random random;
    private final TwilioUsageSimulator twilio;
    private final List<String> accounts;
    private final DatabaseServer postgres = DatabaseServer.postgres();
    private final KafkaServer kafka = new KafkaServer();
    private final ZooKeeperServerEmbedded zookeeper;
    private final UsageTopic topic = new UsageTopic(kafka);
    private final List<FleetNode> nodes = new ArrayList<>();

    FleetWorld(long seed, int subaccounts, Path directory) throws Exception {
        random = new Random(seed);
        TwilioUsageSimulator.Builder builder = TwilioUsageSimulator.builder().seed(seed).clock(clock)
                .accountCreated(FIRST_DAY).categories(CATEGORIES).zeroShare(0);
        IntStream.range(0, subaccounts).forEach(account -> builder.subaccount("sub" + account, FIRST_DAY));
        twilio = builder.start();
        accounts = new ArrayList<>(twilio.subaccountSids());
        accounts.add(twilio.accountSid());
        postgres.createTables();
        int port = AvailablePortFinder.getNextAvailable();
        Properties options = new Properties();
        options.put("clientPort", Integer.toString(port));
        options.put("clientPortAddress", "127.0.0.1");
        options.put("admin.enableServer", "false");
        // The shortest session that a server accepts lasts two ticks.
        options.put("tickTime", Long.toString(SESSION.toMillis() / 4));
        zookeeper = ZooKeeperServerEmbedded.builder().baseDir(directory).configuration(options)
                .exitHandler(ExitHandler.LOG_ONLY).build();
        zookeeper.start();
        Map<String, String> environment = Map.of("TWILIO_ACCOUNT_SID", twilio.accountSid(), "TWILIO_AUTH_TOKEN",
                twilio.authToken(), "KAFKA_BROKERS", kafka.bootstrapServers(), "USAGE_DATABASE_URL", postgres.url(),
                "ZOOKEEPER_SESSION", Long.toString(SESSION.toMillis()), "USAGE_DELAY", "100", "USAGE_OTHERS_AFTER",
                "5s", "USAGE_REQUESTS_IN_FLIGHT", Integer.toString(REQUESTS_IN_FLIGHT));
        for (int node = 1; node <= NODES; node++) {
            nodes.add(new FleetNode("node" + node, twilio.baseUrl(), clock, LATENCY, port,
                    directory, environment));
        }
    }

    /** @return the nodes, of which none is running */
    List<FleetNode> nodes() {
        return nodes;
    }

    void startNodes() throws IOException {
        for (FleetNode node : nodes) {
            node.start(nodes.indexOf(node) + 1, NODES);
        }
    }

    void forgetRequests() {
        nodes.forEach(FleetNode::forgetRequests);
    }

    /** Returns how often a process has ended by itself. */
    int exits() {
        return nodes.stream().mapToInt(FleetNode::exits).sum();
    }

    UsageTopic topic() {
        return topic;
    }

    /** Doubles the usage of one category, on one day, of one account. */
    void correctSomething() {
        twilio.correct(accounts.get(random.nextInt(accounts.size())),
                clock.today().minusDays(random.nextInt(LOOKBACK_DAYS + 1)),
                CATEGORIES[random.nextInt(CATEGORIES.length)], new BigDecimal("2"));
    }

    /** Returns the record keys whose last record in the topic does not have the price of the simulator. */
    List<String> differences() throws IOException {
        topic.read();
        Map<String, BigDecimal> unexpected = new HashMap<>(topic.prices());
        List<String> differences = new ArrayList<>();
        for (String account : accounts) {
            for (int day = 0; day <= LOOKBACK_DAYS; day++) {
                LocalDate date = clock.today().minusDays(day);
                for (String category : CATEGORIES) {
                    String key = account + "|own|daily|" + date + "|" + category;
                    // A day without usage yet is not delivered.
                    BigDecimal price = Optional.ofNullable(unexpected.remove(key)).orElse(BigDecimal.ZERO);
                    BigDecimal expected = twilio.usage(account, date, category).price();
                    if (price.compareTo(expected) != 0) {
                        differences.add(key + ": " + price + " instead of " + expected);
                    }
                }
            }
        }
        unexpected.keySet().forEach(key -> differences.add(key + " should not exist"));
        return differences;
    }

    /** As the component does it: users rely on it not to change. */
    static int shard(String account) {
        CRC32 hash = new CRC32();
        hash.update(account.getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() % SHARDS) + 1;
    }

    @Override
    public void close() throws IOException {
        nodes.forEach(FleetNode::close);
        zookeeper.close();
        kafka.close();
        postgres.close();
        twilio.close();
    }
}
