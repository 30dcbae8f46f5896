package io.github.cameltwilio.usage.build;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

import io.github.cameltwilio.usage.ChildJvm;
import org.apache.camel.test.AvailablePortFinder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the programs of the page as they are printed, each in its own JVM. */
class GettingStartedPageTest {
    private static final Markdown PAGE = Markdown.page("docs/getting-started.md");
    private static final Pattern RECORD = Pattern.compile("(?m)^\\d{4}-\\d\\d-\\d\\d (sms|calls) [0-9.]+ usd$");

    @TempDir
    Path directory;

    @BeforeEach
    void logToTheConsole() throws IOException {
        Files.writeString(directory.resolve("log4j2.properties"), """
                appender.console.type = Console
                appender.console.name = console
                appender.console.layout.type = PatternLayout
                appender.console.layout.pattern = %m%n
                rootLogger.level = INFO
                rootLogger.appenderRef.console.ref = console
                """);
    }

    @Test
    void theFirstRoutePrintsAWeek() throws Exception {
        // Just after midnight, today has no usage yet.
        assertThat(records(run("FirstRoute", first()))).isBetween(12, 14);
    }

    @Test
    void withAStateFileTheSecondRunPrintsOnlyChanges() throws Exception {
        String program = first().replace("delay=10s", "delay=10s&stateFile=first.state");
        assertThat(program).contains(PAGE.block("java", "stateFile=").strip());

        assertThat(records(run("FirstRoute", program))).isBetween(12, 14);
        assertThat(records(run("FirstRoute", program))).as("today grows").isLessThanOrEqualTo(2);
    }

    @Test
    void theFirstAlertArrivesOnce() throws Exception {
        String port = Integer.toString(AvailablePortFinder.getNextAvailable());

        String output = run("FirstAlert", PAGE.block("java", "class FirstAlert").replace("8080", port));

        assertThat(output).containsOnlyOnce("Alert: ")
                .containsPattern("(?m)^Alert: [0-9.]+ spent today, more than 1\\.0+$");
    }

    @Test
    void theDependenciesMatchThePom() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        for (String artifact : List.of("camel-main", "camel-platform-http-main")) {
            assertThat(PAGE.text()).contains("`" + artifact + "`");
            assertThat(pom).contains("<artifactId>" + artifact + "</artifactId>");
        }
        assertThat(
                PAGE.block("xml", "<classifier>").lines().map(String::strip).filter(line -> line.matches("<\\w+>.+")))
                .hasSize(7).allSatisfy(line -> assertThat(pom).contains(line));
    }

    private static String first() {
        return PAGE.block("java", "class FirstRoute");
    }

    /** Runs a program for a few seconds, or until it ends, and returns what it printed. */
    private String run(String name, String program) throws IOException {
        Files.writeString(directory.resolve(name + ".java"), program);
        ProcessBuilder child = ChildJvm.of(GettingStartedPageTest.class,
                List.of("-Dlog4j2.configurationFile=" + directory.resolve("log4j2.properties")));
        // The java launcher compiles a program of one file.
        List<String> command = child.command();
        command.set(command.size() - 1, name + ".java");
        int classPath = command.indexOf("-cp") + 1;
        command.set(classPath, List.of(command.get(classPath).split(File.pathSeparator)).stream()
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .reduce((first, second) -> first + File.pathSeparator + second).orElseThrow());
        // Before the second poll of the page's program, which begins after ten seconds.
        child.environment().put("CAMEL_MAIN_DURATION_MAX_SECONDS", "8");
        return ChildJvm.outputOf(child.directory(directory.toFile()));
    }

    private static int records(String output) {
        return (int) RECORD.matcher(output).results().count();
    }
}
