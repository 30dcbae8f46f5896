package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.TwilioSignature;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Camel's HTTP engines pass requests on in different ways, with the same result. */
class CallbackEnginesTest extends CallbacksTestSupport {

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void deliversEveryGenuineCallbackAndNoOther(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "&authTokens=RAW(" + CallbackCases.SUBACCOUNT + ":"
                + CallbackCases.SUBACCOUNT_TOKEN + ")&sharedSecretKeys=RAW(" + CallbackCases.SHARED_KEY + ":"
                + CallbackCases.SHARED_SECRET + ")");
        CallbackCases cases = new CallbackCases(ADDRESS, simulator().accountSid(), simulator().authToken(),
                clock.instant());
        List<CallbackCases.Case> genuine = cases.genuine();
        for (CallbackCases.Case callback : genuine) {
            assertThat(callback.send(port, "/fired")).as(callback.name()).isEqualTo(200);
        }
        assertThat(mock.getReceivedCounter()).isEqualTo(genuine.size());
        assertThat(fired(mock)).filteredOn(TriggerFired::datedByReceipt).as("a time that nobody knows").hasSize(1);
        assertThat(fired(mock)).filteredOn(fired -> fired.currentValue() == null).as("a comma").hasSize(1);

        List<CallbackCases.Case> others = new ArrayList<>(cases.forged());
        others.addAll(cases.exchangedBodies());
        others.addAll(CallbackCases.replays(genuine.get(0)));
        assertThat(others).hasSizeGreaterThan(90);
        for (CallbackCases.Case callback : others) {
            callback.send(port, "/fired");
            assertThat(mock.getReceivedCounter()).as(callback.name()).isEqualTo(genuine.size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void deliversEveryGenuineGetAndNoOther(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "&callbackMethod=GET");
        CallbackCases cases = new CallbackCases(ADDRESS, simulator().accountSid(), simulator().authToken(),
                clock.instant());
        List<CallbackCases.Case> genuine = cases.genuineByGet();
        for (CallbackCases.Case callback : genuine) {
            assertThat(callback.send(port, "/fired")).as(callback.name()).isEqualTo(200);
        }
        assertThat(mock.getReceivedCounter()).isEqualTo(genuine.size());

        List<CallbackCases.Case> others = new ArrayList<>(cases.forgedByGet());
        genuine.forEach(callback -> others.addAll(CallbackCases.replaysByGet(callback)));
        for (CallbackCases.Case callback : others) {
            callback.send(port, "/fired");
            assertThat(mock.getReceivedCounter()).as(callback.name()).isEqualTo(genuine.size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void deliversGenuinePost(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");

        HttpResponse<String> response = post(firing());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
        TriggerFired fired = fired(mock).get(0);
        assertThat(fired.accountSid()).isEqualTo(simulator().accountSid());
        assertThat(fired.triggerSid()).isEqualTo("UT0123456789abcdef0123456789abcdef");
        assertThat(fired.dateFired()).hasToString("2026-03-15T11:59Z");
        assertThat(fired.recurring()).isEqualTo("daily");
        assertThat(fired.usageCategory()).isEqualTo("sms");
        assertThat(fired.triggerBy()).isEqualTo("usage");
        assertThat(fired.triggerValue()).isEqualTo(new BigDecimal("1000.000000"));
        assertThat(fired.currentValue()).isEqualTo(new BigDecimal("1001.5"));
        assertThat(fired.usageRecordUri()).startsWith("/2010-04-01/").endsWith("?Category=sms");
        assertThat(fired.otherParameters()).isEmpty();
        assertThat(mock.getReceivedExchanges().get(0).getMessage().getHeaders())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        TwilioUsageConstants.ACCOUNT_SID, simulator().accountSid(),
                        TwilioUsageConstants.FIRING_KEY,
                        simulator().accountSid() + "|UT0123456789abcdef0123456789abcdef|2026-03-15",
                        TwilioUsageConstants.IDEMPOTENCY_TOKEN, firing().get("IdempotencyToken")));
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void deliversUnknownParameters(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");
        Map<String, String> form = firing();
        form.put("Recurring", "");
        form.put("Novelty", "\u00E9 & + \uD83D\uDE00");

        assertThat(post(form).statusCode()).isEqualTo(200);
        assertThat(fired(mock).get(0).recurring()).isNull();
        assertThat(fired(mock).get(0).otherParameters()).isEqualTo(Map.of("Novelty", "\u00E9 & + \uD83D\uDE00"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void deliversGenuineGetIfConfigured(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "&callbackMethod=GET");

        assertThat(get(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
        assertRejected(post(firing()), 405);
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void deliversGenuineJson(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");
        byte[] json = new ObjectMapper().writeValueAsString(firing()).replace("\"1001.5\"", "12345678901234567.890")
                .getBytes(StandardCharsets.UTF_8);
        String query = "?bodySHA256=" + TwilioSignature.bodyHash(json);
        String signature = TwilioSignature.sign(simulator().authToken(), ADDRESS + query, Map.of());

        HttpResponse<String> changed = send(request(query).header(TwilioSignature.HEADER, signature)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(new String(json, StandardCharsets.UTF_8).replace("567.89", "567.88"))));
        assertRejected(changed, 403);
        HttpResponse<String> genuine = send(request(query).header(TwilioSignature.HEADER, signature)
                .header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(json)));
        assertThat(genuine.statusCode()).isEqualTo(200);
        assertThat(fired(mock)).extracting(TriggerFired::currentValue)
                .containsExactly(new BigDecimal("12345678901234567.890"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void rejectsEveryAlterationAlike(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");
        String signature = TwilioSignature.sign(simulator().authToken(), ADDRESS, firing());
        List<HttpResponse<String>> responses = new ArrayList<>();
        for (String name : firing().keySet()) {
            Map<String, String> changed = firing();
            changed.merge(name, "x", String::concat);
            responses.add(post(changed, signature));
            changed.remove(name);
            responses.add(post(changed, signature));
        }
        Map<String, String> added = firing();
        added.put("Extra", "1");
        responses.add(post(added, signature));
        responses.add(post(firing(), TwilioSignature.sign("another token", ADDRESS, firing())));
        responses.add(post(firing(), TwilioSignature.sign(simulator().authToken(), ADDRESS + "/", firing())));
        responses
                .add(post(firing(), TwilioSignature.sign(simulator().authToken(), "http://127.0.0.1/fired", firing())));
        responses.add(post(firing(), signature.substring(1)));
        responses.add(post(firing(), ""));
        responses.add(send(request("").header("Content-Type", FORM).POST(BodyPublishers.ofString(encoded(firing())))));
        responses.add(send(request("").header("Content-Type", FORM).header(TwilioSignature.HEADER, signature)
                .header(TwilioSignature.HEADER, "x").POST(BodyPublishers.ofString(encoded(firing())))));
        responses.add(send(request("?a=b").header("Content-Type", FORM).header(TwilioSignature.HEADER, signature)
                .POST(BodyPublishers.ofString(encoded(firing())))));
        responses.add(send(request("").header("Content-Type", FORM).header(TwilioSignature.HEADER, signature)
                .POST(BodyPublishers.ofString(encoded(firing()) + "&TriggerBy=usage"))));
        responses.add(send(request("?" + encoded(firing())).header(TwilioSignature.HEADER, signature)
                .header("Content-Type", FORM).POST(BodyPublishers.noBody())));

        assertThat(responses).hasSize(31).allSatisfy(response -> assertRejected(response, 403));
        assertThat(responses).extracting(response -> withoutDate(response)).as("headers")
                .containsOnly(withoutDate(responses.get(0)));
        assertThat(mock.getReceivedExchanges()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void passesNoCamelNamesToTheExchange(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");
        Random random = new Random(7);
        for (int round = 0; round < 25; round++) {
            Map<String, String> form = firing();
            form.put("IdempotencyToken", "token-" + round);
            form.put(inAnyCase("camelHttpUri", random), "https://evil.example");
            form.put(inAnyCase("camelTwilioUsageTriggerSid", random), "evil");
            String query = "?" + inAnyCase("camelBeanMethodName", random) + "=evil";
            String signature = TwilioSignature.sign(simulator().authToken(), ADDRESS + query, form);
            send(request(query).header(TwilioSignature.HEADER, signature).header("Content-Type", FORM)
                    .header(inAnyCase("camelExecCommandExecutable", random), "evil")
                    .header(inAnyCase("camelTwilioUsageFiringKey", random), "evil")
                    .header("Evil", "evil").POST(BodyPublishers.ofString(encoded(form))));
            Map<String, String> plain = firing();
            plain.put("IdempotencyToken", "plain-" + round);
            String plainSignature = TwilioSignature.sign(simulator().authToken(), ADDRESS, plain);
            send(request("").header(TwilioSignature.HEADER, plainSignature).header("Content-Type", FORM)
                    .header(inAnyCase("camelFileName", random), "evil").header("Evil", "evil")
                    .POST(BodyPublishers.ofString(encoded(plain))));
        }

        assertThat(mock.getReceivedExchanges()).hasSizeGreaterThanOrEqualTo(25).allSatisfy(exchange -> {
            assertThat(exchange.getMessage().getHeaders()).containsOnlyKeys(TwilioUsageConstants.ACCOUNT_SID,
                    TwilioUsageConstants.FIRING_KEY, TwilioUsageConstants.IDEMPOTENCY_TOKEN);
            assertThat(exchange.getMessage().getHeaders().toString() + exchange.getAllProperties()
                    + exchange.getVariables()
                    + exchange.getMessage().getBody()).doesNotContain("evil");
            assertThat(exchange.getMessage().getClass()).isEqualTo(DefaultMessage.class);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void rejectsOtherRequestsSilently(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");

        for (String method : List.of("GET", "HEAD", "PUT", "DELETE", "PATCH")) {
            assertRejected(send(request("").method(method, BodyPublishers.noBody())), 405);
        }
        assertRejected(send(request("").header("Content-Type", "text/xml").POST(BodyPublishers.ofString("<a/>"))), 415);
        assertRejected(send(request("").header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofString("--b--"))), 415);
        assertRejected(send(request("").POST(BodyPublishers.ofString("a=b"))), 415);
        assertRejected(send(request("").header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("\"" + "x".repeat(70_000) + "\""))), 413);
        Map<String, String> many = new TreeMap<>();
        for (int number = 0; number < 100; number++) {
            many.put("p" + number, "1");
        }
        assertRejected(post(many), 413);
        assertRejected(post(Map.of("long", "x".repeat(5_000))), 413);
        Map<String, String> malformed = firing();
        malformed.put("UsageTriggerSid", "../../etc/passwd");
        assertRejected(post(malformed), 400);
        // Some engines respond to this themselves.
        assertThat(send(request("").method("OPTIONS", BodyPublishers.noBody())).body()).isEmpty();
        assertThat(mock.getReceivedExchanges()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void listensAtThePathOfCallbackUrlWhateverTheContextPath(String engine) throws Exception {
        options();
        String served = "https://hooks.example.com/Api/a.b-c_d:e,f=g@h!i$j'(k)+l&m";
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                serve(this, engine);
                restConfiguration().component(engine).contextPath("/Api/");
                from("twilio-usage:callbacks?consumerComponentName=" + engine + "&callbackUrl=RAW(" + served + ")")
                        .to("mock:fired");
            }
        });
        context.start();

        assertThat(send(HttpRequest.newBuilder(URI.create(served.replace("https://hooks.example.com",
                "http://127.0.0.1:" + port))).header(TwilioSignature.HEADER,
                        TwilioSignature.sign(simulator().authToken(), served, firing()))
                .header("Content-Type", FORM).POST(BodyPublishers.ofString(encoded(firing())))).statusCode())
                .isEqualTo(200);
        boolean ignoresCase = !engine.equals("platform-http");
        RouteBuilder other = new RouteBuilder() {
            @Override
            public void configure() {
                from("twilio-usage:callbacks?consumerComponentName=" + engine + "&callbackUrl=RAW("
                        + served.replace("a.b", "A.B") + ")").to("mock:other");
            }
        };
        RouteBuilder outside = new RouteBuilder() {
            @Override
            public void configure() {
                from(callbacks(engine)).to("mock:outside");
            }
        };
        assertThat(catchThrowable(() -> context.addRoutes(other)) != null).isEqualTo(ignoresCase);
        assertThat(catchThrowable(() -> context.addRoutes(outside)) != null).isEqualTo(!engine.equals("servlet"));
    }

    private static void assertRejected(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().map().keySet()).allMatch(name -> List.of("content-length", "connection", "date",
                "transfer-encoding", "server").contains(name.toLowerCase()), "reveals nothing about the server");
    }

    private static Map<String, List<String>> withoutDate(HttpResponse<String> response) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(response.headers().map());
        headers.remove("Date");
        return headers;
    }

    private static String inAnyCase(String name, Random random) {
        StringBuilder text = new StringBuilder();
        name.chars().forEach(
                c -> text.append((char) (random.nextBoolean() ? Character.toUpperCase(c) : Character.toLowerCase(c))));
        return text.toString();
    }
}
