package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.cameltwilio.usage.TwilioUsageTestSupport;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Injects the fault of each alert rule into running routes, until Prometheus raises this alert and no other. */
@Tag("slow")
@EnabledIfSystemProperty(named = PrometheusServer.PROPERTY, matches = ".+", disabledReason = PrometheusServer.REASON)
class PrometheusAlertsTest extends TwilioUsageTestSupport {
    // At noon there is always something that can grow.
    private static final Clock NOON = Clock.offset(Clock.systemUTC(),
            Duration.between(LocalTime.now(ZoneOffset.UTC), LocalTime.NOON));
    private static final LocalDate TODAY = LocalDate.now(NOON);
    private static final String FAST = "&initialDelay=0&delay=500";
    private static final String DAILY = "twilio-usage:records?subresource=daily" + FAST;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final CountDownLatch end = new CountDownLatch(1);

    @TempDir
    Path directory;

    private PrometheusServer prometheus;

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        machineClock = Clock.systemUTC();
        return super.simulated(simulator).clock(NOON).accountCreated(TODAY.minusDays(400))
                .categories("calls", "sms", "totalprice").subaccount("closed", TODAY.minusDays(50));
    }

    @BeforeEach
    void nothingFiresWithoutAFault() throws Exception {
        context.getRegistry().bind("metricsRegistry", registry);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                for (String list : List.of("daily", "monthly", "yearly")) {
                    from("twilio-usage:records?startDate=-10days&subresource=" + list + FAST).routeId(list).stop();
                }
            }
        });
        start(RouteCompiler.route(Markdown.page("docs/recipes/grafana.md").block("java", "class SpendMeters")
                .replace("&delay=5m", FAST).replace("&delay=1h", FAST)));
        await().untilAsserted(() -> assertThat(registry.scrape()).contains("period=\"today\"", "period=\"thisMonth\"",
                "period=\"lastMonth\""));
        prometheus = new PrometheusServer(registry, rules(), directory);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(prometheus.query("twilio_usage_watermark_timestamp_seconds > 0")).hasSize(3);
            assertThat(prometheus.query("twilio_usage_last_poll_timestamp_seconds > 0")).hasSize(6);
        });
        assertThat(prometheus.firing()).isEmpty();
    }

    @AfterEach
    void stopPrometheus() {
        end.countDown();
        if (prometheus != null) {
            prometheus.close();
        }
    }

    /** The rules with a budget that the simulated account keeps, and with seconds for what takes minutes or hours. */
    private Path rules() throws IOException {
        String rules = Files.readString(Path.of("catalog/observability/prometheus-rules.yaml"));
        String fast = rules.replaceAll("for: \\d+[mh]", "for: 0s").replace("45 * 60", "15").replace("[1h]", "[1m]")
                .replace("> 1000", "> 1000000");
        assertThat(fast).isNotEqualTo(rules);
        return Files.writeString(directory.resolve("rules.yaml"), fast);
    }

    @Test
    void spendAlertsFireWhenADayGrows() {
        simulator().correct(TODAY, "totalprice", new BigDecimal("1000000"));
        awaitAlerts("TwilioSpendOverBudget", "TwilioSpendTripled");
    }

    @Test
    void pollAlertsFireWhenPollsFail() {
        simulator().fail(Fault.unauthorized().times(1_000_000));
        awaitAlerts(routes("TwilioUsagePollsFail", "TwilioUsagePollsStale"));
    }

    @Test
    void throttlingAlertFiresWhenTwilioThrottles() {
        for (int request = 0; request < 200; request++) {
            simulator().fail(Fault.rateLimited(1, Duration.ZERO));
        }
        await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> assertThat(prometheus.firing()).isNotEmpty()
                .allSatisfy(alert -> assertThat(alert).startsWith("TwilioUsageThrottled ")));
    }

    /** What keeps a watermark, although polls succeed. */
    @Test
    void watermarkAlertFiresWhenRecordsStayDue() throws Exception {
        String closed = simulator().subaccountSids().get(0);
        simulator().fail(Fault.unauthorized().onAccount(closed).times(1_000_000));
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(DAILY + "&startDate=-20days").routeId("rejects-a-record")
                        .filter(exchange -> {
                            var usage = usage(exchange);
                            return usage.category().equals("calls") && usage.startDate().equals(TODAY.minusDays(5));
                        })
                        .throwException(new IllegalStateException("the sink rejects this record"));
                from(DAILY + "&startDate=-21days").routeId("never-completes").to("seda:stuck");
                from("seda:stuck").process(exchange -> end.await());
                from(DAILY + "&startDate=-22days&splitSubaccounts=true").routeId("cannot-read-an-account").stop();
            }
        });
        awaitAlerts("TwilioUsageWatermarkBehind rejects-a-record", "TwilioUsageWatermarkBehind never-completes",
                "TwilioUsageWatermarkBehind cannot-read-an-account");
    }

    private List<String> routes(String... alerts) {
        return context.getRoutes().stream().map(route -> route.getRouteId())
                .flatMap(route -> List.of(alerts).stream().map(alert -> alert + " " + route)).toList();
    }

    private void awaitAlerts(String... expected) {
        awaitAlerts(List.of(expected));
    }

    private void awaitAlerts(List<String> expected) {
        await().atMost(Duration.ofSeconds(90)).untilAsserted(
                () -> assertThat(prometheus.firing()).containsExactlyInAnyOrderElementsOf(expected));
    }
}
