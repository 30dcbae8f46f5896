package io.github.cameltwilio.usage;

import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.console.DevConsole;
import org.apache.camel.console.DevConsole.MediaType;
import org.apache.camel.console.DevConsoleRegistry;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckAware;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckRepository;
import org.apache.camel.test.junit5.TestExecutionConfiguration;
import org.apache.camel.util.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

/** The metrics of a consumer, as JMX and the developer console show them. */
class MonitoringTest extends TwilioUsageTestSupport {
    private static final String DAILY = "twilio-usage:records?subresource=daily&startScheduler=false";
    private static final List<String> METRICS = List.of("lastPoll", "read", "delivered", "unchanged", "requests",
            "throttled", "watermark");

    @TempDir
    Path directory;

    @Override
    public void configureTest(TestExecutionConfiguration configuration) {
        super.configureTest(configuration);
        configuration.withEnableJMX();
    }

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).subaccount("young", LocalDate.parse("2026-03-13"));
    }

    @Test
    void reportsZeroMetricsBeforeFirstPoll() throws Exception {
        consume(DAILY);

        assertThat(jmx()).containsEntry("lastPoll", null).containsEntry("watermark", null)
                .containsEntry("read", 0L).containsEntry("delivered", 0L).containsEntry("requests", 0L);
    }

    @Test
    void countsRecordsAndRequestsOfPoll() throws Exception {
        consume(DAILY);
        poll();

        // One request reads Twilio's clock, the other one today's records and those of the look-back.
        assertThat(jmx()).isEqualTo(metrics("2026-03-15T12:00:00Z", 8, 8, 0, 2, 0, "2026-03-15"));
    }

    @Test
    void countsUnchangedRecords() throws Exception {
        consume(DAILY + "&endDate=yesterday");
        poll();
        simulator().correct(LocalDate.parse("2026-03-13"), "sms", new BigDecimal("2"));
        poll();

        assertThat(jmx()).containsEntry("read", 16L).containsEntry("delivered", 9L).containsEntry("unchanged", 7L);
    }

    @Test
    void holdsWatermarkBackWhenExchangeFails() throws Exception {
        consume(DAILY + "&endDate=yesterday&category=sms").whenExchangeReceived(2, exchange -> {
            throw new IllegalStateException("the sink is full");
        });
        poll();

        assertThat(jmx()).containsEntry("read", 4L).containsEntry("delivered", 3L).containsEntry("watermark",
                "2026-03-12");
    }

    @Test
    void countsThrottledResponsesAndRetries() throws Exception {
        consume(DAILY);
        poll();
        simulator().fail(Fault.rateLimited(2));
        poll();

        assertThat(jmx()).containsEntry("throttled", 2L).containsEntry("requests", 2L + 1 + 2);
    }

    @Test
    void keepsLastPollTimeWhenPollFails() throws Exception {
        consume(DAILY);
        poll();
        clock.advance(Duration.ofHours(1));
        simulator().fail(Fault.unauthorized());

        assertThatThrownBy(this::poll).isInstanceOf(TwilioApiException.class);
        assertThat(jmx()).containsEntry("lastPoll", "2026-03-15T12:00:00Z");
    }

    @Test
    void reportsEarliestWatermarkOfAllAccounts() throws Exception {
        consume(DAILY + "&splitSubaccounts=true&endDate=yesterday&category=sms");
        simulator().fail(Fault.notFound().onAccount(simulator().subaccountSids().get(0)));
        poll();

        assertThat(jmx()).containsEntry("watermark", "2026-03-12");
    }

    @Test
    void reportsNoWatermarkForListWithoutPeriods() throws Exception {
        consume("twilio-usage:records?subresource=today&startScheduler=false");
        poll();

        assertThat(jmx()).containsEntry("watermark", null).containsEntry("read", 2L);
    }

    @Test
    void countsTriggerFirings() throws Exception {
        consume("twilio-usage:triggers?startScheduler=false");
        template.requestBody("twilio-usage:triggers?action=create&usageCategory=sms&triggerValue=1"
                + "&callbackUrl=https://example.com", (Object) null);
        simulator().evaluateTriggers();
        poll();
        poll();

        assertThat(jmx()).containsEntry("read", 2L).containsEntry("delivered", 1L).containsEntry("unchanged", 1L)
                .containsEntry("watermark", "2026-03-15");
    }

    @Test
    void consoleShowsSameMetricsAsJmx() throws Exception {
        consume(DAILY);
        poll();

        Map<String, Object> jmx = jmx();
        JsonObject json = ((List<?>) json().get("consumers")).stream().map(JsonObject.class::cast).findFirst().get();
        assertThat(json).containsAllEntriesOf(jmx).containsEntry("route", "usage")
                .containsEntry("endpoint", "twilio-usage:records").containsKey("progress").hasSize(jmx.size() + 3);
        assertThat(text().lines().map(String::strip)).startsWith("route: usage", "endpoint: twilio-usage:records",
                "lastPoll: 2026-03-15T12:00:00Z", "read: 8", "delivered: 8", "unchanged: 0", "requests: 2",
                "throttled: 0", "watermark: 2026-03-15")
                .last(as(STRING)).startsWith("progress: 1 of 1 account done, 4 of 4 days");
    }

    @Test
    void showsNoSecretInJmxOrConsole() throws Exception {
        consume(DAILY + "&authToken=RAW(" + simulator().authToken() + ")");
        poll();
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        String[] names = Arrays.stream(server.getMBeanInfo(bean()).getAttributes()).map(MBeanAttributeInfo::getName)
                .toArray(String[]::new);

        assertThat(server.getAttributes(bean(), names).toString())
                .contains("EndpointUri = twilio-usage://records?authToken=")
                .doesNotContain(simulator().authToken());
        assertThat(text() + json().toJson()).contains("twilio-usage:records").doesNotContain(simulator().authToken());
    }

    @Test
    void consoleShowsConsumerBehindMasterUntilItStops() throws Exception {
        addClusterService();
        consume("master:usage:" + DAILY);

        await().untilAsserted(
                () -> assertThat(text()).contains("route: usage\n").contains("endpoint: twilio-usage:records"));
        context.getRouteController().stopRoute("usage");
        assertThat(text()).isEmpty();
    }

    @Test
    void healthShowsFailuresBehindMasterUntilItStops() throws Exception {
        HealthCheckRegistry health = HealthCheckRegistry.get(context);
        HealthCheckRepository consumers = (HealthCheckRepository) health.resolveById("consumers");
        consumers.setEnabled(true);
        health.register(consumers);
        addClusterService();
        simulator().fail(Fault.unauthorized().times(1000));
        consume("master:usage:" + DAILY.replace("startScheduler=false", "initialDelay=0"));

        await().untilAsserted(() -> assertThat(HealthCheckHelper.invokeReadiness(context)).singleElement()
                .satisfies(check -> {
                    assertThat(check.getCheck().getId()).isEqualTo("consumer:usage");
                    assertThat(check.getState()).isEqualTo(HealthCheck.State.DOWN);
                    assertThat(check.getDetails()).containsEntry(HealthCheck.HTTP_RESPONSE_CODE, 401);
                }));
        HealthCheckAware master = (HealthCheckAware) context.getRoute("usage").getConsumer();
        context.getRouteController().stopRoute("usage");
        assertThat(master.getHealthCheck()).as("another node may be the leader").isNull();
    }

    private void addClusterService() throws Exception {
        context.addService(TestCluster.in(directory));
    }

    private DevConsole console() {
        DevConsole console = context.getCamelContextExtension().getContextPlugin(DevConsoleRegistry.class)
                .resolveById("twilio-usage");
        assertThat(console).isInstanceOf(TwilioUsageConsole.class);
        return console;
    }

    private String text() {
        return (String) console().call(MediaType.TEXT);
    }

    private JsonObject json() {
        return (JsonObject) console().call(MediaType.JSON);
    }

    private Map<String, Object> jmx() throws JMException {
        Map<String, Object> metrics = new LinkedHashMap<>();
        for (String name : METRICS) {
            metrics.put(name, ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(bean(), name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1)));
        }
        return metrics;
    }

    private ObjectName bean() throws JMException {
        return context.getManagementStrategy().getManagementObjectNameStrategy()
                .getObjectNameForConsumer(context, usageConsumer());
    }

    private static Map<String, Object> metrics(Object... values) {
        Map<String, Object> metrics = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            metrics.put(METRICS.get(i), values[i] instanceof Integer number ? Long.valueOf(number) : values[i]);
        }
        return metrics;
    }
}
