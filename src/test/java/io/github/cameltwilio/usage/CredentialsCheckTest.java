package io.github.cameltwilio.usage;

import java.util.List;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.simulator.Fault;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.State;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.health.HealthCheckRepository;
import org.apache.camel.test.AvailablePortFinder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/** Wrong credentials show when a route starts, with what to check. They do not keep the context from starting. */
class CredentialsCheckTest extends TwilioUsageTestSupport {
    private static final String REMEDY = "check accountSid %s, %s and region: ";

    @BeforeEach
    void enableHealthChecks() {
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        for (String id : List.of("consumers", "producers")) {
            HealthCheckRepository repository = (HealthCheckRepository) registry.resolveById(id);
            repository.setEnabled(true);
            registry.register(repository);
        }
    }

    @Test
    void aConsumerWithWrongCredentialsIsNotReady() throws Exception {
        options().setAuthToken("hush");
        run("twilio-usage:records?subresource=daily&initialDelay=0&delay=50", "mock:usage");

        await().untilAsserted(() -> assertThat(readiness().getError().orElseThrow()).hasMessageStartingWith(
                "check the credentials and Twilio's date: HTTP 401, Twilio code 20003: ").hasMessageContaining(
                        REMEDY.formatted(simulator().accountSid(), "authToken")));
        assertThat(readiness().getState()).isEqualTo(State.DOWN);
    }

    @Test
    void aConsumerIsNotReadyBeforeItsFirstPoll() throws Exception {
        options();
        run("twilio-usage:records?subresource=daily&startScheduler=false", "mock:usage");

        assertThat(readiness().getState()).isEqualTo(State.DOWN);
    }

    @Test
    void aProducerWithWrongCredentialsIsNotReady() throws Exception {
        options().setAuthToken("hush");
        run("direct:list", "twilio-usage:records");

        HealthCheck.Result readiness = readiness();
        assertThat(readiness.getState()).isEqualTo(State.DOWN);
        assertThat(readiness.getMessage().orElseThrow()).startsWith("check the credentials")
                .contains(REMEDY.formatted(simulator().accountSid(), "authToken")).doesNotContain("hush");
        assertThat(readiness.getDetails()).containsEntry(HealthCheck.HTTP_RESPONSE_CODE, 401)
                .containsEntry("twilio.code", 20003).containsKey("twilio.request.id");
    }

    @Test
    void aProducerIsCheckedUntilItIsReady() throws Exception {
        simulator().fail(Fault.connectionReset()).fail(Fault.unauthorized());
        options();
        run("direct:list", "twilio-usage:records");

        assertThat(readiness().getState()).as("Twilio cannot be reached").isEqualTo(State.DOWN);
        assertThat(readiness().getState()).as("Twilio rejects the credentials").isEqualTo(State.DOWN);
        assertThat(readiness().getState()).isEqualTo(State.UP);
        assertThat(readiness().getState()).isEqualTo(State.UP);
        assertThat(simulator().requests()).hasSize(3);
    }

    @Test
    void aProducerIsNotCheckedWhenTheComponentSaysSo() throws Exception {
        options();
        context.getComponent("twilio-usage", TwilioUsageComponent.class).setHealthCheckProducerEnabled(false);
        run("direct:list", "twilio-usage:records");

        HealthCheckHelper.invokeReadiness(context);
        assertThat(simulator().requests()).isEmpty();
    }

    @Test
    void aStoppedProducerIsNotChecked() throws Exception {
        options();
        run("direct:list", "twilio-usage:records");
        context.getRouteController().stopRoute("usage");

        HealthCheckHelper.invokeReadiness(context);
        assertThat(simulator().requests()).isEmpty();
    }

    @Test
    void startsWhileTwilioCannotBeReached() throws Exception {
        options().setBaseUrl("http://127.0.0.1:" + AvailablePortFinder.getNextAvailable());
        run("direct:list", "twilio-usage:records");

        assertThat(context.getStatus().isStarted()).isTrue();
        assertThat(readiness().getMessage().orElseThrow()).contains("no response");
    }

    @Test
    void namesTheOptionsOfAnApiKey() {
        TwilioUsageConfiguration options = options();
        options.setAuthToken(null);
        options.setApiKey(simulator().apiKey());
        options.setSecretKey("hush");

        assertThat(failure()).hasMessageContaining(REMEDY.formatted(simulator().accountSid(), "apiKey, secretKey"));
    }

    @Test
    void namesTheOptionsOfAnOAuthApp() {
        TwilioUsageConfiguration options = options();
        options.setAuthToken(null);
        options.setClientId(simulator().clientId());
        options.setClientSecret("hush");

        assertThat(failure()).hasMessageStartingWith("authenticate with clientId and clientSecret: HTTP 401")
                .hasMessageContaining(REMEDY.formatted(simulator().accountSid(), "clientId, clientSecret"));
    }

    private Throwable failure() {
        context.start();
        Throwable failure = catchThrowable(() -> template.requestBody("twilio-usage:records", (Object) null))
                .getCause();
        assertThat(failure).isInstanceOf(TwilioApiException.class).message().doesNotContain("hush");
        return failure;
    }

    private void run(String from, String to) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(from).routeId("usage").to(to);
            }
        });
        context.start();
    }

    /** The result of the only route's check that a runtime's readiness probe reports. */
    private HealthCheck.Result readiness() {
        List<HealthCheck.Result> results = List.copyOf(HealthCheckHelper.invokeReadiness(context));
        assertThat(results).hasSize(1);
        return results.get(0);
    }
}
