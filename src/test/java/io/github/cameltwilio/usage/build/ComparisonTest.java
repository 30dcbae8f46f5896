package io.github.cameltwilio.usage.build;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ComparisonTest {
    private static final String PAGE = Markdown.page("docs/comparison.md").text();

    @Test
    void everyStatementAboutAnotherHasItsSource() {
        String statements = PAGE.substring(PAGE.indexOf("\n## "), PAGE.indexOf("\n## When this"));

        assertThat(statements.split("(?m)^(?=- |##)")).filteredOn(one -> one.startsWith("- ")).hasSizeGreaterThan(15)
                .allSatisfy(one -> assertThat(one).contains("](https://"));
    }

    @Test
    void eachOfThemIsAlsoSaidToBeBetterInSomething() {
        List<String> others = List.of(PAGE.split("(?m)^## "));

        assertThat(others.subList(1, others.size() - 1)).hasSize(5)
                .allSatisfy(other -> assertThat(other).containsSubsequence("Better:", "Left to you:"));
    }

    @Test
    void theTableHasARowsCellForEachOfThem() {
        Matcher row = Pattern.compile("(?m)^\\|.*\\|$").matcher(PAGE);

        assertThat(row.results().map(found -> found.group().split("\\|").length).distinct()).containsExactly(8);
    }
}
