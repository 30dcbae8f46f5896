package io.github.cameltwilio.usage;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.LoggedEvents.Logged;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.TwilioSignature;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.main.Main;
import org.apache.camel.test.AvailablePortFinder;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Searches everything that a context exposes, and all logs at TRACE, for a secret that contains every character with
 * which masks have problems. The secret is set in every possible way, and the routes both succeed and fail. The search
 * covers the parts of the secret, its Base64 encodings, and the access tokens that it was exchanged for.
 */
class SecretsTest {
    private static final List<String> PIECES = List.of("Zeisig1", "Fink2", "Meise3", "Amsel4", "Drossel5", "Star6",
            "Sperling7",
            "Rabe8", "Specht9");
    private static final String HARD = "Zeisig1)Fink2&Meise3%41Amsel4+Drossel5\"Star6'Sperling7 RAW(Rabe8}√Specht9";
    private static final String CALLBACKS = "twilio-usage:callbacks?consumerComponentName=netty-http"
            + "&callbackUrl=https://hooks.example.com/fired";

    // Chosen per test, since a port that is free now may be taken later.
    private final int port = AvailablePortFinder.getNextAvailable();
    private final TestClock clock = new TestClock("2026-03-15T12:00:00Z");
    private final Shown shown = new Shown();
    private final Set<String> secrets = new HashSet<>(PIECES);
    private final LoggedEvents log = new LoggedEvents();

    @TempDir
    Path directory;

    /** The kind of credentials, by the name of their secret option. */
    enum Kind {
        authToken,
        secretKey,
        clientSecret
    }

    /** The way in which the secret is set. */
    enum Way {
        /** With a setter. */
        CODE(HARD, ""),
        /** In a configuration bean. */
        CONFIGURATION(HARD, ""),
        /** With {@code camel.component.twilio-usage.authToken = {{sys:the.secret}}}. */
        PROPERTY(HARD, ""),
        /** With {@code camel.component.twilio-usage.authToken = secret}. */
        LITERAL(HARD, ""),
        /** In a URI, as a reference to a bean. */
        REFERENCE(HARD, "#bean:theSecret"),
        URI_RAW(HARD.replace(")", "]"), "RAW(%s)"),
        URI_BRACES(HARD.replace("}", "]").replace("&", "]"), "RAW{%s}"),
        /** Camel decodes the value twice and parses it in between. */
        URI_ENCODED(HARD.replace("&", "]").replace("%", "]").replace("+", "]"), "%s"),
        URI_PLACEHOLDER(HARD.replace(")", "]"), "RAW({{sys:the.secret}})"),
        /** Not a secret, but the name of a trigger and of a file, which are exposed. */
        CONTROL("Zeisig1 Fink2", "RAW(%s)");

        private final String secret;
        private final String inUri;

        Way(String secret, String inUri) {
            this.secret = secret;
            this.inUri = inUri;
        }

        boolean isSetOnComponent() {
            return inUri.isEmpty() || this == CONTROL;
        }

        String uri(String uri, Kind kind) {
            return inUri.isEmpty() ? uri
                    : uri + "&" + kind + "="
                            + inUri.formatted(this == URI_ENCODED ? URLEncoder.encode(secret, UTF_8) : secret);
        }
    }

    static Stream<Arguments> outsideOfUris() {
        return all(Way.CODE, Way.CONFIGURATION, Way.REFERENCE);
    }

    static Stream<Arguments> inUris() {
        return all(Way.URI_RAW, Way.URI_BRACES, Way.URI_ENCODED, Way.URI_PLACEHOLDER);
    }

    static Stream<Arguments> inProperties() {
        return all(Way.PROPERTY);
    }

    private static Stream<Arguments> all(Way... ways) {
        return Arrays.stream(Kind.values()).flatMap(kind -> Arrays.stream(ways).map(way -> Arguments.of(kind, way)));
    }

    @AfterEach
    void close() {
        log.close();
        System.clearProperty("the.secret");
    }

    @ParameterizedTest
    @MethodSource("outsideOfUris")
    void secretOutsideOfUrisIsNeverExposed(Kind kind, Way way) throws Exception {
        runApplication(kind, way);

        assertThat(placesWithSecret()).isEmpty();
        assertThat(logsWithSecret()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("inProperties")
    void secretInPropertyIsOnlyInCamelDebugLog(Kind kind, Way way)
            throws Exception {
        runApplication(kind, way);

        assertThat(placesWithSecret()).isEmpty();
        assertThat(logsWithSecret()).allSatisfy(SecretsTest::isFromCamelBelowInfo);
    }

    /** Two of Camel's own consoles mask only some options, and only in their text output. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void literalSecretIsInConsolesOfProperties(Kind kind) throws Exception {
        runApplication(kind, Way.LITERAL);

        assertThat(placesWithSecret()).containsOnlyKeys("settings");
        assertThat(logsWithSecret()).allSatisfy(SecretsTest::isFromCamelBelowInfo);
    }

    @ParameterizedTest
    @MethodSource("inUris")
    void secretInUriIsOnlyInRouteDumpsAndCamelDebugLog(Kind kind, Way way) throws Exception {
        runApplication(kind, way);

        assertThat(placesWithSecret()).containsOnlyKeys("dumps");
        assertThat(logsWithSecret()).allSatisfy(SecretsTest::isFromCamelBelowInfo);
    }

    /** Proves that the tests above would find an exposed secret. */
    @Test
    void findsNonSecretInAllPlaces() throws Exception {
        runApplication(Kind.authToken, Way.CONTROL);

        assertThat(placesWithSecret()).containsOnlyKeys("JMX", "consoles", "dumps", "exceptions", "exchanges", "health",
                "texts");
        assertThat(logsWithSecret()).extracting(Logged::level).contains(Level.INFO, Level.ERROR, Level.DEBUG);
    }

    @Test
    void sendsNothingWhileWireLogIsEnabled() throws Exception {
        Configurator.setLevel("org.apache.hc.client5.http.wire", Level.DEBUG);
        try (TwilioUsageSimulator twilio = TwilioUsageSimulator.builder().secrets(HARD, HARD, HARD).start()) {
            Main main = main(twilio, Kind.clientSecret, Way.CODE);
            main.start();
            try {
                assertThat(send(main.getCamelContext(), "direct:list").getException())
                        .hasMessageEndingWith("not sent, because the log org.apache.hc.client5.http.wire is at DEBUG"
                                + " or TRACE, where it contains the credentials of every request: set it to INFO");
            } finally {
                main.stop();
            }
            assertThat(twilio.requests()).isEmpty();
        }
        assertThat(logsWithSecret()).isEmpty();
    }

    private static void isFromCamelBelowInfo(Logged event) {
        assertThat(event.logger()).startsWith("org.apache.camel.");
        assertThat(event.level()).as(event.text()).isIn(Level.DEBUG, Level.TRACE);
    }

    private Map<String, List<String>> placesWithSecret() {
        Map<String, List<String>> places = new TreeMap<>();
        shown.places().forEach((place, texts) -> {
            List<String> found = texts.stream().filter(this::containsSecret).limit(2).toList();
            if (!found.isEmpty()) {
                places.put(place, found);
            }
        });
        return places;
    }

    private List<Logged> logsWithSecret() {
        return log.events().stream().filter(event -> containsSecret(event.text())).toList();
    }

    private boolean containsSecret(String text) {
        return secrets.stream().anyMatch(text::contains);
    }

    /** Runs a whole application, with successes, failures and configuration errors. */
    private void runApplication(Kind kind, Way way) throws Exception {
        try (TwilioUsageSimulator twilio = TwilioUsageSimulator.builder().clock(clock).categories("sms", "calls")
                .secrets(way.secret, way.secret, way.secret).start()) {
            rememberEncodedForms(twilio, way.secret);
            Main main = main(twilio, kind, way);
            main.start();
            try {
                CamelContext context = main.getCamelContext();
                succeed(context, way);
                fail(context, twilio);
                misconfigure(context, kind, way);
                twilio.requests().stream().map(request -> request.headers().getOrDefault("authorization", ""))
                        .filter(header -> header.startsWith("Bearer "))
                        .forEach(header -> secrets.add(header.substring(7)));
                context.getEndpoint("mock:usage", MockEndpoint.class).getExchanges().forEach(shown::exchange);
                shown.context(context);
            } finally {
                main.stop();
            }
        }
    }

    private void rememberEncodedForms(TwilioUsageSimulator twilio, String secret) {
        secrets.add(Base64.getEncoder().encodeToString(secret.getBytes(UTF_8)));
        for (String user : List.of(twilio.accountSid(), twilio.apiKey(), twilio.clientId())) {
            secrets.add(Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(UTF_8)));
        }
    }

    private Main main(TwilioUsageSimulator twilio, Kind kind, Way way) {
        TwilioUsageConfiguration options = new TwilioUsageConfiguration();
        options.setBaseUrl(twilio.baseUrl().toString());
        options.setAccountSid(twilio.accountSid());
        options.setApiKey(kind == Kind.secretKey ? twilio.apiKey() : null);
        options.setClientId(kind == Kind.clientSecret ? twilio.clientId() : null);
        if (Set.of(Way.CODE, Way.CONFIGURATION, Way.CONTROL).contains(way)) {
            options.setAuthToken(kind == Kind.authToken ? way.secret : null);
            options.setSecretKey(kind == Kind.secretKey ? way.secret : null);
            options.setClientSecret(kind == Kind.clientSecret ? way.secret : null);
        }
        TwilioUsageComponent component = new TwilioUsageComponent();
        component.setClock(clock);
        component.setPause(clock::advance);
        Main main = new Main();
        main.setPropertyPlaceholderLocations("false");
        main.addInitialProperty("camel.main.devConsoleEnabled", "true");
        main.addInitialProperty("camel.main.messageHistory", "true");
        main.addInitialProperty("camel.main.startupRecorder", "backlog");
        main.addInitialProperty("camel.health.exposureLevel", "full");
        if (way == Way.PROPERTY || way == Way.URI_PLACEHOLDER) {
            System.setProperty("the.secret", way.secret);
        }
        main.bind("theSecret", way.secret);
        main.bind("twilio-usage", component);
        if (way == Way.CONFIGURATION) {
            main.bind("theOptions", options);
            main.addInitialProperty("camel.component.twilio-usage.configuration", "#bean:theOptions");
        } else {
            component.setConfiguration(options);
        }
        if (way == Way.PROPERTY) {
            main.addInitialProperty("camel.component.twilio-usage." + kind, "{{sys:the.secret}}");
            main.addInitialProperty("camel.component.twilio-usage.authTokens", "{{sys:the.secret}}");
        } else if (way == Way.LITERAL) {
            main.addInitialProperty("camel.component.twilio-usage." + kind, way.secret);
            main.addInitialProperty("camel.component.twilio-usage.authTokens", way.secret);
        } else {
            options.setAuthTokens(way.secret);
        }
        main.configure().addRoutesBuilder(routes(kind, way));
        return main;
    }

    private RouteBuilder routes(Kind kind, Way way) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                getContext().setBacklogTracing(true);
                getContext().setTracing(true);
                restConfiguration().component("netty-http").host("127.0.0.1").port(port);
                String consumer = "twilio-usage:records?subresource=daily&startScheduler=false";
                String list = "twilio-usage:records?subresource=daily&startDate=-3days";
                String create = "twilio-usage:triggers?action=create&usageCategory=sms&triggerValue=9"
                        + "&callbackUrl=https://example.com";
                boolean isControl = way == Way.CONTROL;
                from(isControl ? consumer + "&stateFile=RAW(" + directory.resolve(way.secret) + ")"
                        : way.uri(consumer, kind)).routeId("usage").to("mock:usage");
                from("direct:list").to(isControl ? list : way.uri(list, kind));
                from("direct:create").to(isControl ? create + "&friendlyName=RAW(" + way.secret + ")"
                        : way.uri(create, kind));
                if (way.isSetOnComponent()) {
                    from(CALLBACKS).to("mock:usage");
                }
            }
        };
    }

    private void succeed(CamelContext context, Way way) throws Exception {
        assertThat(consumer(context).poll()).isPositive();
        for (String route : List.of("direct:list", "direct:create")) {
            assertThat(send(context, route).getException()).isNull();
        }
        if (way.isSetOnComponent()) {
            String signature = TwilioSignature.sign(way.secret, "https://hooks.example.com/fired", Map.of());
            assertThat(call(context, signature)).as("genuine, and empty").isEqualTo(400);
            assertThat(call(context, "forged")).isEqualTo(403);
        }
    }

    private void fail(CamelContext context, TwilioUsageSimulator twilio) {
        for (Fault fault : List.of(Fault.unauthorized().times(2), Fault.notFound(), Fault.badRequestWithoutCode(),
                Fault.serverError(5), Fault.rateLimited(5), Fault.htmlUnavailable().times(5), Fault.xml().times(5),
                Fault.connectionReset().times(5), Fault.truncatedResponse().times(5), Fault.invalidJson().times(5),
                Fault.nextPageUri("https://example.com/"), Fault.redirect(URI.create("https://example.com")))) {
            twilio.fail(fault);
            assertThat(send(context, "direct:list").getException()).isNotNull();
        }
        // By now, the access token has expired.
        clock.advance(Duration.ofDays(1));
        twilio.fail(Fault.unauthorized().times(2));
        assertThat(send(context, "direct:create").getException()).isInstanceOf(TwilioApiException.class);
        twilio.fail(Fault.unauthorized().times(2));
        // Runs like the scheduler does, so that the health check sees the failure.
        consumer(context).run();
        assertThat(consumer(context).getErrorCounter()).isPositive();
    }

    private void misconfigure(CamelContext context, Kind kind, Way way) {
        for (String uri : List.of("twilio-usage:records?pagSize=1", "twilio-usage:records?pageSize=0",
                "twilio-usage:records?apiKey=SK1&clientId=OQ1")) {
            Throwable failure = catchThrowable(() -> context.getEndpoint(way.uri(uri, kind)));
            assertThat(failure).isNotNull();
            shown.exception(failure);
        }
    }

    private static RecordsConsumer consumer(CamelContext context) {
        return (RecordsConsumer) context.getRoute("usage").getConsumer();
    }

    private Exchange send(CamelContext context, String route) {
        ProducerTemplate template = context.createProducerTemplate();
        Exchange exchange = template.send(route, message -> {});
        shown.exchange(exchange);
        return exchange;
    }

    private int call(CamelContext context, String signature) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/fired"))
                .header(TwilioSignature.HEADER, signature).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.noBody()).build(), BodyHandlers.discarding()).statusCode();
    }
}
