package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.net.httpserver.HttpServer;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.SentCallback;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PropertyBindingSupport;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Contains the examples of the page, which are compared with this file, and shows what the page says about them. */
class SimulatorPageTest {
    private static final Markdown PAGE = Markdown.page("docs/simulator.md");
    private static final Path THIS = Path.of("src/test/java/io/github/cameltwilio/usage/build/SimulatorPageTest.java");

    private String callbackUrl;

    @Test
    void runsTheExamples() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-15T23:50:00Z"));
        InstantSource time = now::get;
        TwilioUsageSimulator twilio = TwilioUsageSimulator.builder()
                .clock(time.withZone(ZoneOffset.UTC))
                .accountCreated(LocalDate.parse("2026-01-01"))
                .subaccount("Shop", LocalDate.parse("2026-02-01"))
                .categories("sms", "calls", "totalprice")
                .zeroShare(0)
                .start();

        try (twilio; DefaultCamelContext camel = new DefaultCamelContext()) {
            MockEndpoint delivered = camel.getEndpoint("mock:usage", MockEndpoint.class);
            PropertyBindingSupport.bindProperties(camel, camel.getComponent("twilio-usage"),
                    new HashMap<>(twilio.componentProperties()));
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("twilio-usage:records?subresource=daily&initialDelay=0&delay=50").to("mock:usage");
                }
            });
            camel.start();
            awaitRecord(delivered, "sms", "2026-03-15", null);

            now.set(Instant.parse("2026-03-16T06:00:00Z"));

            awaitRecord(delivered, "sms", "2026-03-16", null);

            LocalDate yesterday = LocalDate.parse("2026-03-14");
            BigDecimal price = twilio.usage(yesterday, "sms").price();
            twilio.correct(yesterday, "sms", new BigDecimal("2"));

            awaitRecord(delivered, "sms", "2026-03-14", price.multiply(new BigDecimal("2")).add(
                    twilio.usage(twilio.subaccountSids().get(0), yesterday, "sms").price()));

            twilio.override("calls", yesterday, "price", "\"\"");

            await().untilAsserted(() -> assertThat(delivered.getReceivedExchanges())
                    .map(exchange -> exchange.getMessage().getBody(UsageRecord.class))
                    .anyMatch(usage -> usage.category().equals("calls") && usage.price() == null));
            camel.getRouteController().stopAllRoutes();
            ProducerTemplate template = camel.createProducerTemplate();
            twilio.clearRequests();

            twilio.fail(Fault.rateLimited(2, Duration.ofSeconds(1)));
            twilio.fail(Fault.truncatedResponse().onPage(1));
            twilio.fail(Fault.serverError().onMethod("POST").afterProcessing());
            twilio.fail(Fault.notFound().onAccount(twilio.subaccountSids().get(0)).times(3));

            List<?> records = template.requestBody("twilio-usage:records?subresource=daily"
                    + "&pageSize=200&startDate=2026-01-01&endDate=2026-03-14", null, List.class);
            assertThat(records).hasSize(3 * 73);
            assertThat(twilio.requests()).as("two pages, two rejections and a truncated response").hasSize(5);

            HttpServer address = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            address.createContext("/", exchange -> {
                exchange.sendResponseHeaders(204, -1);
                exchange.close();
            });
            address.start();
            callbackUrl = "http://127.0.0.1:" + address.getAddress().getPort();

            template.sendBody("twilio-usage:triggers?action=ensure&usageCategory=sms&triggerBy=count"
                    + "&triggerValue=1&callbackUrl=" + callbackUrl, null);
            twilio.evaluateTriggers();
            SentCallback fired = twilio.callbacks().get(0);
            twilio.resend(fired);

            address.stop(0);
            assertThat(fired.status()).isEqualTo(204);
            assertThat(twilio.callbacks()).hasSize(2).extracting(SentCallback::signature)
                    .containsOnly(fired.signature());
            assertThat(twilio.requests()).as("the fault of the POST").filteredOn(
                    request -> request.method().equals("POST")).hasSize(1);
        }
    }

    @Test
    void everyExampleIsPartOfATest() throws IOException {
        List<String> lines = Files.readAllLines(THIS).stream().map(String::strip).toList();
        List<String> examples = PAGE.blocks("java").stream().filter(block -> !block.contains("@RegisterExtension"))
                .toList();

        assertThat(examples).hasSize(6).allSatisfy(
                example -> assertThat(lines).containsSequence(example.lines().map(String::strip).toList()));
    }

    @Test
    void namesEverySettingAndEveryFault() {
        assertThat(publicMethods(TwilioUsageSimulator.Builder.class)).filteredOn(method -> !method.equals("start"))
                .allSatisfy(setting -> assertThat(PAGE.text()).contains("\n| `" + setting + "` |"));
        assertThat(publicMethods(Fault.class))
                .allSatisfy(fault -> assertThat(PAGE.text()).contains("`" + fault + "`"));
    }

    private static List<String> publicMethods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods()).filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName).distinct().toList();
    }

    private static void awaitRecord(MockEndpoint delivered, String category, String day, BigDecimal price) {
        await().untilAsserted(() -> assertThat(delivered.getReceivedExchanges())
                .map(exchange -> exchange.getMessage().getBody(UsageRecord.class))
                .anyMatch(usage -> usage.category().equals(category) && usage.startDate().toString().equals(day)
                        && (price == null || usage.price().compareTo(price) == 0)));
    }
}
