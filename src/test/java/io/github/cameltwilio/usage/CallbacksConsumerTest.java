package io.github.cameltwilio.usage;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cameltwilio.usage.client.TwilioSignature;
import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.SentCallback;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.support.processor.idempotent.MemoryIdempotentRepository;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class CallbacksConsumerTest extends CallbacksTestSupport {
    private static final String ENGINE = "platform-http";
    private static final String TRIGGER = "&usageCategory=sms&triggerValue=1&recurring=daily";

    @Test
    void deliversRetriedCallbackOnce() throws Exception {
        MockEndpoint mock = listen(ENGINE, "");

        for (int call = 0; call < 4; call++) {
            assertThat(post(firing()).statusCode()).isEqualTo(200);
        }
        assertThat(fired(mock)).hasSize(1);
    }

    @Test
    void deliversConcurrentEqualCallbacksOnce() throws Exception {
        MockEndpoint mock = listen(ENGINE, "");
        CountDownLatch second = new CountDownLatch(2);
        mock.whenAnyExchangeReceived(exchange -> {
            second.countDown();
            second.await(1, TimeUnit.SECONDS);
        });
        ExecutorService callers = Executors.newFixedThreadPool(50);
        try {
            List<Future<Integer>> responses = new ArrayList<>();
            for (int call = 0; call < 50; call++) {
                responses.add(callers.submit(() -> post(firing()).statusCode()));
            }
            for (Future<Integer> response : responses) {
                assertThat(response.get(20, TimeUnit.SECONDS)).isEqualTo(200);
            }
        } finally {
            callers.shutdownNow();
        }
        assertThat(fired(mock)).hasSize(1);
    }

    @Test
    void deliversAgainAfterRouteFailed() throws Exception {
        MockEndpoint mock = listen(ENGINE, "");
        mock.whenAnyExchangeReceived(exchange -> {
            throw new IllegalStateException("a secret of the route");
        });

        HttpResponse<String> failed = post(firing());
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).isEmpty();
        mock.whenAnyExchangeReceived(exchange -> {});
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(2);
    }

    @Test
    void acceptsWhatErrorHandlerHandled() throws Exception {
        options();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                serve(this, ENGINE);
                errorHandler(deadLetterChannel("mock:dead"));
                from(callbacks(ENGINE)).throwException(new IllegalStateException("no"));
            }
        });
        context.start();

        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(getMockEndpoint("mock:dead").getReceivedExchanges()).hasSize(1);
    }

    @Test
    void remembersTokensInCustomRepository() throws Exception {
        MemoryIdempotentRepository shared = new MemoryIdempotentRepository();
        context.getRegistry().bind("shared", shared);
        MockEndpoint mock = listen(ENGINE, "&idempotentRepository=#shared");
        assertThat(post(firing()).statusCode()).isEqualTo(200);

        context.getRouteController().stopRoute("usage");
        context.getRouteController().startRoute("usage");
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
        assertThat(shared.getCacheSize()).as("token and signature").isEqualTo(2);
        assertThat(shared.getCache().keySet()).allMatch(key -> key.length() == 64, "fits a column of 100");
    }

    @Test
    void claimsACallbackWhileTheRouteRuns() throws Exception {
        MemoryIdempotentRepository shared = new MemoryIdempotentRepository();
        context.getRegistry().bind("shared", shared);
        MockEndpoint mock = listen(ENGINE, "&idempotentRepository=#shared");
        List<String> claims = new CopyOnWriteArrayList<>();
        mock.whenAnyExchangeReceived(exchange -> claims.addAll(shared.getCache().keySet()));
        assertThat(post(firing()).statusCode()).isEqualTo(200);

        assertThat(claims).as("visible to other nodes").hasSize(2).allMatch(key -> key.contains("@"));
        assertThat(shared.getCache().keySet()).hasSize(2).noneMatch(key -> key.contains("@"));
    }

    @Test
    void renewsClaimWhileStoppingUntilLastCallbackEnds() throws Exception {
        MemoryIdempotentRepository shared = new MemoryIdempotentRepository();
        context.getRegistry().bind("shared", shared);
        MockEndpoint mock = listen(ENGINE, "&idempotentRepository=#shared");
        CountDownLatch end = new CountDownLatch(1);
        mock.whenAnyExchangeReceived(exchange -> end.await(20, TimeUnit.SECONDS));
        CompletableFuture<Integer> running = CompletableFuture.supplyAsync(() -> status(firing()));
        await().until(() -> shared.getCacheSize() == 2);
        Set<String> first = Set.copyOf(shared.getCache().keySet());
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(this::stopRoute);

        // A claim lasts four seconds and is then renewed.
        await().untilAsserted(() -> assertThat(shared.getCache().keySet()).hasSize(4).containsAll(first));
        assertThat(stopping).isNotDone();
        end.countDown();
        assertThat(running.get(5, TimeUnit.SECONDS)).isEqualTo(200);
        stopping.get(5, TimeUnit.SECONDS);
        assertThat(shared.getCache().keySet()).hasSize(2).noneMatch(key -> key.contains("@"));
    }

    @Test
    void respondsWithFailureWhileItsRouteIsSuspended() throws Exception {
        MockEndpoint mock = listen(ENGINE, TRIGGER);
        context.getRouteController().suspendRoute("usage");
        assertThat(post(firing()).statusCode()).isEqualTo(500);
        context.getRouteController().resumeRoute("usage");
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
        assertThat(posts()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void respondsToCallbackInProgressWhenRouteStops(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");
        CountDownLatch end = new CountDownLatch(1);
        mock.whenAnyExchangeReceived(exchange -> end.await(20, TimeUnit.SECONDS));
        CompletableFuture<Integer> running = CompletableFuture.supplyAsync(() -> status(firing()));
        await().until(() -> mock.getReceivedCounter() == 1);
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(this::stopRoute);
        assertThat(running).isNotDone();
        await().pollDelay(Duration.ofMillis(200)).until(() -> !stopping.isDone());
        end.countDown();

        assertThat(running.get(5, TimeUnit.SECONDS)).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void respondsToCallbackWaitingForAnotherNodeWhenRouteStops(String engine) throws Exception {
        CountDownLatch claiming = new CountDownLatch(1);
        MemoryIdempotentRepository shared = new MemoryIdempotentRepository() {
            @Override
            public boolean add(String key) {
                claiming.countDown();
                return false;
            }
        };
        context.getRegistry().bind("shared", shared);
        listen(engine, "&idempotentRepository=#shared");
        CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> status(firing()));
        assertThat(claiming.await(5, TimeUnit.SECONDS)).isTrue();

        stopRoute();
        assertThat(waiting.get(5, TimeUnit.SECONDS)).isEqualTo(500);
    }

    @Test
    void rejectsCallbackTooOldOrInFuture() throws Exception {
        MockEndpoint mock = listen(ENGINE, "");
        for (Duration shift : List.of(Duration.ofHours(25), Duration.ofHours(-50))) {
            clock.advance(shift);
            assertThat(post(firing()).statusCode()).isEqualTo(400);
        }
        assertThat(fired(mock)).isEmpty();
    }

    @Test
    void appliesCallbackMaxAge() throws Exception {
        MockEndpoint mock = listen(ENGINE, "&callbackMaxAge=2m");
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        clock.advance(Duration.ofMinutes(2));
        assertThat(post(firing()).statusCode()).isEqualTo(400);
        assertThat(fired(mock)).hasSize(1);
    }

    @Test
    void rejectsSignedCallbackOfOtherAccount() throws Exception {
        MockEndpoint mock = listen(ENGINE, "");
        Map<String, String> other = firing();
        other.put("AccountSid", "AC" + "0".repeat(32));

        assertThat(post(other).statusCode()).isEqualTo(403);
        assertThat(fired(mock)).isEmpty();
    }

    @Test
    void keepsEqualTokensAndTriggersOfTwoAccountsApart() throws Exception {
        MockEndpoint mock = listen(ENGINE, "&authTokens=RAW(" + CallbackCases.SUBACCOUNT + ":"
                + CallbackCases.SUBACCOUNT_TOKEN + ")");
        Map<String, String> other = firing();
        other.put("AccountSid", CallbackCases.SUBACCOUNT);

        assertThat(post(other, TwilioSignature.sign(CallbackCases.SUBACCOUNT_TOKEN, ADDRESS, other)).statusCode())
                .isEqualTo(200);
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(mock.getReceivedExchanges())
                .extracting(exchange -> exchange.getMessage().getHeader(TwilioUsageConstants.FIRING_KEY))
                .containsExactly(CallbackCases.SUBACCOUNT + "|UT0123456789abcdef0123456789abcdef|2026-03-15",
                        simulator().accountSid() + "|UT0123456789abcdef0123456789abcdef|2026-03-15");
    }

    @Test
    void acceptsBothTokensDuringRotation() throws Exception {
        MockEndpoint mock = listen(ENGINE, "&authTokens=RAW(the next token, and another)");
        Map<String, String> second = firing();
        second.put("IdempotencyToken", "second");

        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(post(second, TwilioSignature.sign("the next token", ADDRESS, second)).statusCode()).isEqualTo(200);
        assertThat(post(second, TwilioSignature.sign("an old token", ADDRESS, second)).statusCode()).isEqualTo(403);
        assertThat(fired(mock)).hasSize(2);
    }

    @Test
    void failsToStartWithApiKeyAlone() throws Exception {
        useApiKey();

        assertThatThrownBy(() -> begin(TRIGGER))
                .hasMessage("authTokens is missing: Twilio signs callbacks with the"
                        + " account's auth token, which an API key or an OAuth app cannot replace. Set "
                        + "authTokens as well;"
                        + " the token is on the first page of Twilio's console");
        assertThat(simulator().requests()).as("no trigger for an address that would reject its callbacks").isEmpty();
    }

    @Test
    void startsWithApiKeyAndAuthTokens() throws Exception {
        useApiKey();
        begin("&authTokens=" + simulator().authToken());

        assertThat(post(firing()).statusCode()).isEqualTo(200);
    }

    @Test
    void failsToStartWithoutPublicAddress() {
        options();
        assertThatThrownBy(() -> {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() throws Exception {
                    serve(this, ENGINE);
                    from("twilio-usage:callbacks?path=/fired")
                            .to("mock:fired");
                }
            });
            context.start();
        }).hasMessageStartingWith("callbackUrl is missing");
    }

    @Test
    void acceptsUnsignedCallbacksOnRequest() throws Exception {
        MockEndpoint mock = listen(ENGINE, "&validateSignature=false");

        assertThat(post(firing(), "none").statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    @Test
    void verifiesCustomCallbackUrl() throws Exception {
        MockEndpoint mock = begin(callbacks(ENGINE).replace("https://hooks.example.com/fired",
                "RAW(https://edge.example.com/a/fired#rc=3)"), "&path=/fired");

        assertThat(post(firing()).statusCode()).isEqualTo(403);
        assertThat(post(firing(),
                TwilioSignature.sign(simulator().authToken(), "https://edge.example.com/a/fired", firing()))
                .statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    @Test
    void ensuresTriggerAtStartAndKeepsItAtStop() throws Exception {
        listen(ENGINE, TRIGGER);
        context.getRouteController().stopRoute("usage");
        context.getRouteController().startRoute("usage");
        context.stop();

        assertThat(posts()).isEqualTo(1);
        assertThat(deletes()).isZero();
    }

    @Test
    void deletesTriggerAtStopOnRequest() throws Exception {
        listen(ENGINE, TRIGGER + "&deleteOnStop=true");
        context.stop();

        assertThat(posts()).isEqualTo(1);
        assertThat(deletes()).isEqualTo(1);
    }

    @Test
    void registersNothingWithoutAutoStartup() throws Exception {
        options();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                serve(this, ENGINE);
                from(callbacks(ENGINE) + TRIGGER).routeId("usage").autoStartup(false).to("mock:fired");
            }
        });
        context.start();
        assertThat(simulator().requests()).isEmpty();

        context.getRouteController().startRoute("usage");
        assertThat(triggers()).hasSize(1);
        template.requestBody("twilio-usage:triggers?action=delete&triggerSid=" + triggers().get(0).sid(), "");
        context.getRouteController().stopRoute("usage");
        context.getRouteController().startRoute("usage");
        assertThat(triggers()).as("ensured at each start").hasSize(1);
    }

    @Test
    void deletesTriggerWhenTheRouteStopsOnRequest() throws Exception {
        listen(ENGINE, TRIGGER + "&deleteOnStop=true");
        context.getRouteController().stopRoute("usage");
        assertThat(triggers()).isEmpty();
    }

    @Test
    void rejectsSecondRouteAtTheSamePath() throws Exception {
        listen(ENGINE, "");

        RouteBuilder second = new RouteBuilder() {
            @Override
            public void configure() {
                from(callbacks(ENGINE) + "&callbackMaxAge=1h").routeId("second").to("mock:second");
            }
        };
        assertThatThrownBy(() -> context.addRoutes(second)).hasStackTraceContaining(
                "the path of callbackUrl, or the option path, is already served by another callbacks route");
        assertThatThrownBy(() -> context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(callbacks(ENGINE) + "&path=fired/").routeId("third").to("mock:third");
            }
        })).hasStackTraceContaining("is already served by another callbacks route");
        TwilioUsageComponent component = new TwilioUsageComponent();
        component.setConfiguration(options());
        context.addComponent("other", component);
        assertThatThrownBy(() -> context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(callbacks(ENGINE).replace("twilio-usage:", "other:")).routeId("fourth").to("mock:fourth");
            }
        })).hasStackTraceContaining("is already served by another callbacks route");
        context.getRouteController().stopRoute("usage");
        context.getRouteController().startRoute("second");
        assertThat(post(firing()).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = { "/tw%20io", "/t%C3%A9", "/a~b", "/a;b", "/a//b", "/{id}", "/a*" })
    void rejectsPathThatEnginesMatchDifferently(String path) {
        assertThatThrownBy(() -> begin("twilio-usage:callbacks?consumerComponentName=" + ENGINE
                + "&callbackUrl=RAW(https://hooks.example.com" + path + ")", TRIGGER))
                .hasMessageStartingWith("the path of callbackUrl has characters that Camel's HTTP engines do not");
        assertThat(simulator().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "https://hooks.example.com:/fired", "https://hooks.example.com:https/fired",
            "https://u@v@hooks.example.com/fired", "https://hooks.example.com\\\\fired" })
    void rejectsCallbackUrlThatNoSignatureMatches(String url) {
        assertThatThrownBy(() -> begin("twilio-usage:callbacks?consumerComponentName=" + ENGINE + "&callbackUrl=RAW("
                + url + ")", "&path=/fired")).hasStackTraceContaining("callbackUrl must be an http:// or https:// URL");
    }

    @Test
    void doesNotLogThePath() throws Exception {
        try (LoggedEvents log = new LoggedEvents()) {
            begin(callbacks(ENGINE).replace("/fired", "/a-secret/fired"), TRIGGER);

            assertThat(log.events()).filteredOn(event -> event.level().isMoreSpecificThan(Level.INFO))
                    .extracting(LoggedEvents.Logged::text)
                    .anyMatch(text -> text.contains("receives callbacks through " + ENGINE))
                    .noneMatch(text -> text.contains("a-secret"));
        }
    }

    @Test
    void logsAddressThatTwilioSigned() throws Exception {
        listen(ENGINE, "");
        try (LoggedEvents log = new LoggedEvents()) {
            String signed = "http://hooks.example.com/fired";
            assertThat(post(firing(), "junk").statusCode()).isEqualTo(403);
            post(firing(), TwilioSignature.sign(simulator().authToken(), signed, firing()));

            assertThat(log.events()).extracting(LoggedEvents.Logged::text).anyMatch(
                    text -> text.contains("rejected a request: the signature does not match callbackUrl")
                            && text.contains("Twilio signed " + signed + ", so set callbackUrl to that"));
        }
    }

    @Test
    void logsNoPasswordOfTheAddressThatTwilioSigned() throws Exception {
        String credentials = "user:pass-of-url@";
        begin(callbacks(ENGINE).replace("https://", "RAW(https://" + credentials), ")");
        try (LoggedEvents log = new LoggedEvents()) {
            post(firing(), TwilioSignature.sign(simulator().authToken(), "http://" + credentials
                    + "hooks.example.com/fired", firing()));

            assertThat(log.events()).extracting(LoggedEvents.Logged::text)
                    .anyMatch(text -> text.contains("Twilio signed http://xxxxxx@hooks.example.com/fired, so set"))
                    .noneMatch(text -> text.contains("rejected") && text.contains("pass-of-url"));
        }
    }

    @Test
    void registersOnceAfterUnknownOutcome() throws Exception {
        options();
        simulator().fail(Fault.htmlUnavailable().afterProcessing().onMethod("POST"));
        begin(TRIGGER);

        assertThat(posts()).isEqualTo(1);
        assertThat(triggers()).hasSize(1).extracting(UsageTrigger::callbackUrl).containsExactly(ADDRESS);
    }

    @Test
    void registersNothingWithoutValueAndRejectsHalfOfOne() throws Exception {
        listen(ENGINE, "");
        assertThat(simulator().requests()).isEmpty();

        assertThatThrownBy(() -> context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(callbacks(ENGINE).replace("/fired", "/half") + "&usageCategory=sms").to("mock:half");
            }
        })).hasMessageStartingWith("triggerValue is missing for action=ensure");
    }

    @Test
    void deliversFiringOfSimulator() throws Exception {
        MockEndpoint mock = listenToTheSimulator("");
        simulator().evaluateTriggers();

        assertThat(simulator().callbacks()).extracting(SentCallback::status).containsExactly(200);
        assertThat(fired(mock)).hasSize(1).first()
                .satisfies(fired -> assertThat(fired.currentValue()).isGreaterThanOrEqualTo(fired.triggerValue()));
        clock.advance(Duration.ofDays(1));
        simulator().evaluateTriggers();
        assertThat(fired(mock)).hasSize(2);
    }

    @Test
    void deliversFiringOfSimulatorByGet() throws Exception {
        MockEndpoint mock = listenToTheSimulator("&callbackMethod=GET");
        simulator().evaluateTriggers();

        assertThat(simulator().callbacks()).extracting(SentCallback::status).containsExactly(200);
        assertThat(fired(mock)).hasSize(1);
    }

    @Test
    void deliversRetryAfterFailure() throws Exception {
        MockEndpoint mock = listenToTheSimulator("");
        AtomicInteger failures = new AtomicInteger(2);
        mock.whenAnyExchangeReceived(exchange -> {
            if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("the pager is off");
            }
        });
        simulator().evaluateTriggers();

        assertThat(simulator().callbacks()).extracting(SentCallback::status).containsExactly(500, 500, 200);
    }

    @Test
    void deduplicatesCallbackAndPoll() throws Exception {
        options();
        MemoryIdempotentRepository alerts = new MemoryIdempotentRepository();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                serve(this, ENGINE);
                errorHandler(noErrorHandler());
                from(callbacks(ENGINE).replace("https://hooks.example.com", "http://127.0.0.1:" + port) + TRIGGER)
                        .routeId("called").to("direct:alert");
                from("twilio-usage:triggers?startScheduler=false").routeId("usage").to("direct:alert");
                from("direct:alert").errorHandler(noErrorHandler())
                        .idempotentConsumer(header(TwilioUsageConstants.FIRING_KEY), alerts).eager(false)
                        .to("mock:alert");
            }
        });
        context.start();
        MockEndpoint alert = getMockEndpoint("mock:alert");
        simulator().evaluateTriggers();
        assertThat(poll()).isEqualTo(1);
        assertThat(alert.getReceivedExchanges()).hasSize(1);

        context.getRouteController().stopRoute("called");
        clock.advance(Duration.ofDays(1));
        simulator().evaluateTriggers();
        assertThat(simulator().callbacks()).last().extracting(SentCallback::status).isNotEqualTo(200);
        assertThat(poll()).isEqualTo(1);
        assertThat(alert.getReceivedExchanges()).as("the poll found the missed callback").hasSize(2);
    }

    private int status(Map<String, String> form) {
        try {
            return post(form).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void stopRoute() {
        try {
            context.getRouteController().stopRoute("usage");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void useApiKey() {
        TwilioUsageConfiguration options = options();
        options.setAuthToken(null);
        options.setApiKey(simulator().apiKey());
        options.setSecretKey(simulator().secretKey());
    }

    private MockEndpoint listenToTheSimulator(String more) throws Exception {
        return begin(
                callbacks(ENGINE).replace("https://hooks.example.com", "http://127.0.0.1:" + port) + TRIGGER + more,
                "");
    }

    private void begin(String more) throws Exception {
        begin(callbacks(ENGINE), more);
    }

    /** Keeps options that are already set. */
    private MockEndpoint begin(String uri, String more) throws Exception {
        if (context.getComponent("twilio-usage", TwilioUsageComponent.class).getConfiguration().getBaseUrl() == null) {
            options();
        }
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                serve(this, ENGINE);
                errorHandler(noErrorHandler());
                from(uri + more).routeId("usage").to("mock:fired");
            }
        });
        context.start();
        return getMockEndpoint("mock:fired");
    }

    private List<UsageTrigger> triggers() {
        List<?> all = template.requestBody("twilio-usage:triggers", (Object) null, List.class);
        return all.stream().map(UsageTrigger.class::cast).toList();
    }

    private long posts() {
        return simulator().requests().stream().filter(request -> request.method().equals("POST")).count();
    }

    private long deletes() {
        return simulator().requests().stream().filter(request -> request.method().equals("DELETE")).count();
    }
}
