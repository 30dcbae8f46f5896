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
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.camel.test.AvailablePortFinder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A Prometheus that scrapes a registry every second, with the configuration that the recipe prints. */
final class PrometheusServer implements AutoCloseable {
    static final String PROPERTY = "prometheus.bin";
    static final String REASON = "set -Dprometheus.bin to the directory of prometheus and promtool, for example"
            + " /usr/bin";
    private static final String BIN = System.getProperty(PROPERTY, "");

    private final int port = AvailablePortFinder.getNextAvailable();
    private final HttpServer scraped;
    private final Process process;

    PrometheusServer(PrometheusMeterRegistry registry, Path rules, Path directory) throws IOException {
        scraped = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        scraped.createContext("/observe/metrics", request -> {
            byte[] body = registry.scrape().getBytes(StandardCharsets.UTF_8);
            request.getResponseHeaders().add("Content-Type", "text/plain; version=0.0.4");
            request.sendResponseHeaders(200, body.length);
            request.getResponseBody().write(body);
            request.close();
        });
        scraped.start();
        String printed = Markdown.page("docs/recipes/grafana.md").block("text", "scrape_configs");
        assertThat(printed).contains("localhost:9876");
        Path configuration = Files.writeString(directory.resolve("prometheus.yml"), """
                global: { scrape_interval: 1s, evaluation_interval: 1s }
                rule_files: [ %s ]
                %s""".formatted(rules.toAbsolutePath(),
                printed.replace("localhost:9876", "127.0.0.1:" + scraped.getAddress().getPort())));
        process = new ProcessBuilder(BIN + "/prometheus", "--config.file=" + configuration,
                "--storage.tsdb.path=" + directory.resolve("data"), "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true).redirectOutput(directory.resolve("prometheus.log").toFile()).start();
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions()
                .untilAsserted(() -> assertThat(query("twilio_usage_requests_total")).isNotEmpty());
    }

    List<JsonNode> query(String expression) throws Exception {
        return get("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8)).path("result")
                .findParents("metric");
    }

    /** Evaluates all alert rules once more, and returns what fires: the names, with the route if there is one. */
    Collection<String> firing() {
        Instant now = Instant.now();
        Set<String> firing = new TreeSet<>();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            firing.clear();
            List<JsonNode> rules = get("rules?type=alert").findParents("evaluationTime").stream()
                    .filter(rule -> rule.has("alerts")).toList();
            assertThat(rules).isNotEmpty().allSatisfy(rule -> {
                assertThat(rule.path("health").asText()).isEqualTo("ok");
                assertThat(OffsetDateTime.parse(rule.path("lastEvaluation").asText()).toInstant()).isAfter(now);
            });
            for (JsonNode rule : rules) {
                rule.path("alerts").forEach(alert -> firing.add((alert.at("/labels/alertname").asText() + " "
                        + alert.at("/labels/route").asText()).strip()));
            }
        });
        return firing;
    }

    private JsonNode get(String path) throws Exception {
        String body = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port
                + "/api/v1/" + path)).build(), BodyHandlers.ofString()).body();
        JsonNode response = new ObjectMapper().readTree(body);
        assertThat(response.path("status").asText()).as(body).isEqualTo("success");
        return response.path("data");
    }

    static String promtool(String input, String... arguments) throws IOException {
        Process promtool = new ProcessBuilder(Stream.concat(Stream.of(BIN + "/promtool"), Stream.of(arguments))
                .toList()).redirectErrorStream(true).start();
        if (input != null) {
            promtool.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        }
        promtool.getOutputStream().close();
        return new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        scraped.stop(0);
    }
}
