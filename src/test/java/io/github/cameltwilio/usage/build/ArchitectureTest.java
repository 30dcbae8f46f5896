package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What may know what: the packages are read in this order, and no later one is known to an earlier. */
class ArchitectureTest {
    private static final Path BASE = Path.of("src/main/java/io/github/cameltwilio/usage");

    @Test
    void theClientKnowsNoCamel() throws IOException {
        assertThat(importsIn("client")).isNotEmpty().noneMatch(line -> line.contains("org.apache.camel"))
                .noneMatch(line -> line.contains("cameltwilio.usage.state"));
    }

    @Test
    void theStateKnowsNoCamel() throws IOException {
        assertThat(importsIn("state")).isNotEmpty().noneMatch(line -> line.contains("org.apache.camel"));
    }

    @Test
    void deliveryKnowsNoCamel() throws IOException {
        assertThat(importsIn("delivery")).isNotEmpty().noneMatch(line -> line.contains("org.apache.camel"));
    }

    @Test
    void nobodyKnowsTheSimulatorAndItKnowsOnlyHowTwilioSigns() throws IOException {
        assertThat(importsIn(".")).filteredOn(line -> !line.startsWith("simulator/"))
                .isNotEmpty().noneMatch(line -> line.contains("cameltwilio.usage.simulator"));
        assertThat(importsIn("simulator")).isNotEmpty()
                .noneMatch(line -> line.contains("org.apache.camel"))
                .filteredOn(line -> line.matches(".*import io\\.github\\.cameltwilio\\.usage\\.(?!simulator).*"))
                .allMatch(line -> line.endsWith("import io.github.cameltwilio.usage.client.TwilioSignature;"));
    }

    /** The import lines below a package, each behind its file's name. */
    private static List<String> importsIn(String name) throws IOException {
        try (Stream<Path> files = Files.walk(BASE.resolve(name))) {
            return files.filter(file -> file.toString().endsWith(".java")).flatMap(ArchitectureTest::imports).toList();
        }
    }

    private static Stream<String> imports(Path file) {
        try {
            return Files.readAllLines(file).stream().filter(line -> line.startsWith("import "))
                    .map(line -> BASE.relativize(file.normalize()) + ": " + line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
