package io.github.cameltwilio.usage;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

import com.sun.net.httpserver.HttpServer;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/** An error response becomes an exception with the operation and Twilio's error, but without any secret. */
class ErrorResponsesTest extends TwilioUsageTestSupport {

    @Test
    void reportsWrongCredentials() {
        options().setAuthToken("hush");
        TwilioApiException failure = failure("twilio-usage:records?subresource=daily");

        assertThat(failure.status()).isEqualTo(401);
        assertThat(failure.code()).contains(20003);
        assertThat(failure.requestId()).get().asString().startsWith("RQ");
        assertThat(failure).hasMessageStartingWith("list daily usage records: HTTP 401, Twilio code 20003: ")
                .hasMessageContaining(failure.requestId().get())
                .hasMessageContaining("https://www.twilio.com/docs/errors/20003")
                .message().doesNotContain("hush");
    }

    @Test
    void mentionsTheWindowInNotFoundErrors() {
        options();
        TwilioApiException failure = failure("twilio-usage:records?subresource=daily&startDate=2025-12-31");

        assertThat(failure.status()).isEqualTo(404);
        assertThat(failure.code()).contains(20404);
        assertThat(failure).hasMessageContaining("Twilio also returns 404 when the window begins before the account's"
                + " creation or after today");
    }

    @Test
    void acceptsAnErrorWithoutACode() {
        options();
        simulator().fail(Fault.badRequestWithoutCode());
        TwilioApiException failure = failure("twilio-usage:records");

        assertThat(failure.status()).isEqualTo(400);
        assertThat(failure.code()).isEmpty();
        assertThat(failure).hasMessageContaining("Invalid StartDate");
    }

    @Test
    void masksSecretsThatAGatewayQuotes() throws IOException {
        HttpServer gateway = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        gateway.createContext("/", call -> {
            byte[] body = ("{\"message\": \"no signature in '" + call.getRequestHeaders().getFirst("Authorization")
                    + "'\"}").getBytes(StandardCharsets.UTF_8);
            call.sendResponseHeaders(403, body.length);
            call.getResponseBody().write(body);
            call.close();
        });
        gateway.start();
        try {
            options().setBaseUrl("http://127.0.0.1:" + gateway.getAddress().getPort());

            assertThat(failure("twilio-usage:records"))
                    .hasMessage("list usage records: HTTP 403: no signature in 'Basic xxxxxx'");
        } finally {
            gateway.stop(0);
        }
    }

    @Test
    void retriesAnHtmlPage() {
        options();
        simulator().fail(Fault.htmlUnavailable().times(5));
        TwilioApiException failure = failure("twilio-usage:records");

        assertThat(failure.status()).isEqualTo(503);
        assertThat(failure.code()).isEmpty();
        assertThat(failure.moreInfo()).isEqualTo(Optional.empty());
        assertThat(failure).message().doesNotContain("<html>");
    }

    @Test
    void rejectsASuccessThatIsNotJson() {
        options();
        simulator().fail(Fault.invalidJson().times(5)).fail(Fault.xml().times(5));

        assertThat(failure("twilio-usage:records")).hasMessageContaining("not the JSON that Twilio documents");
        assertThat(failure("twilio-usage:records")).hasMessageContaining("xml");
    }

    @Test
    void retriesOnlyInOneLayer() {
        options();
        for (Fault fault : List.of(Fault.htmlUnavailable(), Fault.connectionReset())) {
            simulator().clearRequests();
            simulator().fail(fault.times(5));
            failure("twilio-usage:records");
            assertThat(simulator().requests()).hasSize(5);
        }
    }

    @Test
    void doesNotRetryPermanentErrors() {
        options();
        for (Fault fault : List.of(Fault.unauthorized(), Fault.notFound(), Fault.badRequestWithoutCode())) {
            simulator().clearRequests();
            simulator().fail(fault);
            failure("twilio-usage:records");
            assertThat(simulator().requests()).hasSize(1);
        }
    }

    @Test
    void doesNotFollowRedirects() {
        options();
        try (TwilioUsageSimulator elsewhere = TwilioUsageSimulator.start()) {
            simulator().fail(Fault.redirect(URI.create(elsewhere.baseUrl() + "/2010-04-01/Accounts/"
                    + simulator().accountSid() + "/Usage/Records.json")));

            assertThat(failure("twilio-usage:records").status()).isEqualTo(307);
            assertThat(elsewhere.requests()).isEmpty();
        }
    }

    /** By itself, HttpClient would send the credentials along when a redirect leads to the same host. */
    @Test
    void doesNotFollowRedirectsWithinTwilio() {
        options();
        simulator().fail(Fault.redirect(URI.create(simulator().baseUrl() + "/2010-04-01/Accounts/"
                + simulator().accountSid() + "/Usage/Records/Today.json")));

        assertThat(failure("twilio-usage:records").status()).isEqualTo(307);
        assertThat(simulator().requests()).hasSize(1);
    }

    @Test
    void reportsAConsumerAsDownUntilAPollSucceeds() throws Exception {
        for (int poll = 0; poll < 5; poll++) {
            simulator().fail(Fault.unauthorized());
        }
        checkConsumers();
        consume("twilio-usage:records?subresource=today&initialDelay=0&delay=200");

        await().untilAsserted(() -> {
            assertThat(health().getState()).isEqualTo(HealthCheck.State.DOWN);
            assertThat(health().getDetails()).containsEntry(HealthCheck.HTTP_RESPONSE_CODE, 401)
                    .containsEntry("twilio.code", 20003)
                    .hasEntrySatisfying("twilio.request.id", id -> assertThat((String) id).startsWith("RQ"));
        });
        await().untilAsserted(() -> {
            assertThat(health().getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(health().getDetails()).doesNotContainKeys(HealthCheck.HTTP_RESPONSE_CODE, "twilio.code");
        });
    }

    @Test
    void showsOnlyTheLatestFailure() throws Exception {
        simulator().fail(Fault.unauthorized()).fail(Fault.connectionReset().times(1000));
        checkConsumers();
        consume("twilio-usage:records?subresource=today&initialDelay=0&delay=200");

        await().untilAsserted(() -> assertThat(health().getError().orElseThrow()).hasMessageContaining("no response"));
        assertThat(health().getDetails()).doesNotContainKeys(HealthCheck.HTTP_RESPONSE_CODE, "twilio.code",
                "twilio.request.id");
    }

    /** Enables the health check of consumers, as runtimes do. */
    private void checkConsumers() {
        HealthCheckRegistry checks = HealthCheckRegistry.get(context);
        checks.register(checks.resolveById("consumers"));
    }

    /** The result that a runtime's readiness probe reports. */
    private HealthCheck.Result health() {
        return HealthCheckHelper.invokeReadiness(context).stream()
                .filter(result -> result.getCheck().getId().equals("consumer:usage")).findFirst().orElseThrow();
    }

    private TwilioApiException failure(String uri) {
        context.start();
        Throwable failure = catchThrowable(() -> template.requestBody(uri, (Object) null));
        assertThat(failure).hasCauseInstanceOf(TwilioApiException.class);
        return (TwilioApiException) failure.getCause();
    }
}
