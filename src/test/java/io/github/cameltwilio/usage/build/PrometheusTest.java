package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.github.cameltwilio.usage.TwilioUsageTestSupport;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.camel.test.AvailablePortFinder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Lets Prometheus itself, and its promtool, judge the metrics, the dashboard's queries and the alert rules. */
@Tag("slow")
@EnabledIfSystemProperty(named = "prometheus.bin", matches = ".+",
        disabledReason = "set -Dprometheus.bin to the directory of prometheus and promtool, for example /usr/bin")
class PrometheusTest extends TwilioUsageTestSupport {
    private static final String BIN = System.getProperty("prometheus.bin", "");
    private static final Path CATALOG = Path.of("catalog/observability").toAbsolutePath();
    private static final Markdown RECIPE = Markdown.page("docs/recipes/grafana.md");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final int port = AvailablePortFinder.getNextAvailable();

    @TempDir
    Path directory;

    private HttpServer scraped;
    private Process prometheus;

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).categories("calls", "calls-inbound", "sms", "totalprice")
                .subaccount("old", LocalDate.parse("2026-02-01"));
    }

    @AfterEach
    void stopPrometheus() {
        if (prometheus != null) {
            prometheus.destroyForcibly();
        }
        if (scraped != null) {
            scraped.stop(0);
        }
    }

    @Test
    void promtoolAcceptsTheRulesAndTheirTest() throws Exception {
        assertThat(promtool(null, "check", "rules", CATALOG.resolve("prometheus-rules.yaml").toString()))
                .contains("SUCCESS");
        assertThat(promtool(null, "test", "rules", CATALOG.resolve("prometheus-rules.test.yaml").toString()))
                .contains("SUCCESS").doesNotContain("FAILED");
    }

    @Test
    void everyPanelShowsDataAndAFailureRaisesAnAlert() throws Exception {
        startRoutes();
        assertThat(promtool(registry.scrape(), "check", "metrics")).as("promtool has nothing to say about ours")
                .doesNotContain("twilio_usage");
        startPrometheus();
        JsonNode dashboard = JSON.readTree(CATALOG.resolve("grafana-dashboard.json").toFile());
        for (String expression : dashboard.findValuesAsText("expr")) {
            String query = expression.replace("${currency}", "usd").replace("$account", ".*")
                    .replace("$__rate_interval", "1m");
            await().atMost(Duration.ofSeconds(60)).untilAsserted(
                    () -> assertThat(query(query)).as(query).isNotEmpty());
        }
        assertThat(query("ALERTS{alertname=\"TwilioUsagePollsFail\"}")).isEmpty();

        for (int failure = 0; failure < 200; failure++) {
            simulator().fail(Fault.unauthorized());
        }
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                query("ALERTS{alertname=\"TwilioUsagePollsFail\",alertstate=\"firing\"}")).isNotEmpty());
    }

    private void startRoutes() throws Exception {
        context.getRegistry().bind("metricsRegistry", registry);
        start(RouteCompiler.route(RECIPE.block("java", "class SpendMeters")
                .replace("delay=5m", "initialDelay=0&delay=500").replace("delay=1h", "initialDelay=0&delay=500")));
        await().untilAsserted(() -> assertThat(registry.scrape()).contains("period=\"today\"", "period=\"thisMonth\"",
                "period=\"lastMonth\""));
        scraped = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        scraped.createContext("/observe/metrics", request -> {
            byte[] body = registry.scrape().getBytes(StandardCharsets.UTF_8);
            request.getResponseHeaders().add("Content-Type", "text/plain; version=0.0.4");
            request.sendResponseHeaders(200, body.length);
            request.getResponseBody().write(body);
            request.close();
        });
        scraped.start();
    }

    private void startPrometheus() throws IOException {
        String printed = RECIPE.block("text", "scrape_configs");
        assertThat(printed).contains("localhost:9876");
        Path configuration = Files.writeString(directory.resolve("prometheus.yml"), """
                global: { scrape_interval: 1s, evaluation_interval: 1s }
                rule_files: [ %s ]
                %s""".formatted(CATALOG.resolve("prometheus-rules.yaml"),
                printed.replace("localhost:9876", "127.0.0.1:" + scraped.getAddress().getPort())));
        prometheus = new ProcessBuilder(BIN + "/prometheus", "--config.file=" + configuration,
                "--storage.tsdb.path=" + directory.resolve("data"), "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true).redirectOutput(directory.resolve("prometheus.log").toFile()).start();
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions()
                .untilAsserted(() -> assertThat(query("twilio_usage_requests_total")).isNotEmpty());
    }

    private List<JsonNode> query(String expression) throws Exception {
        String body = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port
                + "/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))).build(),
                BodyHandlers.ofString()).body();
        JsonNode response = JSON.readTree(body);
        assertThat(response.path("status").asText()).as(body).isEqualTo("success");
        return response.at("/data/result").findParents("metric");
    }

    private String promtool(String input, String... arguments) throws Exception {
        Process process = new ProcessBuilder(Stream.concat(Stream.of(BIN + "/promtool"), Stream.of(arguments))
                .toList()).redirectErrorStream(true).start();
        if (input != null) {
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        }
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
