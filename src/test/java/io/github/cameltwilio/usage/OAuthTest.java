package io.github.cameltwilio.usage;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpServer;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.ReceivedRequest;
import org.apache.camel.Component;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Authentication with an OAuth app of the account, against the simulator's token endpoint. */
class OAuthTest extends TwilioUsageTestSupport {
    private static final String DAILY = "twilio-usage:records?subresource=daily&startDate=2026-03-01&pageSize=5";
    private static final String NEW_TRIGGER = "twilio-usage:triggers?action=create&usageCategory=sms&triggerValue=9"
            + "&callbackUrl=https://example.com/alerts";

    private final TestClock stoppedClock = new TestClock("2026-03-15T12:00:00Z");

    @Override
    protected TwilioUsageConfiguration options() {
        TwilioUsageConfiguration options = super.options();
        options.setAuthToken(null);
        options.setClientId(simulator().clientId());
        options.setClientSecret(simulator().clientSecret());
        return options;
    }

    @Test
    void exchangesCredentialsForAToken() {
        begin();
        assertThat(list(DAILY)).hasSize(30);

        ReceivedRequest exchange = simulator().requests().get(0);
        assertThat(exchange.method() + " " + exchange.path() + exchange.query()).isEqualTo("POST /v2/token");
        assertThat(exchange.headers()).containsEntry("content-type", "application/x-www-form-urlencoded; charset=UTF-8")
                .containsEntry("accept", "application/json").doesNotContainKey("authorization");
        assertThat(exchange.form()).isEqualTo(Map.of("grant_type", "client_credentials", "client_id",
                simulator().clientId(), "client_secret", simulator().clientSecret()));
        assertThat(bearers()).singleElement().asString().startsWith("Bearer eyJ");
        assertThat(simulator().requests()).hasSize(1 + 6);
    }

    @Test
    void requestsNoTokenBeforeItIsNeeded() throws Exception {
        consume(DAILY + "&startScheduler=false", "direct:next");

        assertThat(simulator().requests()).isEmpty();
    }

    @Test
    void authenticatesConsumers() throws Exception {
        MockEndpoint usage = consume(DAILY + "&startScheduler=false");

        assertThat(poll()).isEqualTo(30);
        assertThat(usage(usage)).hasSize(30);
        assertThat(bearers()).hasSize(1);
    }

    @Test
    void authenticatesTriggerActions() {
        begin();
        UsageTrigger created = template.requestBody(NEW_TRIGGER, (Object) null, UsageTrigger.class);

        assertThat(list("twilio-usage:triggers")).isEqualTo(List.of(created));
        assertThat(bearers()).hasSize(1);
    }

    @Test
    void sharesATokenAcrossEndpoints() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:both").to(DAILY).to("twilio-usage:triggers").to("twilio-usage:accounts");
            }
        });
        template.requestBody("direct:both", (Object) null);

        assertThat(exchanges()).isEqualTo(1);
    }

    @Test
    void requestsATokenOnceForConcurrentRequests() {
        begin();
        simulator().fail(Fault.slow(Duration.ofMillis(300)).onMethod("POST"))
                .fail(Fault.slow(Duration.ofMillis(300)).onMethod("GET").times(2));
        assertThat(list(DAILY + "&category=sms,calls&parallelRequests=6")).hasSize(30);

        assertThat(simulator().maxConcurrentRequests()).isGreaterThan(1);
        assertThat(exchanges()).isEqualTo(1);
    }

    @Test
    void renewsATokenBeforeItExpires() {
        begin();
        list(DAILY);
        clock.advance(Duration.ofMinutes(59).plusSeconds(29));
        list(DAILY);
        assertThat(exchanges()).isEqualTo(1);

        clock.advance(Duration.ofSeconds(1));
        list(DAILY);
        list(DAILY);
        assertThat(exchanges()).isEqualTo(2);
        assertThat(bearers()).hasSize(2);
    }

    @Test
    void renewsATokenInTheMiddleOfAListing() throws Exception {
        machineClock = stoppedClock;
        AtomicInteger delivered = new AtomicInteger();
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(DAILY + "&startScheduler=false").routeId("usage").process(record -> {
                    if (delivered.incrementAndGet() == 12) {
                        // Only Twilio's clock advances, so this machine does not notice that the token expires.
                        clock.advance(Duration.ofHours(1));
                    }
                }).to("mock:usage");
            }
        });
        poll();

        assertThat(usage(getMockEndpoint("mock:usage"))).hasSize(30).doesNotHaveDuplicates();
        assertThat(exchanges()).isEqualTo(2);
        assertThat(bearers()).hasSize(2);
    }

    @Test
    void renewsARejectedTokenOnce() {
        begin();
        simulator().fail(Fault.unauthorized().onMethod("GET"));
        assertThat(list(DAILY)).hasSize(30);
        assertThat(exchanges()).isEqualTo(2);

        simulator().fail(Fault.unauthorized().onMethod("GET").times(2));
        simulator().clearRequests();
        assertThat(failure(DAILY))
                .hasMessageStartingWith("list daily usage records from 2026-03-01: HTTP 401, Twilio code 20003");
        assertThat(exchanges()).isEqualTo(1);
        assertThat(simulator().requests()).hasSize(3);
    }

    @Test
    void doesNotRetryAnEndlessErrorResponse() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer endless = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        endless.setExecutor(threads);
        endless.createContext("/v2/token", call -> {
            byte[] token = "{\"access_token\": \"t\", \"token_type\": \"Bearer\"}".getBytes(StandardCharsets.UTF_8);
            call.sendResponseHeaders(200, token.length);
            call.getResponseBody().write(token);
            call.close();
        });
        endless.createContext("/", call -> {
            requests.incrementAndGet();
            call.sendResponseHeaders(401, 0);
            while (true) {
                call.getResponseBody().write(new byte[8192]);
            }
        });
        endless.start();
        try {
            begin().setBaseUrl("http://127.0.0.1:" + endless.getAddress().getPort());

            assertThat(failure(DAILY).status()).isEqualTo(401);
            assertThat(requests).hasValue(1);
        } finally {
            endless.stop(0);
            threads.shutdownNow();
        }
    }

    @Test
    void retriesATokenRequestThatTimesOut() {
        options();
        context.getComponent("twilio-usage", TwilioUsageComponent.class).setResponseTimeout(Duration.ofSeconds(1));
        context.start();
        simulator().fail(Fault.neverResponds().onMethod("POST"));

        assertThat(list(DAILY)).hasSize(30);
        assertThat(exchanges()).isEqualTo(2);
    }

    @Test
    void createsATriggerOnceDespiteAnExpiredToken() {
        machineClock = stoppedClock;
        begin();
        list("twilio-usage:triggers");
        clock.advance(Duration.ofHours(1));
        UsageTrigger created = template.requestBody(NEW_TRIGGER, (Object) null, UsageTrigger.class);

        assertThat(list("twilio-usage:triggers")).isEqualTo(List.of(created));
    }

    @Test
    void retriesACreationThatFailedForLackOfAToken() {
        begin();
        simulator().fail(Fault.serverError(2).onMethod("POST")).fail(Fault.truncatedResponse().onMethod("POST"));
        UsageTrigger created = template.requestBody(NEW_TRIGGER, (Object) null, UsageTrigger.class);

        assertThat(list("twilio-usage:triggers")).isEqualTo(List.of(created));
        assertThat(exchanges()).isEqualTo(4);
    }

    @Test
    void honoursRetryAfterOfATokenRequest() {
        begin();
        Instant before = clock.instant();
        simulator().fail(Fault.rateLimited(1, Duration.ofSeconds(40)).onMethod("POST"));

        assertThat(list(DAILY)).hasSize(30);
        assertThat(Duration.between(before, clock.instant())).isEqualTo(Duration.ofSeconds(40));
    }

    @Test
    void keepsThePageSizeWhenTheTokenRequestFails() {
        begin();
        simulator().fail(Fault.serverError(4).onMethod("POST"));

        assertThat(list(DAILY)).hasSize(30);
        assertThat(queries()).last().asString().contains("PageSize=5");
    }

    @Test
    void reportsUnknownAppsWithoutRetrying() {
        begin().setClientSecret("hush/+ &");
        TwilioApiException failure = failure(DAILY);

        assertThat(failure)
                .hasMessageStartingWith("authenticate with clientId and clientSecret: HTTP 401, Twilio code 20003")
                .message().doesNotContain("hush");
        assertThat(failure.status()).isEqualTo(401);
        assertThat(failure.requestId()).isPresent();
        assertThat(simulator().requests()).hasSize(1);
    }

    @Test
    void doesNotQuoteAResponseWithoutAToken() {
        begin();
        simulator().fail(Fault.invalidJson().onMethod("POST").times(5));

        assertThat(failure(DAILY))
                .hasMessageStartingWith("authenticate with clientId and clientSecret: the response is not the"
                        + " JSON that Twilio documents, 22 bytes of application/json (request RQ");
    }

    @Test
    void dropsTheTokenWithTheComponent() {
        begin();
        list(DAILY);
        Component component = context.getComponent("twilio-usage");
        component.stop();
        component.start();
        list(DAILY + "&category=sms");

        assertThat(exchanges()).isEqualTo(2);
    }

    private TwilioUsageConfiguration begin() {
        TwilioUsageConfiguration options = options();
        context.start();
        return options;
    }

    private List<?> list(String uri) {
        return template.requestBody(uri, (Object) null, List.class);
    }

    private TwilioApiException failure(String uri) {
        return (TwilioApiException) catchThrowable(() -> list(uri)).getCause();
    }

    private long exchanges() {
        return simulator().requests().stream().filter(request -> request.path().equals("/v2/token")).count();
    }

    /** The Authorization headers of all other requests. */
    private Set<String> bearers() {
        return simulator().requests().stream().filter(request -> !request.path().equals("/v2/token"))
                .map(request -> request.headers().get("authorization")).collect(Collectors.toSet());
    }
}
