package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The forge runs these files with the project's rights, and nobody sees it fail before they are merged. */
class WorkflowsTest {

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
}
