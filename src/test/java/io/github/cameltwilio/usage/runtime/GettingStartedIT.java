package io.github.cameltwilio.usage.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.github.cameltwilio.usage.build.Markdown;
import org.apache.camel.test.AvailablePortFinder;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Makes the project of the page from the page, in an empty folder, and runs its commands. */
class GettingStartedIT {
    private static final Markdown PAGE = Markdown.page("docs/getting-started.md");
    private static final Pattern RECORD = Pattern.compile("(?m)\\d{4}-\\d\\d-\\d\\d (sms|calls) [0-9.]+ usd$");
    private static final String ROUTE = "(?s)        from\\(.*?;\n";

    @Test
    void leadsFromAnEmptyFolderToTheFirstAlert() throws Exception {
        ConsumerProject project = ConsumerProject.empty("getting-started");
        write(project, "pom.xml", PAGE.block("xml", "<project"));

        String program = PAGE.block("java", "class FirstRoute");
        write(project, "src/main/java/FirstRoute.java", program);
        // Just after midnight, today has no usage yet, and the program ends before its second poll.
        assertThat(records(run(project, "FirstRoute", 9))).isBetween(12, 14);

        String withFile = program.replaceFirst(ROUTE, PAGE.block("java", "stateFile=").replace("$", "\\$"));
        assertThat(withFile).isNotEqualTo(program);
        write(project, "src/main/java/FirstRoute.java", withFile);
        assertThat(records(run(project, "FirstRoute", 9))).isBetween(12, 14);
        assertThat(project.file("first.state")).exists();
        assertThat(records(run(project, "FirstRoute", 5))).as("today grows").isLessThanOrEqualTo(2);

        String port = Integer.toString(AvailablePortFinder.getNextAvailable());
        write(project, "src/main/java/FirstAlert.java", PAGE.block("java", "class FirstAlert").replace("8080", port));
        assertThat(run(project, "FirstAlert", 60)).containsOnlyOnce("Alert: ").doesNotContain("[WARNING] thread")
                .containsPattern("(?m)Alert: [0-9.]+ spent today, more than 1\\.0+$");
    }

    @Test
    void usesTheCamelOfTheBuild() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));

        assertThat(PAGE.block("xml", "<project").lines().filter(line -> line.contains("<camel.version>")))
                .singleElement().satisfies(line -> assertThat(pom).contains(line.strip()));
    }

    private static void write(ConsumerProject project, String file, String content) throws IOException {
        Files.createDirectories(project.file(file).getParent());
        Files.writeString(project.file(file), content);
    }

    /** Runs the page's command. A program that would run until Ctrl-C ends with 14 records, or after some seconds. */
    private static String run(ConsumerProject project, String program, int seconds) throws Exception {
        List<String> command = List.of(PAGE.block("sh", program).strip().split(" "));
        assertThat(command.get(0)).isEqualTo("mvn");
        return project.mvn(Map.of("CAMEL_MAIN_DURATION_MAX_MESSAGES", "14",
                "CAMEL_MAIN_DURATION_MAX_SECONDS", Integer.toString(seconds)),
                command.subList(1, command.size()).toArray(String[]::new));
    }

    private static int records(String output) {
        return (int) RECORD.matcher(output).results().count();
    }
}
