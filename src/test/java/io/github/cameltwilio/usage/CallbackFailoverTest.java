package io.github.cameltwilio.usage;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.spi.ToolProvider;

import javax.sql.DataSource;

import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.TwilioSignature;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.processor.idempotent.jdbc.JdbcMessageIdRepository;
import org.apache.camel.test.AvailablePortFinder;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGConnectionPoolDataSource;
import org.postgresql.ds.PGSimpleDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two nodes with one repository on PostgreSQL are killed and restarted while callbacks arrive. Each firing is handled
 * at least once, and only once unless its handler died: {@code -Dkills=300} makes a long run.
 */
@Tag("slow")
class CallbackFailoverTest {
    private static final int KILLS = Integer.getInteger("kills", 2);
    // A kill holds up the senders of its firings until the claims of the dead node end. Others go on meanwhile.
    private static final int SENDERS = 16;
    // More would start no sooner: starting a node takes seconds of computing time.
    private static final int SPARE_NODES = 3;
    private static final List<String> JVM_OPTIONS = List.of("-Xmx96m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
            "-Dorg.apache.camel.jmx.disabled=true");
    private static final String ADDRESS = "https://hooks.example.com/fired";
    private static final String ACCOUNT = "AC" + "a".repeat(32);
    private static final String TOKEN = "the auth token";
    private static final String REPOSITORY = "callbacks";

    @TempDir
    private Path directory;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicReferenceArray<Node> nodes = new AtomicReferenceArray<>(2);
    /** Nodes that start before they are needed. */
    private final Queue<Node> spares = new ArrayDeque<>();
    private final List<Node> started = new ArrayList<>();
    private final ExecutorService outputs = Executors.newCachedThreadPool();
    private final Map<String, Long> killed = new ConcurrentHashMap<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private String classPath = System.getProperty("java.class.path");
    private List<String> sharedClasses = List.of();
    private EmbeddedPostgres postgres;
    private String url;

    /** One run of the route for a firing. */
    private record Run(String instance, long begun, boolean done) {
    }

    @BeforeEach
    void startDatabase() throws Exception {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"),
                "The PostgreSQL of the tests needs Linux on amd64");
        postgres = EmbeddedPostgres.start();
        url = postgres.getJdbcUrl("postgres", "postgres");
        execute("CREATE TABLE runs (token VARCHAR(200), instance VARCHAR(20), begun BIGINT, done BOOLEAN)");
        // Creates the table, which two nodes would otherwise do at the same time.
        new JdbcMessageIdRepository(database(url), REPOSITORY).start();
    }

    @AfterEach
    void stop() throws IOException {
        stopping.set(true);
        started.forEach(node -> node.process.destroyForcibly());
        outputs.shutdownNow();
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void handlesEachFiringOnceUnlessItsHandlerDies() throws Exception {
        if (KILLS >= 10) {
            shareClasses();
        }
        for (int slot = 0; slot < nodes.length(); slot++) {
            nodes.set(slot, nextNode());
            nodes.get(slot).awaitReady();
        }
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
        List<Future<List<String>>> sending = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            int number = sender;
            sending.add(senders.submit(() -> send(number)));
        }
        Random random = new Random(7);
        Instant begun = Instant.now();
        for (int kill = 0; kill < KILLS; kill++) {
            Node victim = nodes.get(random.nextInt(2));
            victim.awaitReady();
            // Kills in the middle of handlers, since the senders keep both nodes busy.
            int next = accepted.get() + random.nextInt(SENDERS);
            await().pollInterval(20, TimeUnit.MILLISECONDS).atMost(2, TimeUnit.MINUTES)
                    .until(() -> accepted.get() >= next);
            victim.kill();
            nodes.set(victim == nodes.get(0) ? 0 : 1, nextNode());
        }
        stopping.set(true);
        List<String> sent = new ArrayList<>();
        for (Future<List<String>> sender : sending) {
            sent.addAll(sender.get(5, TimeUnit.MINUTES));
        }
        senders.shutdown();

        Map<String, List<Run>> runs = runs();
        Map<String, Long> confirmed = confirmed();
        assertThat(sent).isNotEmpty().allSatisfy(token -> {
            assertThat(runs.get(token)).as("runs of %s", token).anyMatch(Run::done);
            assertThat(confirmed).as("a response of 200 comes after the confirmation").containsKey(key(token));
        });
        List<String> twice = runs.entrySet().stream()
                .filter(firing -> isTwiceWithoutDeath(firing.getValue(), confirmed.get(key(firing.getKey()))))
                .map(firing -> firing + " confirmed " + confirmed.get(key(firing.getKey()))).toList();
        assertThat(twice).as("handled again although the handler lived; killed: %s", killed).isEmpty();
        long again = runs.values().stream().filter(all -> all.size() > 1).count();
        System.out.println(KILLS + " kills in " + Duration.between(begun, Instant.now()).toSeconds() + " s, "
                + sent.size() + " firings, all handled; " + again
                + " handled again because their handler died; none twice otherwise");
        if (KILLS >= 20) {
            assertThat(again).as("kills that hit a handler").isPositive();
        }
    }

    /** Loads and verifies the classes of all nodes once, since a long run spends most of its time on that. */
    private void shareClasses() throws Exception {
        List<String> entries = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            Path jar = directory.resolve(entries.size() + ".jar");
            boolean isDirectory = Files.isDirectory(Path.of(entry));
            if (isDirectory) {
                // The JVM shares only what is in jars.
                ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, "cf", jar.toString(), "-C",
                        entry, ".");
            }
            entries.add(isDirectory ? jar.toString() : entry);
        }
        classPath = String.join(File.pathSeparator, entries);
        Path archive = directory.resolve("classes.jsa");
        sharedClasses = List.of("-XX:ArchiveClassesAtExit=" + archive);
        Node first = new Node(-1);
        try {
            first.awaitReady();
        } finally {
            first.process.destroy();
            first.process.waitFor();
        }
        assertThat(archive).isRegularFile();
        sharedClasses = List.of("-XX:SharedArchiveFile=" + archive);
    }

    /** The node that began to start first. It may not be ready, so that requests meet nodes that start. */
    private Node nextNode() throws IOException {
        while (spares.size() <= SPARE_NODES && started.size() < nodes.length() + KILLS) {
            Node node = new Node(started.size());
            started.add(node);
            spares.add(node);
        }
        return spares.remove();
    }

    /** A run may follow another one only if the earlier handler died before anything was confirmed. */
    private boolean isTwiceWithoutDeath(List<Run> runs, Long confirmed) {
        for (int later = 1; later < runs.size(); later++) {
            long begun = runs.get(later).begun();
            Long death = killed.get(runs.get(later - 1).instance());
            if (death == null || death > begun || confirmed != null && confirmed < begun) {
                return true;
            }
        }
        return false;
    }

    /** Sends firings, each until a node accepts it, and returns their tokens. */
    private List<String> send(int sender) {
        List<String> tokens = new ArrayList<>();
        while (!stopping.get()) {
            Map<String, String> firing = firing(sender + "-" + tokens.size());
            String token = firing.get("IdempotencyToken");
            int first = ThreadLocalRandom.current().nextInt(2);
            // Twilio's retry often reaches the other node while the first one is still at work.
            boolean both = ThreadLocalRandom.current().nextBoolean();
            AtomicInteger attempts = new AtomicInteger();
            await(token).atMost(2, TimeUnit.MINUTES).pollDelay(Duration.ZERO).pollInterval(100, TimeUnit.MILLISECONDS)
                    .until(() -> isAccepted(firing, (first + attempts.getAndIncrement()) % 2, both ? 1 - first : -1));
            accepted.incrementAndGet();
            tokens.add(token);
        }
        return tokens;
    }

    /** @param other a node that gets the firing at the same time, or a negative number */
    private boolean isAccepted(Map<String, String> firing, int node, int other) throws InterruptedException {
        Future<Integer> concurrent = other < 0 ? null : sendAsync(firing, other);
        int status = post(firing, node);
        if (concurrent != null) {
            awaitQuietly(concurrent);
        }
        // 404 while a node starts: its HTTP server is there before its route.
        assertThat(status).as("a genuine callback is never rejected").isIn(0, 200, 404, 500, 503);
        return status == 200;
    }

    private Future<Integer> sendAsync(Map<String, String> firing, int node) {
        return http.sendAsync(request(firing, node), BodyHandlers.discarding())
                .handle((response, failure) -> failure == null ? response.statusCode() : 0);
    }

    private static void awaitQuietly(Future<Integer> status) throws InterruptedException {
        try {
            status.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private int post(Map<String, String> firing, int node) throws InterruptedException {
        try {
            return http.send(request(firing, node), BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private HttpRequest request(Map<String, String> firing, int node) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + nodes.get(node).port + "/fired"))
                .timeout(Duration.ofSeconds(15)).header("Content-Type", CallbacksTestSupport.FORM)
                .header(TwilioSignature.HEADER, TwilioSignature.sign(TOKEN, ADDRESS, firing))
                .POST(BodyPublishers.ofString(CallbacksTestSupport.encoded(firing))).build();
    }

    private static Map<String, String> firing(String id) {
        return new TreeMap<>(Map.of("AccountSid", ACCOUNT, "UsageTriggerSid", "UT" + "0".repeat(32), "DateFired",
                DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss xx", Locale.ENGLISH).withZone(ZoneOffset.UTC)
                        .format(Instant.now()),
                "Recurring", "daily", "UsageCategory", "sms", "TriggerBy", "usage", "TriggerValue", "1",
                "CurrentValue", "2", "UsageRecordUri", "/Records", "IdempotencyToken", "firing-" + id));
    }

    private Map<String, List<Run>> runs() throws SQLException {
        Map<String, List<Run>> runs = new HashMap<>();
        try (Connection connection = database(url).getConnection();
                ResultSet rows = connection.createStatement()
                        .executeQuery("SELECT token, instance, begun, done FROM runs ORDER BY begun")) {
            while (rows.next()) {
                runs.computeIfAbsent(rows.getString(1), token -> new ArrayList<>())
                        .add(new Run(rows.getString(2), rows.getLong(3), rows.getBoolean(4)));
            }
        }
        return runs;
    }

    private Map<String, Long> confirmed() throws SQLException {
        Map<String, Long> confirmed = new HashMap<>();
        try (Connection connection = database(url).getConnection();
                ResultSet rows = connection.createStatement()
                        .executeQuery("SELECT messageId, createdAt FROM CAMEL_MESSAGEPROCESSED")) {
            while (rows.next()) {
                confirmed.put(rows.getString(1), rows.getTimestamp(2).getTime());
            }
        }
        return confirmed;
    }

    private static String key(String token) {
        return TwilioSignature.bodyHash((ACCOUNT + " " + token).getBytes(StandardCharsets.UTF_8));
    }

    private void execute(String statement) throws SQLException {
        try (Connection connection = database(url).getConnection()) {
            connection.createStatement().execute(statement);
        }
    }

    private static DataSource database(String url) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(url);
        return database;
    }

    /** A new connection for each statement would take most of the computing time. */
    private static DataSource pool(String url) {
        PGConnectionPoolDataSource database = new PGConnectionPoolDataSource();
        database.setUrl(url);
        return JdbcConnectionPool.create(database);
    }

    private final class Node {
        private final String instance;
        private final int port = AvailablePortFinder.getNextAvailable();
        private final Process process;
        private final Future<BufferedReader> ready;

        Node(int number) throws IOException {
            instance = "instance-" + number;
            List<String> options = new ArrayList<>(JVM_OPTIONS);
            options.addAll(sharedClasses);
            process = ChildJvm.of(classPath, Main.class, options, Integer.toString(port), url, instance).start();
            ready = outputs.submit(() -> ChildJvm.awaitReady(process));
            outputs.submit(() -> ready.get().lines().count());
        }

        void awaitReady() throws Exception {
            ready.get(2, TimeUnit.MINUTES);
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
            killed.put(instance, System.currentTimeMillis());
        }
    }

    /** The program of a node. */
    static final class Main {
        private Main() {
        }

        public static void main(String[] arguments) throws Exception {
            DataSource database = pool(arguments[1]);
            CamelContext context = new DefaultCamelContext();
            TwilioUsageConfiguration options = context.getComponent("twilio-usage", TwilioUsageComponent.class)
                    .getConfiguration();
            options.setAccountSid(ACCOUNT);
            options.setAuthToken(TOKEN);
            options.setIdempotentRepository(new JdbcMessageIdRepository(database, REPOSITORY));
            VertxPlatformHttpServerConfiguration server = new VertxPlatformHttpServerConfiguration();
            server.setBindHost("127.0.0.1");
            server.setBindPort(Integer.parseInt(arguments[0]));
            context.addService(new VertxPlatformHttpServer(server));
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("twilio-usage:callbacks?consumerComponentName=platform-http&callbackUrl=" + ADDRESS)
                            .process(exchange -> {
                                String token = exchange.getMessage().getBody(TriggerFired.class).idempotencyToken();
                                long begun = System.currentTimeMillis();
                                record(database, "INSERT INTO runs (begun, token, instance, done)"
                                        + " VALUES (?, ?, ?, FALSE)", begun, token, arguments[2]);
                                // The handler's work, which a kill interrupts: nothing to wait for.
                                Thread.sleep(ThreadLocalRandom.current().nextInt(600));
                                record(database, "UPDATE runs SET done = TRUE WHERE begun = ? AND token = ?"
                                        + " AND instance = ?", begun, token, arguments[2]);
                            });
                }
            });
            context.start();
            System.out.println("ready");
        }

        private static void record(DataSource database, String sql, long begun, String token, String instance)
                throws SQLException {
            try (Connection connection = database.getConnection();
                    PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setLong(1, begun);
                statement.setString(2, token);
                statement.setString(3, instance);
                statement.executeUpdate();
            }
        }
    }
}
