package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares the page with the projects below src/it and with the tests that run them. */
class RuntimesPageTest {
    private static final Markdown PAGE = Markdown.page("docs/runtimes.md");
    private static final Path TESTS = Path.of("src/test/java/io/github/cameltwilio/usage");

    @ParameterizedTest
    @ValueSource(strings = { "camel-cli", "camel-main/src/main/resources", "dashboard/src/main/resources",
            "spring-boot/src/main/resources", "quarkus/src/main/resources" })
    void theOptionsMatchTheProject(String directory) throws IOException {
        assertThat(Files.readString(Path.of("src/it", directory, "application.properties")))
                .contains(PAGE.block("properties", "base-url"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "camel-cli", "camel-main/src/main/resources/callbacks",
            "spring-boot/src/main/resources/callbacks", "quarkus/src/main/resources/callbacks" })
    void theProjectRunsTheExampleOfCallbacks(String directory) throws IOException {
        assertThat(Path.of("src/it", directory, "callbacks.camel.yaml"))
                .content().isEqualTo(Markdown.page("docs/callbacks.md").block("yaml", "/twilio/sms"));
    }

    @Test
    void theBomMatchesTheProject() throws IOException {
        assertThat(unindented(Files.readString(Path.of("src/it/spring-boot/pom.xml"))))
                .contains(unindented(PAGE.block("xml", "camel-bom")));
    }

    @Test
    void theReferenceMatchesTheProject() throws IOException {
        assertThat(unindented(Files.readString(Path.of("src/it/karaf/src/main/java/com/example/UsageRoute.java"))))
                .contains(PAGE.block("java", "@Reference"));
    }

    @Test
    void everyCommandIsRunByATest() {
        String tests = String.join("\n", filesBelow(TESTS.resolve("runtime")));
        var command = Pattern.compile(" mvn (.+)");

        // CamelCliIT reads its command from the page, and the page says that the one of Camel K was not run.
        assertThat(PAGE.blocks("sh")).filteredOn(block -> block.contains(" mvn ")).hasSize(4)
                .allSatisfy(block -> assertThat(command.matcher(block).results()
                        .map(found -> "\"" + found.group(1).replace(" ", "\", \"") + "\"")).allSatisfy(
                                arguments -> assertThat(tests).contains(arguments)));
    }

    @Test
    void everyVersionOnThePageIsTested() {
        String proofs = String.join("\n", filesBelow(Path.of("src/it")))
                + String.join("\n", filesBelow(TESTS.resolve("runtime")));
        var version = Pattern.compile("(?:Boot|Quarkus|[Cc]amel|[Kk]araf|and) (\\d+\\.\\d+\\.\\d+)");

        String claims = PAGE.text() + Markdown.page("README.md").text().replaceAll("\\s+", " ");
        assertThat(version.matcher(claims).results().map(found -> found.group(1)).distinct()
                .filter(number -> !number.equals("4.18.2"))).hasSizeGreaterThan(4)
                .allSatisfy(number -> assertThat(proofs).contains(number));
    }

    private static String unindented(String text) {
        return text.replaceAll("(?m)^ +", "");
    }

    private static List<String> filesBelow(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).map(RuntimesPageTest::text).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
