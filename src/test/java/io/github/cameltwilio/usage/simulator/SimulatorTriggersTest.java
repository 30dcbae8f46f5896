package io.github.cameltwilio.usage.simulator;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.github.cameltwilio.usage.client.TwilioSignature;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SimulatorTriggersTest extends SimulatorTestSupport {

    private final Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
    private final Queue<String> received = new ConcurrentLinkedQueue<>();
    private HttpServer address;

    @Override
    TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder builder) {
        return builder.accountCreated(LocalDate.parse("2026-01-01")).categories("sms", "calls").zeroShare(0);
    }

    @BeforeEach
    void listen() throws IOException {
        address = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        address.createContext("/", exchange -> {
            received.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            Integer status = statuses.poll();
            exchange.sendResponseHeaders(status == null ? 200 : status, -1);
            exchange.close();
        });
        address.start();
    }

    @AfterEach
    void stopListening() {
        address.stop(0);
    }

    @Test
    void newTriggerHasTwiliosDefaults() throws Exception {
        HttpResponse<String> created = create(Map.of());

        assertThat(created.statusCode()).isEqualTo(201);
        JsonNode trigger = Caller.json(created);
        assertThat(trigger.get("sid").asText()).matches("UT[0-9a-f]{32}");
        assertThat(trigger.get("trigger_value")).hasToString("\"1000.000000\"");
        assertThat(trigger.get("trigger_by").asText()).isEqualTo("usage");
        assertThat(trigger.get("callback_method").asText()).isEqualTo("POST");
        assertThat(trigger.get("friendly_name").asText()).isEqualTo("Trigger for sms at usage of 1000");
        assertThat(trigger.get("date_created").asText()).isEqualTo("Sun, 15 Mar 2026 12:00:00 +0000");
        assertThat(trigger.get("recurring").isNull()).isTrue();
        assertThat(trigger.get("date_fired").isNull()).isTrue();
    }

    @Test
    void addsARelativeValueToTheCurrentOne() throws Exception {
        JsonNode trigger = Caller.json(create(Map.of("TriggerValue", "+30", "Recurring", "daily")));

        assertThat(new BigDecimal(trigger.get("trigger_value").asText())).isEqualByComparingTo(
                simulator.usage(LocalDate.parse("2026-03-15"), "sms").usage().add(new BigDecimal("30")));
    }

    @Test
    void updateIgnoresANewTriggerValue() throws Exception {
        String sid = sid(create(Map.of()));

        HttpResponse<String> updated = twilio.trigger("POST", "/" + sid + ".json",
                Map.of("TriggerValue", "5", "UsageCategory", "calls", "FriendlyName", "new"));

        assertThat(updated.statusCode()).isEqualTo(200);
        assertThat(Caller.json(updated).get("friendly_name").asText()).isEqualTo("new");
        assertThat(Caller.json(updated).get("trigger_value").asText()).isEqualTo("1000.000000");
        assertThat(Caller.json(updated).get("usage_category").asText()).isEqualTo("sms");
    }

    @Test
    void deletesATriggerOnce() throws Exception {
        String sid = sid(create(Map.of()));

        HttpResponse<String> deleted = twilio.trigger("DELETE", "/" + sid + ".json", Map.of());
        assertThat(deleted.statusCode()).isEqualTo(204);
        assertThat(deleted.body()).isEmpty();
        assertThat(twilio.trigger("DELETE", "/" + sid + ".json", Map.of()).statusCode()).isEqualTo(404);
        assertThat(twilio.trigger("GET", "/" + sid + ".json", Map.of()).statusCode()).isEqualTo(404);
    }

    @Test
    void filtersAndPagesTriggers() throws Exception {
        create(Map.of("Recurring", "daily"));
        create(Map.of("TriggerBy", "price"));
        create(Map.of("UsageCategory", "calls", "Recurring", "alltime"));

        assertThat(listed("?Recurring=daily")).hasSize(1);
        assertThat(listed("?Recurring=alltime")).hasSize(2);
        assertThat(listed("?Recurring=")).hasSize(2);
        assertThat(listed("?TriggerBy=price")).hasSize(1);
        assertThat(listed("?UsageCategory=calls")).hasSize(1);
        JsonNode first = Caller.json(twilio.trigger("GET", ".json?PageSize=2", Map.of()));
        assertThat(first.get("usage_triggers")).hasSize(2);
        assertThat(Caller.json(twilio.follow(first.get("next_page_uri").asText())).get("usage_triggers")).hasSize(1);
    }

    @Test
    void rejectsMoreThanAThousandTriggers() throws Exception {
        for (int number = 0; number < 1000; number++) {
            assertThat(create(Map.of()).statusCode()).isEqualTo(201);
        }
        assertThat(create(Map.of()).statusCode()).isEqualTo(400);
    }

    @Test
    void rejectsInvalidTriggers() throws Exception {
        assertThat(create(Map.of("TriggerValue", "many")).statusCode()).isEqualTo(400);
        assertThat(create(Map.of("TriggerValue", "-1")).statusCode()).isEqualTo(400);
        assertThat(create(Map.of("Recurring", "hourly")).statusCode()).isEqualTo(400);
        assertThat(create(Map.of("CallbackUrl", "")).statusCode()).isEqualTo(400);
        assertThat(create(Map.of("FriendlyName", "n".repeat(65))).statusCode()).isEqualTo(400);
        assertThat(twilio.trigger("PUT", ".json", Map.of()).statusCode()).isEqualTo(405);
    }

    @Test
    void listsTriggersAfterADelay() throws Exception {
        simulator.listTriggersAfter(Duration.ofSeconds(2));
        String sid = sid(create(Map.of()));

        assertThat(listed("")).isEmpty();
        assertThat(twilio.trigger("GET", "/" + sid + ".json", Map.of()).statusCode()).isEqualTo(200);
        clock.set("2026-03-15T12:00:02Z");
        assertThat(listed("")).hasSize(1);
    }

    @Test
    void createsATriggerDespiteAFaultAfterProcessing() throws Exception {
        simulator.fail(Fault.serverError()).fail(Fault.rateLimited(1));
        assertThat(create(Map.of()).statusCode()).isEqualTo(500);
        assertThat(create(Map.of()).statusCode()).isEqualTo(429);
        assertThat(listed("")).isEmpty();

        simulator.fail(Fault.htmlUnavailable().afterProcessing());
        assertThat(create(Map.of()).statusCode()).isEqualTo(503);
        simulator.fail(Fault.truncatedResponse());
        assertThatThrownBy(() -> create(Map.of())).isInstanceOf(IOException.class);
        assertThat(listed("")).hasSize(2);
    }

    @Test
    void faultOnAMethodStaysQueuedUntilThatMethod() throws Exception {
        simulator.fail(Fault.serverError().onMethod("POST"));

        assertThat(listed("")).isEmpty();
        assertThat(create(Map.of()).statusCode()).isEqualTo(500);
        assertThat(create(Map.of()).statusCode()).isEqualTo(201);
    }

    @Test
    void firesATriggerOncePerPeriod() throws Exception {
        create(Map.of("TriggerValue", "1", "Recurring", "daily"));
        create(Map.of("TriggerValue", "1"));
        create(Map.of("TriggerValue", "1000000000"));

        assertThat(simulator.evaluateTriggers()).isEqualTo(2);
        assertThat(simulator.evaluateTriggers()).isZero();
        clock.set("2026-03-16T12:00:00Z");
        assertThat(simulator.evaluateTriggers()).isEqualTo(1);
        assertThat(listed("")).extracting(trigger -> trigger.get("date_fired").asText()).containsExactly("null",
                "Sun, 15 Mar 2026 12:00:00 +0000", "Mon, 16 Mar 2026 12:00:00 +0000");
    }

    @Test
    void firesATriggerWhenUsageReachesItsValue() throws Exception {
        BigDecimal today = simulator.usage(LocalDate.parse("2026-03-15"), "sms").usage();
        create(Map.of("TriggerValue", today.add(BigDecimal.ONE).toPlainString(), "Recurring", "daily"));
        simulator.evaluateTriggers();
        assertThat(received).isEmpty();

        simulator.correct(LocalDate.parse("2026-03-15"), "sms", new BigDecimal("3"));
        assertThat(received).hasSize(1);
    }

    @Test
    void signsCallbacksWithTwiliosParameters() throws Exception {
        String sid = sid(create(Map.of("TriggerValue", "1", "Recurring", "daily")));
        simulator.evaluateTriggers();

        SentCallback callback = simulator.callbacks().get(0);
        assertThat(callback.status()).isEqualTo(200);
        assertThat(callback.url()).hasToString(address("/fired"));
        assertThat(callback.signature())
                .isEqualTo(TwilioSignature.sign(simulator.authToken(), address("/fired"), callback.parameters()));
        assertThat(callback.parameters()).containsOnlyKeys("AccountSid", "UsageTriggerSid", "DateFired", "Recurring",
                "UsageCategory", "TriggerBy", "TriggerValue", "CurrentValue", "UsageRecordUri", "IdempotencyToken")
                .containsEntry("UsageTriggerSid", sid)
                .containsEntry("IdempotencyToken", simulator.accountSid() + "-FIRES-" + sid + "-2026-03-15");
        assertThat(received.peek()).contains("TriggerValue=1.000000", "UsageCategory=sms");
    }

    @Test
    void signsTheParametersOfAGetCallback() throws Exception {
        create(Map.of("TriggerValue", "1", "CallbackMethod", "GET", "CallbackUrl", address("/fired?team=1#rc=3")));
        simulator.evaluateTriggers();

        SentCallback callback = simulator.callbacks().get(0);
        assertThat(callback.url().toString()).startsWith(address("/fired?team=1&AccountSid=AC"));
        assertThat(callback.signature())
                .isEqualTo(TwilioSignature.sign(simulator.authToken(), callback.url().toString(), Map.of()));
    }

    @Test
    void retriesCallbacksThreeTimesAfterServerErrors() throws Exception {
        statuses.addAll(List.of(500, 503, 502, 500));
        create(Map.of("TriggerValue", "1"));
        simulator.evaluateTriggers();

        assertThat(simulator.callbacks()).extracting(SentCallback::status).containsExactly(500, 503, 502, 500);
        assertThat(simulator.callbacks()).extracting(SentCallback::signature).containsOnly(
                simulator.callbacks().get(0).signature());
    }

    @Test
    void doesNotRetryRejectedOrUnansweredCallbacks() throws Exception {
        statuses.add(403);
        create(Map.of("TriggerValue", "1"));
        create(Map.of("TriggerValue", "1", "CallbackUrl", "http://127.0.0.1:1/"));
        simulator.evaluateTriggers();

        assertThat(simulator.callbacks()).extracting(SentCallback::status).containsExactly(403, 0);
        assertThat(simulator.resend(simulator.callbacks().get(0)).status()).isEqualTo(200);
    }

    private HttpResponse<String> create(Map<String, String> more) throws IOException, InterruptedException {
        Map<String, String> form = new HashMap<>(Map.of(
                "CallbackUrl", address("/fired"), "TriggerValue", "1000", "UsageCategory", "sms"));
        form.putAll(more);
        return twilio.trigger("POST", ".json", form);
    }

    private Iterable<JsonNode> listed(String query) throws IOException, InterruptedException {
        return Caller.json(twilio.trigger("GET", ".json" + query, Map.of())).get("usage_triggers");
    }

    private String address(String path) {
        return "http://127.0.0.1:" + address.getAddress().getPort() + path;
    }

    private static String sid(HttpResponse<String> response) throws IOException {
        return Caller.json(response).get("sid").asText();
    }
}
