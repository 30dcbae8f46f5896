package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ComparisonPageTest {
    private static final String PAGE = Markdown.page("docs/comparison.md").text();

    @Test
    void everyStatementAboutAlternativesLinksItsSource() {
        String statements = PAGE.substring(PAGE.indexOf("\n## "), PAGE.indexOf("\n## When this"));

        assertThat(statements.split("(?m)^(?=- |##)")).filteredOn(item -> item.startsWith("- ")).hasSizeGreaterThan(15)
                .allSatisfy(item -> assertThat(item).contains("](https://"));
    }

    @Test
    void everyProofIsATest() throws IOException {
        List<String> sources;
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            sources = files.map(file -> file.getFileName().toString()).toList();
        }

        assertThat(Pattern.compile("`(\\w+Test)`").matcher(PAGE).results().map(proof -> proof.group(1) + ".java"))
                .hasSizeGreaterThan(5).isSubsetOf(sources);
    }
}
