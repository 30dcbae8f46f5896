package io.github.cameltwilio.usage.build;

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
}
