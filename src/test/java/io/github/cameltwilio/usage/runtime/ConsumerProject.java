package io.github.cameltwilio.usage.runtime;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A copy of a project below {@code src/it}, built as a user would build it. Its Maven has its own local repository,
 * which contains the jar under test like a released one, so that the jar never gets into the repository of the machine.
 */
final class ConsumerProject {
    /** A simulator needs this clock, because just after midnight the day has no usage that could grow. */
    static final Clock NOON = Clock.offset(Clock.systemUTC(),
            Duration.between(LocalTime.now(ZoneOffset.UTC), LocalTime.NOON));
    private static final Path ROOT = Path.of("target", "it");
    static final Path REPOSITORY = ROOT.resolve("repository").toAbsolutePath();
    private static final Path SETTINGS = ROOT.resolve("settings.xml").toAbsolutePath();

    private final Path directory;

    private ConsumerProject(Path directory) {
        this.directory = directory;
    }

    static ConsumerProject copyOf(String name) throws IOException {
        Path source = Path.of("src", "it", name);
        Path copy = ROOT.resolve(name);
        try (Stream<Path> files = Files.walk(source)) {
            files.filter(Files::isRegularFile).forEach(file -> copy(file, copy.resolve(source.relativize(file))));
        }
        ProductionJar.installInto(REPOSITORY);
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
                """.formatted("<id>machine</id><url>" + Path.of(System.getProperty("local.repository")).toUri()
                + "</url><releases><checksumPolicy>ignore</checksumPolicy></releases>"));
        return new ConsumerProject(copy);
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /** Runs Maven with the simulator's address and credentials in the environment, and returns its output. */
    String mvn(TwilioUsageSimulator simulator, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                        "-B", "-ntp", "-gs", SETTINGS.toString(), "-Dmaven.repo.local=" + REPOSITORY));
        command.addAll(List.of(arguments));
        File log = directory.resolve("mvn.log").toFile();
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile())
                .redirectErrorStream(true).redirectOutput(log);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TWILIO_ACCOUNT_SID", simulator.accountSid());
        builder.environment().put("TWILIO_AUTH_TOKEN", simulator.authToken());
        builder.environment().put("TWILIO_BASE_URL", simulator.baseUrl().toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        String output = Files.readString(log.toPath());
        assertThat(ended && process.exitValue() == 0).as(output).isTrue();
        return output;
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
