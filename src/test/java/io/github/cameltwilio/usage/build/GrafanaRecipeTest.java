package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Properties;

import io.github.cameltwilio.usage.TestClock;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.apache.camel.main.Main;
import org.apache.camel.test.AvailablePortFinder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs the examples of the page as they are printed, and scrapes the metrics as Prometheus does. */
class GrafanaRecipeTest {
    private static final Markdown PAGE = Markdown.page("docs/recipes/grafana.md");

    private final TestClock clock = new TestClock("2026-03-15T23:00:00Z");
    private final HttpClient prometheus = HttpClient.newHttpClient();
    private final Main main = new Main();
    private final int port = AvailablePortFinder.getNextAvailable();

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(
            builder -> builder.clock(clock).categories("sms", "calls", "mms", "totalprice").zeroShare(0));

    @BeforeEach
    void startTheRouteOfThePage() throws Exception {
        Properties printed = new Properties();
        printed.load(new StringReader(PAGE.block("properties", "camel.metrics")));
        printed.setProperty("camel.management.port", String.valueOf(port));
        twilio.simulator().componentProperties().forEach(
                (option, value) -> printed.setProperty("camel.component.twilio-usage." + option, value));
        main.setOverrideProperties(printed);
        main.configure().addRoutesBuilder(RouteCompiler.route(
                PAGE.block("java", "class SpendMeters").replace("delay=5m", "initialDelay=0&delay=50")));
        main.start();
    }

    @AfterEach
    void stop() {
        main.stop();
    }

    @Test
    void exportsThePriceOfEachCategory() {
        for (String category : List.of("sms", "calls", "mms")) {
            await().untilAsserted(
                    () -> assertThat(scraped(category)).isPositive().isEqualByComparingTo(price(category)));
        }
        assertThat(scrape().lines().filter(line -> line.startsWith("twilio_usage_spend_usd")
                && line.contains("period=\"today\""))).as("only categories with usage").hasSize(3);
        assertThat(scrape().lines()).contains("# HELP twilio_usage_spend_usd Price of a category in the latest period"
                + " that Twilio listed.");
    }

    @Test
    void theGaugeShowsTheLatestPrice() throws Exception {
        BigDecimal before = price("sms");
        await().untilAsserted(() -> assertThat(scraped("sms")).isEqualByComparingTo(before));
        twilio.simulator().correct(clock.today(), "sms", new BigDecimal("2"));

        await().untilAsserted(
                () -> assertThat(scraped("sms")).isEqualByComparingTo(before.multiply(new BigDecimal("2"))));
    }

    @Test
    void aNewDayStartsAtZero() {
        await().untilAsserted(() -> assertThat(scraped("sms")).isPositive());
        clock.advance(Duration.ofHours(1));

        await().untilAsserted(() -> assertThat(scraped("sms")).isZero());
    }

    private BigDecimal price(String category) throws Exception {
        List<?> today = main.getCamelTemplate().requestBody(
                "twilio-usage:records?subresource=today&category=" + category, null, List.class);
        return ((UsageRecord) today.get(0)).price();
    }

    /** Prometheus has doubles, so the value may be rounded. */
    private BigDecimal scraped(String category) {
        String series = "twilio_usage_spend_usd{account=\"" + twilio.simulator().accountSid()
                + "\",category=\"" + category + "\",period=\"today\",route=\"spend-today\"} ";
        return scrape().lines().filter(line -> line.startsWith(series)).findFirst()
                .map(line -> new BigDecimal(line.substring(series.length())))
                .orElseThrow(() -> new AssertionError(series));
    }

    private String scrape() {
        try {
            return prometheus
                    .send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/observe/metrics")).build(),
                            BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
