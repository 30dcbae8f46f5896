package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;

import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.camel.builder.RouteBuilder;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** The metrics of a consumer as Prometheus scrapes them, without any code in the route. */
class MetersTest extends TwilioUsageTestSupport {
    private static final String DAILY = "twilio-usage:records?subresource=daily&startScheduler=false";
    private static final String TODAY = "twilio-usage:records?subresource=today&startScheduler=false&spendMeters=true";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).subaccount("young", LocalDate.parse("2026-03-13"));
    }

    @BeforeEach
    void bindRegistry() {
        context.getRegistry().bind("metricsRegistry", registry);
    }

    @Test
    void showsTheMetricsOfAConsumer() throws Exception {
        consume(DAILY);
        assertThat(scraped("twilio_usage")).contains("twilio_usage_last_poll_timestamp_seconds{route=\"usage\"} 0.0",
                "twilio_usage_watermark_timestamp_seconds{route=\"usage\"} NaN");
        poll();
        simulator().fail(Fault.rateLimited(2));
        poll();

        assertThat(scraped("twilio_usage")).containsExactlyInAnyOrder(
                "twilio_usage_read_records_total{route=\"usage\"} 16.0",
                "twilio_usage_delivered_records_total{route=\"usage\"} 8.0",
                "twilio_usage_unchanged_records_total{route=\"usage\"} 8.0",
                "twilio_usage_requests_total{route=\"usage\"} 5.0",
                "twilio_usage_throttled_requests_total{route=\"usage\"} 2.0",
                "twilio_usage_failed_polls{route=\"usage\"} 0.0",
                "twilio_usage_last_poll_timestamp_seconds{route=\"usage\"} "
                        + clock.instant().toEpochMilli() / 1000.0,
                "twilio_usage_watermark_timestamp_seconds{route=\"usage\"} "
                        + (double) LocalDate.parse("2026-03-15").toEpochDay() * 86400);
    }

    @Test
    void describesEachMetric() throws Exception {
        consume(TODAY + "&splitSubaccounts=true");
        poll();

        List<String> lines = registry.scrape().lines().toList();
        assertThat(lines).filteredOn(line -> line.startsWith("# TYPE twilio_usage_")).hasSize(10)
                .allSatisfy(line -> assertThat(lines).anyMatch(
                        help -> help.matches("# HELP " + line.split(" ")[2] + " [A-Z].+\\.")));
    }

    @Test
    void showsThePriceOfEachCategoryAndAccount() throws Exception {
        consume(TODAY + "&splitSubaccounts=true");
        poll();
        String young = simulator().subaccountSids().get(0);
        assertThat(scraped("twilio_usage_spend_usd")).hasSize(4);
        assertThat(spend(young, "sms")).isEqualByComparingTo(price(young, "sms"));
        assertThat(scraped("twilio_usage_account_details")).hasSize(2)
                .contains("twilio_usage_account_details{account=\"" + young
                        + "\",name=\"young\",route=\"usage\",status=\"active\"} 1.0");

        simulator().correct(young, clock.today(), "sms", new BigDecimal("2"));
        poll();
        assertThat(spend(young, "sms")).isEqualByComparingTo(price(young, "sms"));
    }

    @Test
    void removesAnAccountThatTwilioNoLongerLists() throws Exception {
        consume(TODAY + "&splitSubaccounts=true");
        poll();
        int port = simulator().baseUrl().getPort();
        simulator().close();

        try (TwilioUsageSimulator after = super.simulated(TwilioUsageSimulator.builder().clock(clock)).port(port)
                .start()) {
            poll();
            assertThat(scraped("twilio_usage_spend_usd")).hasSize(2)
                    .allMatch(line -> line.contains(after.accountSid()));
            assertThat(scraped("twilio_usage_account_details")).hasSize(1);
        }
    }

    @Test
    void aNewDayStartsAtZero() throws Exception {
        clock.advance(Duration.ofHours(11));
        consume(TODAY + "&category=sms");
        poll();
        assertThat(spend(simulator().accountSid(), "sms")).isPositive();
        clock.advance(Duration.ofHours(1));
        poll();

        assertThat(spend(simulator().accountSid(), "sms")).as("although zeros are not delivered").isZero();
    }

    @Test
    void showsNoPriceOfAnEarlierDayIfTwilioSendsNone() throws Exception {
        consume(DAILY + "&spendMeters=true&category=sms&includeSubaccounts=false");
        poll();
        assertThat(spend(simulator().accountSid(), "sms")).isPositive();

        clock.advance(Duration.ofDays(1));
        simulator().override("sms", clock.today(), "price", "\"\"");
        poll();
        assertThat(spend(simulator().accountSid(), "sms")).isZero();
    }

    @Test
    void showsTheLatestDayOfADailyList() throws Exception {
        consume(DAILY + "&spendMeters=true&category=sms&includeSubaccounts=false");
        poll();

        assertThat(spend(simulator().accountSid(), "sms")).isEqualByComparingTo(price(simulator().accountSid(), "sms"));
    }

    @Test
    void tellsRoutesBehindMasterApart(@TempDir Path directory) throws Exception {
        context.addService(TestCluster.in(directory));
        start(new RouteBuilder() {
            @Override
            public void configure() {
                for (int shard = 1; shard <= 2; shard++) {
                    from("master:usage-" + shard + ":" + DAILY + "&splitSubaccounts=true&shard=" + shard + "/2")
                            .routeId("usage-" + shard).to("mock:usage");
                }
            }
        });

        await().untilAsserted(() -> assertThat(scraped("twilio_usage_failed_polls")).containsExactlyInAnyOrder(
                "twilio_usage_failed_polls{route=\"usage-1\"} 0.0",
                "twilio_usage_failed_polls{route=\"usage-2\"} 0.0"));
    }

    @Test
    void removesTheMetersOfARouteThatStops() throws Exception {
        consume(TODAY + "&splitSubaccounts=true");
        poll();
        context.getRouteController().stopRoute("usage");
        assertThat(scraped("twilio_usage")).isEmpty();

        context.getRouteController().startRoute("usage");
        poll();
        assertThat(scraped("twilio_usage_spend_usd")).isNotEmpty();
    }

    @Test
    void showsNoSpendUnlessAskedFor() throws Exception {
        consume(DAILY + "&splitSubaccounts=true");
        poll();
        assertThat(scraped("twilio_usage_spend")).isEmpty();
        assertThatThrownBy(() -> context.getEndpoint("twilio-usage:records?spendMeters=true").createProducer())
                .hasStackTraceContaining("spendMeters applies to consumers only");
    }

    @Test
    void runsWithoutARegistryAndSaysSo() throws Exception {
        context.getRegistry().unbind("metricsRegistry");
        try (LoggedEvents log = new LoggedEvents()) {
            consume(TODAY);
            assertThat(poll()).isEqualTo(2);
            assertThat(log.events()).filteredOn(event -> event.level() == Level.WARN).singleElement().satisfies(
                    event -> assertThat(event.text()).contains("spendMeters=true shows nothing", "MeterRegistry"));
        }
    }

    private BigDecimal price(String account, String category) {
        return simulator().usage(account, clock.today(), category).price();
    }

    private BigDecimal spend(String account, String category) {
        String series = "twilio_usage_spend_usd{account=\"" + account + "\",category=\"" + category + "\"";
        return scraped(series).stream().map(line -> new BigDecimal(line.substring(line.indexOf("} ") + 2)))
                .reduce((one, other) -> {
                    throw new AssertionError("two series");
                }).orElseThrow(() -> new AssertionError(series));
    }

    private List<String> scraped(String prefix) {
        return registry.scrape().lines().filter(line -> line.startsWith(prefix)).toList();
    }
}
