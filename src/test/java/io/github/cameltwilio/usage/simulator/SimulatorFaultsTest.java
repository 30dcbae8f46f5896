package io.github.cameltwilio.usage.simulator;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SimulatorFaultsTest extends SimulatorTestSupport {

    private static final String LIST = "/Daily.json?Category=sms";

    static Stream<Arguments> errors() {
        return Stream.of(
                Arguments.of(Fault.rateLimited(1), 429, 20429),
                Arguments.of(Fault.serverError(), 500, 20500),
                Arguments.of(Fault.badRequestWithoutCode(), 400, 0),
                Arguments.of(Fault.notFound(), 404, 20404),
                Arguments.of(Fault.unauthorized(), 401, 20003));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void errorResponseHappensOnceInTwiliosFormat(Fault fault, int status, int code) throws Exception {
        simulator.fail(fault);

        HttpResponse<String> error = twilio.get(LIST);
        assertThat(error.statusCode()).isEqualTo(status);
        assertThat(Caller.json(error).path("code").asInt()).isEqualTo(code);
        assertThat(Caller.json(error).get("status").asInt()).isEqualTo(status);
        assertThat(twilio.get(LIST).statusCode()).isEqualTo(200);
    }

    @Test
    void rateLimitAffectsTheGivenNumberOfRequests() throws Exception {
        simulator.fail(Fault.rateLimited(2, Duration.ofSeconds(7)));

        assertThat(twilio.get(LIST).headers().firstValue("Retry-After")).hasValue("7");
        assertThat(twilio.get(LIST).statusCode()).isEqualTo(429);
        assertThat(twilio.get(LIST).statusCode()).isEqualTo(200);
    }

    @Test
    void faultsHappenInTheOrderOfTheQueue() throws Exception {
        simulator.fail(Fault.serverError(2)).fail(Fault.rateLimited(1));

        assertThat(twilio.get(LIST).statusCode()).isEqualTo(500);
        assertThat(twilio.get(LIST).statusCode()).isEqualTo(500);
        assertThat(twilio.get(LIST).statusCode()).isEqualTo(429);
    }

    @Test
    void faultOnAPageStaysQueuedUntilThatPage() throws Exception {
        simulator.fail(Fault.serverError().onPage(1));

        JsonNode first = twilio.page(LIST);
        assertThat(twilio.follow(first.get("next_page_uri").asText()).statusCode()).isEqualTo(500);
        assertThat(twilio.follow(first.get("next_page_uri").asText()).statusCode()).isEqualTo(200);
    }

    @Test
    void serviceUnavailableIsHtml() throws Exception {
        simulator.fail(Fault.htmlUnavailable());

        HttpResponse<String> response = twilio.get(LIST);
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/html");
    }

    @Test
    void slowFaultDelaysTheRegularResponse() throws Exception {
        simulator.fail(Fault.slow(Duration.ofMillis(200)));

        long begin = System.nanoTime();
        assertThat(twilio.page(LIST).get("usage_records")).hasSize(50);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }

    @Test
    void closingTheSimulatorEndsAPendingRequest() {
        simulator.fail(Fault.neverResponds());

        CompletableFuture<Void> call = CompletableFuture
                .runAsync(() -> assertThatThrownBy(() -> twilio.get(LIST)).isInstanceOf(IOException.class));
        Awaitility.await().until(() -> simulator.requests().size() == 1);
        assertThat(call).isNotDone();

        simulator.close();
        assertThat(call).succeedsWithin(5, TimeUnit.SECONDS);
    }

    @Test
    void truncatedResponseEndsInTheMiddle() throws Exception {
        simulator.fail(Fault.truncatedResponse());

        assertThatThrownBy(() -> twilio.get(LIST)).isInstanceOf(IOException.class);
        assertThat(twilio.get(LIST).statusCode()).isEqualTo(200);
    }

    @Test
    void connectionResetSendsNoResponse() throws Exception {
        simulator.fail(Fault.connectionReset());

        // The JDK's client would hide the fault, because it retries a GET that got no response.
        try (Socket connection = new Socket(simulator.baseUrl().getHost(), simulator.baseUrl().getPort())) {
            connection.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: simulator\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThatThrownBy(() -> connection.getInputStream().readAllBytes()).hasMessage("Connection reset");
        }
        assertThat(twilio.get(LIST).statusCode()).isEqualTo(200);
    }

    @Test
    void emptyPageLinksToTheRequestedPage() throws Exception {
        simulator.fail(Fault.emptyPageWithNextLink());

        JsonNode empty = twilio.page(LIST);
        assertThat(empty.get("usage_records")).isEmpty();
        assertThat(Caller.json(twilio.follow(empty.get("next_page_uri").asText())).get("usage_records")).hasSize(50);
    }

    @Test
    void emptyPageInTheMiddleLosesNoRecord() throws Exception {
        simulator.fail(Fault.emptyPageWithNextLink().onPage(1));

        assertThat(twilio.all(LIST)).extracting(row -> row.get("start_date")).hasSize(61).doesNotHaveDuplicates();
    }

    @Test
    void cyclicLinkPointsToThePageItself() throws Exception {
        simulator.fail(Fault.cyclicNextLink());

        assertThat(twilio.page(LIST).get("next_page_uri").asText()).isEqualTo(twilio.records(LIST));
    }

    @Test
    void duplicateRecordIsListedTwice() throws Exception {
        simulator.fail(Fault.duplicateRecord());

        JsonNode records = twilio.page(LIST).get("usage_records");
        assertThat(records).hasSize(51);
        assertThat(records.get(0)).isEqualTo(records.get(1));
    }

    @Test
    void nextPageUriCanBeAnyText() throws Exception {
        simulator.fail(Fault.nextPageUri("https://example.org/steal"));

        JsonNode page = twilio.page(LIST);
        assertThat(page.get("next_page_uri").asText()).isEqualTo("https://example.org/steal");
        assertThat(page.get("usage_records")).hasSize(50);
    }

    @Test
    void invalidJsonHasAJsonContentType() throws Exception {
        simulator.fail(Fault.invalidJson());

        HttpResponse<String> response = twilio.get(LIST);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThatThrownBy(() -> Caller.json(response)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void xmlFaultConvertsAPage() throws Exception {
        simulator.fail(Fault.xml());

        HttpResponse<String> response = twilio.get(LIST);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/xml");
        assertThat(response.body()).contains("<TwilioResponse>", "<UsageRecord>", "<Category>sms</Category>");
    }

    @Test
    void redirectHasALocation() throws Exception {
        simulator.fail(Fault.redirect(URI.create("https://example.org/elsewhere")));

        HttpResponse<String> response = twilio.get(LIST);
        assertThat(response.statusCode()).isEqualTo(307);
        assertThat(response.headers().firstValue("Location")).hasValue("https://example.org/elsewhere");
    }

    @Test
    void rejectsInvalidFaultSettings() {
        assertThatThrownBy(() -> Fault.rateLimited(0)).hasMessageContaining("Fault.times(0)");
        assertThatThrownBy(() -> Fault.notFound().onPage(-1)).hasMessageContaining("onPage(-1)");
    }
}
