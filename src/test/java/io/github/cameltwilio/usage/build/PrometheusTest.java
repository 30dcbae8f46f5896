package io.github.cameltwilio.usage.build;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.TwilioUsageTestSupport;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Lets Prometheus itself, and its promtool, judge the metrics, the dashboard's queries and the alert rules. */
@Tag("slow")
@EnabledIfSystemProperty(named = PrometheusServer.PROPERTY, matches = ".+", disabledReason = PrometheusServer.REASON)
class PrometheusTest extends TwilioUsageTestSupport {
    private static final Path CATALOG = Path.of("catalog/observability");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @TempDir
    Path directory;

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).categories("calls", "calls-inbound", "sms", "totalprice")
                .subaccount("old", LocalDate.parse("2026-02-01"));
    }

    @Test
    void promtoolAcceptsTheRulesAndTheirTest() throws Exception {
        assertThat(PrometheusServer.promtool(null, "check", "rules", CATALOG.resolve("prometheus-rules.yaml")
                .toString())).contains("SUCCESS");
        assertThat(PrometheusServer.promtool(null, "test", "rules", CATALOG.resolve("prometheus-rules.test.yaml")
                .toString())).contains("SUCCESS").doesNotContain("FAILED");
    }

    @Test
    void everyPanelShowsData() throws Exception {
        context.getRegistry().bind("metricsRegistry", registry);
        start(RouteCompiler.route(Markdown.page("docs/recipes/grafana.md").block("java", "class SpendMeters")
                .replace("delay=5m", "initialDelay=0&delay=500").replace("delay=1h", "initialDelay=0&delay=500")));
        await().untilAsserted(() -> assertThat(registry.scrape()).contains("period=\"today\"", "period=\"thisMonth\"",
                "period=\"lastMonth\""));
        assertThat(PrometheusServer.promtool(registry.scrape(), "check", "metrics"))
                .as("promtool has nothing to say about ours").doesNotContain("twilio_usage");

        try (PrometheusServer prometheus = new PrometheusServer(registry, CATALOG.resolve("prometheus-rules.yaml"),
                directory)) {
            JsonNode dashboard = new ObjectMapper().readTree(CATALOG.resolve("grafana-dashboard.json").toFile());
            for (String expression : dashboard.findValuesAsText("expr")) {
                String query = expression.replace("${currency}", "usd").replace("$account", ".*")
                        .replace("$__rate_interval", "1m");
                await().atMost(Duration.ofSeconds(60)).untilAsserted(
                        () -> assertThat(prometheus.query(query)).as(query).isNotEmpty());
            }
        }
    }
}
