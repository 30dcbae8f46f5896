package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.TwilioUsageTestSupport;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The dashboard and the alert rules query nothing but what the routes of the recipe expose. */
class ObservabilityTest extends TwilioUsageTestSupport {
    private static final Path CATALOG = Path.of("catalog/observability");
    private static final Pattern METRIC = Pattern.compile("\\btwilio_usage_\\w+");
    private static final Pattern PERIOD = Pattern.compile("period=\"(\\w+)\"");

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).categories("calls", "calls-inbound", "sms", "totalprice")
                .subaccount("young", LocalDate.parse("2026-03-01"));
    }

    @Test
    void queriesOnlyWhatTheRoutesExpose() throws Exception {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        context.getRegistry().bind("metricsRegistry", registry);
        RouteBuilder printed = RouteCompiler
                .route(Markdown.page("docs/recipes/grafana.md").block("java", "class SpendMeters"));
        start(printed);
        await().untilAsserted(() -> assertThat(PERIOD.matcher(registry.scrape()).results().map(found -> found.group(1))
                .collect(Collectors.toSet())).containsOnly("today", "thisMonth", "lastMonth"));

        Set<String> exposed = names(registry.scrape());
        for (String query : expressions()) {
            assertThat(exposed).as(query).containsAll(names(query.replace("${currency}", "usd")));
            assertThat(PERIOD.matcher(query).results().map(found -> found.group(1))).as(query)
                    .isSubsetOf("today", "thisMonth", "lastMonth");
        }
    }

    @Test
    void eachPanelHasATitleAndAQueryAndItsOwnPlace() throws IOException {
        JsonNode dashboard = dashboard();
        Set<String> places = new TreeSet<>();
        assertThat(dashboard.get("panels")).hasSizeGreaterThan(8).allSatisfy(panel -> {
            assertThat(panel.get("title").textValue()).isNotBlank();
            assertThat(panel.get("description").textValue()).isNotBlank();
            assertThat(panel.get("targets")).isNotEmpty();
            assertThat(places.add(panel.get("gridPos").get("x") + "/" + panel.get("gridPos").get("y"))).isTrue();
        });
    }

    @Test
    void eachAlertSaysWhatToDo() throws IOException {
        assertThat(alerts()).extracting(alert -> alert.get("alert")).contains("TwilioSpendOverBudget",
                "TwilioUsagePollsStale", "TwilioUsageWatermarkBehind", "TwilioUsageThrottled");
        assertThat(alerts()).allSatisfy(alert -> {
            assertThat(alert).containsKeys("expr", "for", "labels", "annotations");
            assertThat(alert.get("annotations").toString()).contains("summary=", "description=");
        });
    }

    private static List<String> expressions() throws IOException {
        List<String> queries = new ArrayList<>(dashboard().findValuesAsText("expr"));
        alerts().forEach(alert -> queries.add((String) alert.get("expr")));
        return queries;
    }

    private static JsonNode dashboard() throws IOException {
        return new ObjectMapper().readTree(CATALOG.resolve("grafana-dashboard.json").toFile());
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> alerts() throws IOException {
        Map<String, Object> rules = (Map<String, Object>) new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(CATALOG.resolve("prometheus-rules.yaml")));
        return ((List<Map<String, Object>>) rules.get("groups")).stream()
                .flatMap(group -> ((List<Map<String, Object>>) group.get("rules")).stream()).toList();
    }

    private static Set<String> names(String text) {
        return METRIC.matcher(text).results().map(found -> found.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
