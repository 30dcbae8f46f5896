package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Properties;

import io.github.cameltwilio.usage.CallbackSecrets;
import io.github.cameltwilio.usage.TwilioUsageConfiguration;
import io.github.cameltwilio.usage.TwilioUsageTestSupport;
import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.simulator.SentCallback;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.apache.camel.test.AvailablePortFinder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs the examples of the page as they are printed. */
class CallbacksPageTest extends TwilioUsageTestSupport {
    private static final Markdown PAGE = Markdown.page("docs/callbacks.md");

    private String address;

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).categories("sms", "calls", "totalprice")
                .subaccount("Shop", LocalDate.parse("2026-01-01"));
    }

    @BeforeEach
    void listen() throws Exception {
        options();
        VertxPlatformHttpServerConfiguration server = new VertxPlatformHttpServerConfiguration();
        server.setBindHost("127.0.0.1");
        server.setBindPort(AvailablePortFinder.getNextAvailable());
        context.addService(new VertxPlatformHttpServer(server));
        address = "http://127.0.0.1:" + server.getBindPort();
        context.getPropertiesComponent().addOverrideProperty("public.url", address);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:alert").errorHandler(noErrorHandler()).to("mock:alert");
            }
        });
        context.start();
    }

    @Test
    void createsItsOwnTrigger() throws Exception {
        run("/twilio/spend");
        simulator().correct(clock.today(), "sms", new BigDecimal("1000"));

        assertThat(alerts().getReceivedExchanges()).hasSize(1);
        assertThat(alerts().getReceivedExchanges().get(0).getMessage().getBody(TriggerFired.class).triggerBy())
                .isEqualTo("price");
    }

    @Test
    void receivesExistingTriggers() throws Exception {
        create("/twilio/all");
        run("/twilio/all");
        simulator().evaluateTriggers();

        assertThat(alerts().getReceivedExchanges()).hasSize(1);
    }

    @Test
    void createsANamedTriggerInYaml() throws Exception {
        load("/twilio/messages");
        simulator().correct(clock.today(), "sms", new BigDecimal("10000"));

        assertThat(alerts().getReceivedExchanges()).hasSize(1);
        List<?> triggers = template.requestBody("twilio-usage:triggers", (Object) null, List.class);
        assertThat(triggers).extracting("friendlyName").containsExactly("Messages of a day");
    }

    @Test
    void ensuresAndReceivesTriggersOfEveryAccount() throws Exception {
        context.getRegistry().bind("vault", (CallbackSecrets) account -> List.of(simulator().authToken(account)));
        run("/twilio/accounts");
        String shop = simulator().subaccountSids().get(0);
        await().untilAsserted(() -> assertThat(List.of(simulator().accountSid(), shop)).allSatisfy(account -> {
            List<?> triggers = template.requestBodyAndHeader("twilio-usage:triggers", null,
                    "CamelTwilioUsagePathAccountSid", account, List.class);
            assertThat(triggers).hasSize(1);
        }));
        for (String account : List.of(simulator().accountSid(), shop)) {
            simulator().correct(account, clock.today(), "sms", new BigDecimal("100000"));
        }

        assertThat(alerts().getReceivedExchanges())
                .extracting(alert -> alert.getMessage().getHeader("CamelTwilioUsageAccountSid"))
                .containsExactly(simulator().accountSid(), shop);
    }

    @Test
    void rejectsASignatureForAnotherAddress() throws Exception {
        run("/outside/fired");
        create("/fired");
        simulator().evaluateTriggers();

        assertThat(simulator().callbacks()).as("signed for another address").extracting(SentCallback::status)
                .containsExactly(403);
    }

    @Test
    void keepsTokensInARepository() throws Exception {
        MemoryIdempotentRepository tokens = new MemoryIdempotentRepository();
        context.getRegistry().bind("tokens", tokens);
        create("/twilio/fired");
        run("/twilio/fired");
        simulator().evaluateTriggers();

        assertThat(tokens.getCacheSize()).as("the signature and the token").isEqualTo(2);
    }

    @Test
    void receivesAFiringOnceByCallbackAndPoll() throws Exception {
        forgetAlerts();
        run("/twilio/calls");
        receivesOnce("calls");
    }

    @Test
    void receivesAFiringOnceByCallbackAndPollInYaml() throws Exception {
        forgetAlerts();
        load("/twilio/sms");
        receivesOnce("sms");
    }

    private void receivesOnce(String category) {
        simulator().correct(clock.today(), category, new BigDecimal("1000"));
        assertThat(alerts().getReceivedExchanges()).hasSize(1);

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(simulator().requests())
                .filteredOn(request -> request.query().contains("UsageCategory=" + category)).isNotEmpty());
        await().untilAsserted(() -> assertThat(context.getInflightRepository().size()).isZero());
        assertThat(alerts().getReceivedExchanges()).hasSize(1);
        assertThat(Path.of("target/alerts.txt")).content().contains("|");
    }

    private static void forgetAlerts() throws IOException {
        Files.deleteIfExists(Path.of("target/fired.state"));
        Files.deleteIfExists(Path.of("target/alerts.txt"));
    }

    @Test
    void everyPropertyIsAnOptionOfTheComponent() throws IOException {
        Properties printed = new Properties();
        printed.load(new StringReader(PAGE.blocks("properties").get(0)));

        assertThat(printed.stringPropertyNames()).allSatisfy(name -> {
            assertThat(name).startsWith("camel.component.twilio-usage.");
            String option = name.substring("camel.component.twilio-usage.".length()).replace("-", "");
            assertThat(TwilioUsageConfiguration.class.getMethods()).anyMatch(
                    method -> method.getName().equalsIgnoreCase("set" + option));
        });
    }

    @Test
    void everyBlockIsRunHere() {
        assertThat(PAGE.blocks("java")).hasSize(6);
        assertThat(PAGE.blocks("yaml")).hasSize(2);
        assertThat(List.of("/twilio/spend", "/twilio/all", "/twilio/accounts", "/outside/fired", "/twilio/fired",
                "/twilio/calls"))
                .allSatisfy(path -> assertThat(PAGE.block("java", path)).isNotEmpty());
    }

    private void run(String path) throws Exception {
        context.addRoutes(RouteCompiler.route(PAGE.block("java", path)));
    }

    private void load(String path) throws Exception {
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString("callbacks.yaml", PAGE.block("yaml", path)));
    }

    private void create(String path) {
        template.requestBody("twilio-usage:triggers?action=create&usageCategory=sms&triggerValue=1&callbackUrl="
                + address + path, (Object) null, UsageTrigger.class);
    }

    private MockEndpoint alerts() {
        return getMockEndpoint("mock:alert");
    }
}
