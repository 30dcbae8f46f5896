package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The forge runs these files with the project's rights, and nobody sees it fail before they are merged. */
class WorkflowsTest {
    private static final Path RELEASE = Path.of(".github/workflows/release.yml");
    private static final Pattern CHECK = Pattern
            .compile("- name: Check that the tag names the version\n +run: \\|\n((?: {10}.*\n)+)");

    static List<Path> workflows() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(".github/workflows"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void runActionsOfOneCommitOnly(Path workflow) throws IOException {
        List<String> actions = Files.readAllLines(workflow).stream().filter(line -> line.contains("uses:")).toList();

        assertThat(actions).isNotEmpty()
                .allSatisfy(action -> assertThat(action).matches(".*uses: [\\w./-]+@[0-9a-f]{40} # v[\\d.]+"));
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void mayOnlyRead(Path workflow) throws IOException {
        assertThat(workflow).content().contains("\npermissions:\n  contents: read\n").doesNotContain("write")
                .doesNotContain("pull_request_target");
        assertThat(Files.readString(workflow).split("actions/checkout@", -1))
                .hasSameSizeAs(Files.readString(workflow).split("persist-credentials: false", -1));
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void passTheGate(Path workflow) throws IOException {
        assertThat(workflow).content().contains("- run: .ci/run");
    }

    @ParameterizedTest
    @CsvSource({ "1.2.0, v1.2.0, 0", "1.2.0, v1.2.1, 1", "1.2.0, v1.20, 1", "1.2.0-SNAPSHOT, v1.2.0-SNAPSHOT, 1" })
    void releaseOnlyTheVersionThatTheTagNames(String version, String tag, int status, @TempDir Path directory)
            throws IOException, InterruptedException {
        Files.writeString(directory.resolve("pom.xml"), Files.readString(Path.of("pom.xml"))
                .replaceFirst("<version>[^<]+", "<version>" + version));
        Matcher step = CHECK.matcher(Files.readString(RELEASE));
        assertThat(step.find()).isTrue();
        ProcessBuilder check = new ProcessBuilder("bash", "-e", "-c", step.group(1).stripIndent())
                .directory(directory.toFile()).inheritIO();
        check.environment().put("GITHUB_REF_NAME", tag);

        assertThat(check.start().waitFor()).isEqualTo(status);
    }

    @Test
    void releaseWithTheDocumentedCommand() {
        String command = Markdown.page("docs/architecture.md").blocks("sh").get(0).strip();

        assertThat(RELEASE).content().contains("- run: " + command.replaceFirst("mvn", "mvn -B -ntp") + "\n");
    }
}
