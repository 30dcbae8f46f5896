package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

import static org.assertj.core.api.Assertions.assertThat;

/** Checks that no case is dropped from the page and that each has a test. */
class CasesPageTest {
    private static final Path SOURCES = Path.of("src/test/java");
    // What is compiled in a profile only.
    private static final Path KAFKA_SOURCES = Path.of("src/kafka/java");
    private static final Pattern CASE = Pattern.compile("^\\| ([A-Z]\\d\\d+) \\| .+ \\| .+ \\| (.+) \\|$",
            Pattern.MULTILINE);
    private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");
    private static final List<String> ALL = List.of(
            ("P01 P03 P05 P06 P07 P08 P09 P10 P11 P12 P13 S01 S03 S05 S06 S07 S08 S09 S10 S11 "
                    + "W01 W02 W05 W06 W07 W08 W09 W10").split(" "));

    static List<MatchResult> cases() {
        return CASE.matcher(Markdown.page("docs/cases.md").text()).results().toList();
    }

    @Test
    void everyCaseIsListedOnce() {
        assertThat(cases()).extracting(found -> found.group(1)).doesNotHaveDuplicates().containsAll(ALL);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyCaseHasTestsThatExist(MatchResult found) throws Exception {
        List<MatchResult> tests = TEST.matcher(found.group(2)).results().toList();

        assertThat(tests).as(found.group(1)).isNotEmpty();
        for (MatchResult test : tests) {
            Optional<Path> kafka = source(KAFKA_SOURCES, test.group(1));
            if (kafka.isPresent()) {
                assertThat(kafka.get()).content().contains("@Test\n    void " + test.group(2) + "(");
                continue;
            }
            assertThat(testClass(test.group(1)).getDeclaredMethods()).as(found.group(1))
                    .filteredOn(method -> AnnotationSupport.isAnnotated(method, Testable.class))
                    .extracting(Method::getName).contains(test.group(2));
        }
    }

    private static Class<?> testClass(String name) throws IOException, ClassNotFoundException {
        Path source = source(SOURCES, name).orElseThrow(() -> new AssertionError("no class " + name));
        return Class.forName(SOURCES.relativize(source).toString().replaceAll("\\.java$", "").replace('/', '.'));
    }

    private static Optional<Path> source(Path directory, String name) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.endsWith(name + ".java")).findFirst();
        }
    }
}
