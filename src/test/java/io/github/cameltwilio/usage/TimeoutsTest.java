package io.github.cameltwilio.usage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.simulator.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/** No request waits for Twilio forever. */
class TimeoutsTest extends TwilioUsageTestSupport {
    private TwilioUsageComponent component;

    @BeforeEach
    void useSimulator() {
        options();
        component = context.getComponent("twilio-usage", TwilioUsageComponent.class);
    }

    @Test
    void timesOutWithoutAResponse() {
        component.setResponseTimeout(Duration.ofMillis(50));
        simulator().fail(Fault.neverResponds().times(5));

        assertThat(failure()).hasMessageContaining("Read timed out");
        assertThat(simulator().requests()).as("requests, since a read is retried").hasSize(5);
    }

    @Timeout(20)
    @Test
    void timesOutWithoutATlsHandshake() throws IOException {
        component.setConnectTimeout(Duration.ofMillis(50));
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            component.getConfiguration().setBaseUrl("https://localhost:" + silent.getLocalPort());

            assertThat(failure()).hasMessageContaining("Read timed out");
        }
    }

    @Timeout(20)
    @ParameterizedTest
    @ValueSource(strings = { "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", "HTTP/1.1 200 OK\r\nX-Drip: ",
            "HTTP/1.1 503 Unavailable\r\nContent-Length: 1000000\r\n\r\n" })
    void timesOutOnAnEndlessSlowResponse(String head) throws IOException {
        component.setMaxExchangeTime(Duration.ofMillis(200));
        try (RawServer dripping = new RawServer((request, out) -> {
            RawServer.write(out, head);
            RawServer.writeForever(out, " ", 5);
        })) {
            component.getConfiguration().setBaseUrl(dripping.baseUrl().toString());

            assertThat(failure()).hasMessage(head.contains("503") ? "list usage records: HTTP 503"
                    : "list usage records: no response: java.io.InterruptedIOException: not complete after 200 ms");
            assertThat(dripping.requests()).hasSize(5);
            await().untilAsserted(() -> assertThat(dripping.openConnections()).as("connections").isZero());
        }
    }

    @Timeout(20)
    @Test
    void timesOutOnEndlessContinueResponses() throws IOException {
        component.setMaxExchangeTime(Duration.ofMillis(200));
        try (RawServer processing = new RawServer(
                (request, out) -> RawServer.writeForever(out, "HTTP/1.1 102 Processing\r\n\r\n", 5))) {
            component.getConfiguration().setBaseUrl(processing.baseUrl().toString());

            assertThat(failure()).hasMessageContaining("not complete after 200 ms");
        }
    }

    @Timeout(20)
    @Test
    void limitsTheTotalTimeOfAResponse() {
        component.setMaxExchangeTime(Duration.ofMillis(100));
        simulator().fail(Fault.neverResponds().times(5));

        assertThat(failure()).hasMessageContaining("not complete after 100 ms");
    }

    @Timeout(20)
    @Test
    void limitsTheTotalTimeOfAHandshake() throws IOException {
        component.setMaxExchangeTime(Duration.ofMillis(100));
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            component.getConfiguration().setBaseUrl("https://localhost:" + silent.getLocalPort());

            assertThat(failure()).hasMessageContaining("not complete after 100 ms");
        }
    }

    /** HttpClient has another exception for a request that is cancelled just before it connects. */
    @Test
    void reportsDeadlineThatPassesAtAnyMoment() {
        component.setMaxExchangeTime(Duration.ofMillis(1));
        simulator().fail(Fault.neverResponds().times(10_000));
        context.start();

        for (int request = 0; request < 300; request++) {
            assertThat(catchThrowable(() -> template.requestBody("twilio-usage:records", (Object) null)))
                    .hasCauseInstanceOf(TwilioApiException.class);
        }
    }

    @Test
    void rejectsZeroConnectTimeout() {
        component.setConnectTimeout(Duration.ZERO);

        assertThatThrownBy(context::start).rootCause()
                .hasMessage("connectTimeout=0s must be a positive duration, for example 5s");
    }

    @Test
    void rejectsNegativeResponseTimeout() {
        assertThatThrownBy(() -> component.setResponseTimeout(Duration.ofSeconds(-1)))
                .hasMessage("responseTimeout=-1s must be a duration, for example 15m or 1h30m");
    }

    private TwilioApiException failure() {
        context.start();
        Throwable failure = catchThrowable(() -> template.requestBody("twilio-usage:records", (Object) null));
        assertThat(failure).hasCauseInstanceOf(TwilioApiException.class);
        return (TwilioApiException) failure.getCause();
    }
}
