package io.github.cameltwilio.usage;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cameltwilio.usage.client.TwilioSignature;
import io.github.cameltwilio.usage.simulator.Fault;
import org.apache.camel.Consumer;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.spi.SupervisingRouteController;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** What fails while a callback is received: the route, the secrets, the registration; and what the log says of it. */
class CallbackFailuresTest extends CallbacksTestSupport {
    private static final String ENGINE = "platform-http";

    private final AtomicInteger failures = new AtomicInteger(1);

    @Test
    void deliversRetryAfterErrorInTheRoute() throws Exception {
        MockEndpoint mock = begin(new RouteBuilder() {
            @Override
            public void configure() {
                from(callbacks(ENGINE)).process(exchange -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new StackOverflowError();
                    }
                }).to("mock:fired");
            }
        });

        assertThat(post(firing()).statusCode()).isEqualTo(500);
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    /** Camel drops an exchange whose route ends in an Error on another thread. */
    @Test
    void deliversRetryAfterErrorOnAnotherThread() throws Exception {
        MockEndpoint mock = begin(new RouteBuilder() {
            @Override
            public void configure() {
                from(callbacks(ENGINE)).threads().setBody(exchange -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new StackOverflowError();
                    }
                    return exchange.getMessage().getBody();
                }).to("mock:fired");
            }
        });

        CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> status(firing()));
        await().untilAsserted(() -> {
            System.gc();
            assertThat(first).isDone();
        });
        assertThat(first).isCompletedWithValue(500);
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    private int status(Map<String, String> form) {
        try {
            return post(form).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void deliversRetryAfterRollback() throws Exception {
        MockEndpoint mock = begin(new RouteBuilder() {
            @Override
            public void configure() {
                onException(IllegalStateException.class).handled(true).markRollbackOnlyLast();
                from(callbacks(ENGINE)).process(exchange -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new IllegalStateException();
                    }
                }).to("mock:fired");
            }
        });

        assertThat(post(firing()).statusCode()).isEqualTo(500);
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    @Test
    void respondsWithFailureIfTheSecretsCannotBeRead() throws Exception {
        context.getRegistry().bind("vault", (CallbackSecrets) account -> {
            if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("the vault is sealed");
            }
            return List.of(CallbackCases.SUBACCOUNT_TOKEN);
        });
        MockEndpoint mock = listen(ENGINE, "&callbackSecrets=#vault");
        Map<String, String> firing = firing();
        firing.put("AccountSid", CallbackCases.SUBACCOUNT);
        String signature = TwilioSignature.sign(CallbackCases.SUBACCOUNT_TOKEN, ADDRESS, firing);

        assertThat(post(firing, signature).statusCode()).isEqualTo(500);
        assertThat(post(firing, signature).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet" })
    void respondsAndWarnsOnceIfSecretsBeanThrowsError(String engine) throws Exception {
        context.getRegistry().bind("vault", (CallbackSecrets) account -> {
            throw new NoClassDefFoundError("text of the vault");
        });
        MockEndpoint mock = listen(engine, "&callbackSecrets=#vault");
        Map<String, String> unknown = firing();
        unknown.put("AccountSid", CallbackCases.SUBACCOUNT);
        try (LoggedEvents log = new LoggedEvents()) {
            for (int call = 0; call < 3; call++) {
                HttpResponse<String> response = post(unknown);
                assertThat(response.statusCode()).isEqualTo(500);
                assertThat(response.body()).isEmpty();
            }
            assertThat(warnings(log)).hasSize(1);
        }
        assertThat(post(firing()).statusCode()).as("its token is configured").isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    @Test
    void receivesCallbacksBeforeItsTriggerIsRegistered() throws Exception {
        simulator().fail(Fault.slow(Duration.ofSeconds(3)).onMethod("POST"));
        CompletableFuture<MockEndpoint> listening = CompletableFuture.supplyAsync(() -> {
            try {
                return listen(ENGINE, "&usageCategory=sms&triggerValue=1");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await().until(() -> simulator().requests().stream().anyMatch(request -> request.method().equals("POST")));

        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(listening).as("the request that registers the trigger").isNotDone();
        assertThat(fired(listening.get())).hasSize(1);
    }

    @Test
    void startsAfterAFailedRegistration() throws Exception {
        String uri = callbacks(ENGINE) + "&usageCategory=sms&triggerValue=1";
        begin(new RouteBuilder() {
            @Override
            public void configure() {
                from(uri).routeId("usage").autoStartup(false).to("mock:fired");
            }
        });
        simulator().fail(Fault.unauthorized().times(2));
        assertThatThrownBy(() -> context.getRouteController().startRoute("usage"))
                .hasStackTraceContaining("HTTP 401");
        Consumer withoutRoute = context.getEndpoint(uri).createConsumer(exchange -> {});
        assertThatThrownBy(withoutRoute::start).hasStackTraceContaining("HTTP 401");
        assertThat(post(firing()).statusCode()).as("the path is not served").isEqualTo(404);

        context.getRouteController().startRoute("usage");
        assertThat(post(firing()).statusCode()).isEqualTo(200);
    }

    @Test
    void startsLaterUnderASupervisingControllerIfTwilioIsDown() throws Exception {
        SupervisingRouteController controller = context.getRouteController().supervising();
        controller.setInitialDelay(1);
        controller.setBackOffDelay(50);
        simulator().fail(Fault.serverError().times(7));
        MockEndpoint mock = listen(ENGINE, "&usageCategory=sms&triggerValue=1");

        assertThat(context.isStarted()).isTrue();
        await().until(() -> context.getRouteController().getRouteStatus("usage").isStarted());
        assertThat(simulator().requests()).hasSizeGreaterThan(7);
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    @Test
    void warnsOfEachReasonOnceAMinute() throws Exception {
        listen(ENGINE, "");
        Map<String, String> undated = firing();
        undated.put("DateFired", "yesterday");
        try (LoggedEvents log = new LoggedEvents()) {
            for (int call = 0; call < 3; call++) {
                post(firing(), "forged");
                undated.put("IdempotencyToken", "undated-" + call);
                post(undated);
                Map<String, String> unknown = firing();
                unknown.put("AccountSid", CallbackCases.SUBACCOUNT);
                post(unknown);
            }
            assertThat(warnings(log)).hasSize(3).anyMatch(text -> text.contains("the signature does not match"))
                    .anyMatch(text -> text.contains("cannot read the DateFired of a callback"))
                    .anyMatch(text -> text.contains("authTokens has no token for its AccountSid"))
                    .noneMatch(text -> text.contains(simulator().authToken()));
            clock.advance(Duration.ofMinutes(1));
            post(firing(), "forged");
            assertThat(warnings(log)).hasSize(4);
        }
    }

    /** Leaves out dropped exchanges: the garbage collector may only now find one of the previous test. */
    private static List<String> warnings(LoggedEvents log) {
        return log.events().stream().filter(event -> !event.text().contains("dropped the exchange"))
                .filter(event -> event.level() == Level.WARN && event.logger().endsWith("CallbackProcessor"))
                .map(LoggedEvents.Logged::text).toList();
    }

    private MockEndpoint begin(RouteBuilder routes) throws Exception {
        // Camel counts an exchange that ended in an Error as in flight, and waits for it when it stops.
        context.getShutdownStrategy().setTimeout(1);
        serve(routes, ENGINE);
        start(routes);
        return getMockEndpoint("mock:fired");
    }
}
