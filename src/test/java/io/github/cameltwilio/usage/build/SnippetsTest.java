package io.github.cameltwilio.usage.build;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Compiles or loads every snippet of every page, including those that no other test runs. */
class SnippetsTest {
    // SimulatorPageTest compares the snippets of this page with its own code.
    private static final Path WITHOUT_ROUTES = Path.of("docs/simulator.md");
    // Snippets with these annotations are parts of classes that other tests compile.
    private static final List<String> PARTS = List.of("@RegisterExtension", "@Reference");

    static Stream<String> java() {
        return Markdown.allPages().stream().filter(page -> !page.file().equals(WITHOUT_ROUTES))
                .flatMap(page -> page.blocks("java").stream())
                .filter(block -> PARTS.stream().noneMatch(block::contains));
    }

    static Stream<String> yaml() {
        return Markdown.allPages().stream().flatMap(page -> page.blocks("yaml").stream());
    }

    @ParameterizedTest
    @MethodSource("java")
    void everyJavaSnippetCompiles(String snippet) throws Exception {
        assertThat(RouteCompiler.route(snippet)).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("yaml")
    void everyYamlSnippetLoads(String snippet) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("page.yaml", snippet));
            assertThat(context.getRouteDefinitions()).isNotEmpty();
        }
    }
}
