package io.github.cameltwilio.usage.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.CallbackCases;
import io.github.cameltwilio.usage.CallbackCases.Case;
import io.github.cameltwilio.usage.build.Markdown;
import io.github.cameltwilio.usage.client.CallbackMethod;
import io.github.cameltwilio.usage.simulator.SentCallback;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import org.apache.camel.test.AvailablePortFinder;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A copy of a project below {@code src/it}, built as a user would build it. Its Maven has its own local repository,
 * which contains the jar under test like a released one, so that the jar never gets into the repository of the machine.
 */
final class ConsumerProject {
    /** A simulator needs this clock, because just after midnight the day has no usage that could grow. */
    static final Clock NOON = Clock.offset(Clock.systemUTC(),
            Duration.between(LocalTime.now(ZoneOffset.UTC), LocalTime.NOON));
    /** The JVMs of the projects end before the C2 compiler would pay off; the serial collector starts faster. */
    static final String JVM_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
    static final String POOL = "com.zaxxer:HikariCP:6.3.0";
    static final String H2 = "com.h2database:h2:2.4.240";
    /** The local repository of the machine. */
    static final Path MACHINE = Path.of(System.getProperty("local.repository"));
    private static final Path ROOT = Path.of("target", "it");
    // Each fork has its own, because two processes must not write to one Maven repository.
    private static final String FORK = System.getProperty("fork.number");
    static final Path REPOSITORY = ROOT.resolve("repository-" + FORK).toAbsolutePath();
    private static final Path SETTINGS = ROOT.resolve("settings-" + FORK + ".xml").toAbsolutePath();

    private static final String LOG = "mvn.log";
    private static final String ALERTS = "target/usage/alerts.jsonl";
    private static final String FIRED = "target/fired.state";
    private static final String CASES = "target/usage/cases.jsonl";
    // Twilio calls another address than the one that arrives, as behind a proxy.
    private static final String PUBLIC_ADDRESS = "https://hooks.example.com";

    private final Path directory;
    private final List<String> options;
    private final int port = AvailablePortFinder.getNextAvailable();

    private ConsumerProject(Path directory, List<String> options) {
        this.directory = directory;
        this.options = options;
    }

    static ConsumerProject copyOf(String name) throws IOException {
        ProductionJar.installInto(REPOSITORY);
        return copyOf(name, ROOT.resolve(name), REPOSITORY);
    }

    /** @param repository the local repository of its Maven, which has the component */
    static ConsumerProject copyOf(String name, Path copy, Path repository) throws IOException {
        Path source = Path.of("src", "it", name);
        try (Stream<Path> files = Files.walk(source)) {
            files.filter(Files::isRegularFile).forEach(file -> copy(file, copy.resolve(source.relativize(file))));
        }
        return in(copy, repository);
    }

    /** An empty folder, whatever an earlier build left there. */
    static ConsumerProject empty(String name) throws IOException {
        Path directory = ROOT.resolve(name);
        FileSystemUtils.deleteRecursively(directory);
        Files.createDirectories(directory);
        ProductionJar.installInto(REPOSITORY);
        return in(directory, REPOSITORY);
    }

    private static ConsumerProject in(Path directory, Path repository) throws IOException {
        Files.createDirectories(ROOT);
        // Artifacts that the machine already has are not downloaded again.
        Files.writeString(SETTINGS, """
                <settings>
                  <profiles>
                    <profile>
                      <id>machine</id>
                      <repositories>
                        <repository>%1$s</repository>
                      </repositories>
                      <pluginRepositories>
                        <pluginRepository>%1$s</pluginRepository>
                      </pluginRepositories>
                    </profile>
                  </profiles>
                  <activeProfiles><activeProfile>machine</activeProfile></activeProfiles>
                </settings>
                """.formatted("<id>machine</id><url>" + MACHINE.toUri()
                + "</url><releases><checksumPolicy>ignore</checksumPolicy></releases>"));
        return new ConsumerProject(directory, List.of("-gs", SETTINGS.toString(), "-Dmaven.repo.local=" + repository));
    }

    /** Copies the files of the component's own project. Its Maven uses the local repository of the machine. */
    static ConsumerProject copyOfThis(Path copy) throws IOException, InterruptedException {
        Process git = new ProcessBuilder("git", "ls-files").redirectError(ProcessBuilder.Redirect.INHERIT).start();
        git.inputReader().lines().map(Path::of).filter(Files::exists)
                .forEach(file -> copy(file, copy.resolve(file)));
        assertThat(git.waitFor()).as("git ls-files").isZero();
        return new ConsumerProject(copy, List.of("-Dmaven.repo.local=" + MACHINE));
    }

    void replace(String name, String text, String replacement) throws IOException {
        Files.writeString(file(name), Files.readString(file(name)).replace(text, replacement));
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /**
     * Makes the project keep its state in an H2 database, with the options printed on the delivery page.
     *
     * @param firstOption text that only the wanted block of options on the page contains
     * @param libraries   what the options need besides the driver, as group:artifact:version
     * @return the URL of the database, which has the tables
     */
    String keepStateInDatabase(String firstOption, String... libraries) throws IOException {
        Files.deleteIfExists(file("target/state.mv.db"));
        String url = "jdbc:h2:" + file("target/state").toAbsolutePath();
        JdbcTemplate database = new JdbcTemplate(new DriverManagerDataSource(url));
        JdbcUsageStateRepository.TABLES.forEach(database::execute);
        Path options = file("src/main/resources/application.properties");
        Files.writeString(Files.exists(options) ? options : file("application.properties"),
                "\n" + Markdown.page("docs/delivery.md").block("properties", firstOption), StandardOpenOption.APPEND);
        String pom = Files.readString(file("pom.xml"));
        int end = pom.lastIndexOf("  </dependencies>");
        Files.writeString(file("pom.xml"), pom.substring(0, end) + Stream
                .concat(Stream.of(H2), Stream.of(libraries)).map(ConsumerProject::dependency).collect(joining())
                + pom.substring(end));
        return url;
    }

    private static String dependency(String library) {
        String[] parts = library.split(":");
        return "<dependency><groupId>" + parts[0] + "</groupId><artifactId>" + parts[1] + "</artifactId><version>"
                + parts[2] + "</version></dependency>\n";
    }

    /** Checks that the database has the position and the values of a consumer. */
    static void assertHasState(String url) {
        JdbcTemplate database = new JdbcTemplate(new DriverManagerDataSource(url));
        for (String table : List.of("twilio_usage_position", "twilio_usage_delivered")) {
            assertThat(database.queryForObject("select count(*) from " + table, Integer.class)).as(table).isPositive();
        }
    }

    /** Forgets the results of an earlier run. */
    void clear() throws IOException {
        for (String file : List.of("target/usage/usage.jsonl", ALERTS, CASES, FIRED,
                "target/alerts.txt")) {
            Files.deleteIfExists(file(file));
        }
    }

    /**
     * Runs Maven with the project's routes for callbacks, lets their trigger fire as soon as it exists, waits until the
     * last route has written the firing, and sends the table of cases.
     */
    void receiveCallbacks(TwilioUsageSimulator simulator, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        receiveCallbacks(simulator, environment, maven(arguments));
    }

    void receiveCallbacks(TwilioUsageSimulator simulator, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Process process = start(withSimulator(simulator, withCallbacks(environment)), command);
        try {
            await().atMost(Duration.ofMinutes(4)).failFast(() -> assertThat(process.isAlive()).as(output()).isTrue())
                    .until(() -> output().contains("is registered with usage trigger") && hasPolledTriggers(simulator));
            simulator.correct(LocalDate.now(NOON), "sms", new BigDecimal("100000"));
            await().atMost(Duration.ofMinutes(1)).failFast(() -> assertThat(process.isAlive()).as(output()).isTrue())
                    .until(() -> Files.exists(file(ALERTS)));
            assertThat(simulator.callbacks()).extracting(SentCallback::status).containsExactly(200);
            assertThat(Files.readAllLines(file(ALERTS))).hasSize(1)
                    .allSatisfy(line -> assertThat(line).contains("\"triggerSid\":\"UT", "\"usageCategory\":\"sms\""));
            sendCases(simulator);
        } finally {
            end(process);
        }
    }

    /** Otherwise a poll could find the firing while its callback is processed, and alert again: see callbacks.md. */
    private static boolean hasPolledTriggers(TwilioUsageSimulator simulator) {
        return simulator.requests().stream().anyMatch(request -> request.path().endsWith("/Usage/Triggers.json")
                && request.parameters().containsKey("UsageCategory"));
    }

    /** Runs Maven again, with a poll that knows nothing, until it has found the firing that a callback has reported. */
    void findFiringByPoll(TwilioUsageSimulator simulator, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        String triggerSid = simulator.callbacks().get(0).parameters().get("UsageTriggerSid");
        Files.deleteIfExists(file(FIRED));
        Process process = start(withSimulator(simulator, withCallbacks(environment)), maven(arguments));
        try {
            await().atMost(Duration.ofMinutes(4)).failFast(() -> assertThat(process.isAlive()).as(output()).isTrue())
                    .until(() -> Files.exists(file(FIRED)) && Files.readString(file(FIRED)).contains(triggerSid));
            assertThat(Files.readAllLines(file(ALERTS))).as("no second alert").hasSize(1);
        } finally {
            end(process);
        }
    }

    private Map<String, String> withCallbacks(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        // The Camel CLI gets its routes by the command.
        if (Files.exists(file("src/main/resources/callbacks"))) {
            all.put("CAMEL_MAIN_ROUTES_INCLUDE_PATTERN", "classpath:camel/*,classpath:callbacks/*");
        }
        return all;
    }

    /** Adds routes to the copy, which receive the table of cases, and append what they accept to a file. */
    void addRoutesForCases(String file) throws IOException {
        String route = """
                - route:
                    from:
                      uri: "twilio-usage:callbacks"
                      parameters:
                        callbackUrl: "%1$s/%2$s"
                        path: "/%2$s"
                        callbackMethod: "%2$s"
                        authTokens: "%3$s:%4$s"
                        sharedSecretKeys: "%5$s:%6$s"
                      steps:
                        - to:
                            uri: "file:target/usage"
                            parameters:
                              fileName: "cases.jsonl"
                              fileExist: "Append"
                              appendChars: "\\\\n"
                """;
        StringBuilder routes = new StringBuilder();
        for (CallbackMethod method : CallbackMethod.values()) {
            routes.append(route.formatted(PUBLIC_ADDRESS, method, CallbackCases.SUBACCOUNT,
                    CallbackCases.SUBACCOUNT_TOKEN, CallbackCases.SHARED_KEY, CallbackCases.SHARED_SECRET));
        }
        Files.writeString(file(file), routes);
    }

    private void sendCases(TwilioUsageSimulator simulator) throws IOException {
        CallbackCases posts = cases(simulator, CallbackMethod.POST);
        List<Case> genuine = posts.genuine();
        List<Case> others = new ArrayList<>(posts.forged());
        others.addAll(posts.exchangedBodies());
        others.addAll(CallbackCases.replays(genuine.get(0)));
        send(CallbackMethod.POST, genuine, others, 0);
        CallbackCases gets = cases(simulator, CallbackMethod.GET);
        List<Case> genuineByGet = gets.genuineByGet();
        List<Case> othersByGet = new ArrayList<>(gets.forgedByGet());
        genuineByGet.forEach(callback -> othersByGet.addAll(CallbackCases.replaysByGet(callback)));
        send(CallbackMethod.GET, genuineByGet, othersByGet, genuine.size());
    }

    private static CallbackCases cases(TwilioUsageSimulator simulator, CallbackMethod method) {
        return new CallbackCases(PUBLIC_ADDRESS + "/" + method, simulator.accountSid(), simulator.authToken(),
                Instant.now());
    }

    private void send(CallbackMethod method, List<Case> genuine, List<Case> others, int before) throws IOException {
        for (Case callback : genuine) {
            assertThat(callback.send(port, "/" + method)).as(callback.name()).isEqualTo(200);
        }
        for (Case callback : others) {
            callback.send(port, "/" + method);
            assertThat(Files.readAllLines(file(CASES))).as(callback.name()).hasSize(before + genuine.size());
        }
    }

    /** Runs Maven with the simulator's address and credentials in the environment, and returns its output. */
    String mvn(TwilioUsageSimulator simulator, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        return mvn(withSimulator(simulator, environment), arguments);
    }

    /** Runs Maven and returns its output. */
    String mvn(Map<String, String> environment, String... arguments) throws IOException, InterruptedException {
        Process process = start(environment, maven(arguments));
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        end(process);
        assertThat(ended && process.exitValue() == 0).as(output()).isTrue();
        return output();
    }

    private List<String> maven(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                        "-B", "-ntp"));
        command.addAll(options);
        command.addAll(List.of(arguments));
        return command;
    }

    /** Starts Maven with the simulator's address and credentials in the environment. */
    Process start(TwilioUsageSimulator simulator, Map<String, String> environment, String... arguments)
            throws IOException {
        return start(withSimulator(simulator, environment), maven(arguments));
    }

    private Map<String, String> withSimulator(TwilioUsageSimulator simulator, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>();
        all.put("TWILIO_ACCOUNT_SID", simulator.accountSid());
        all.put("TWILIO_AUTH_TOKEN", simulator.authToken());
        all.put("TWILIO_BASE_URL", simulator.baseUrl().toString());
        all.put("ALERT_PORT", Integer.toString(port));
        all.put("ALERT_URL", "http://127.0.0.1:" + port);
        all.putAll(environment);
        return all;
    }

    private Process start(Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile())
                .redirectErrorStream(true).redirectOutput(file(LOG).toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JAVA_TOOL_OPTIONS", JVM_OPTIONS);
        builder.environment().putAll(environment);
        return builder.start();
    }

    static void end(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }

    String output() throws IOException {
        return Files.readString(file(LOG));
    }

    /**
     * Checks that no log of the project contains the token or the header made from it.
     *
     * @param named text that the runtime is known to log, which proves that the right log was searched
     */
    void assertThatNoLogHasASecret(TwilioUsageSimulator simulator, String named) throws IOException {
        String header = Base64.getEncoder().encodeToString(
                (simulator.accountSid() + ":" + simulator.authToken()).getBytes(StandardCharsets.UTF_8));
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> logs = files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(log|out)")).toList();
            assertThat(logs).anySatisfy(log -> assertThat(log).content().contains(named))
                    .allSatisfy(log -> assertThat(log).content().doesNotContain(simulator.authToken(), header));
        }
    }

    private static void copy(Path from, Path to) {
        try {
            Files.createDirectories(to.getParent());
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
