package io.github.cameltwilio.usage;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Whoever else calls the webhook gets nothing out of it, and keeps no genuine callback from it. */
@Timeout(60)
class WebhookUnderFireTest extends WebhookTestSupport {
    private final List<Socket> callers = new ArrayList<>();

    @AfterEach
    void hangUp() throws IOException {
        for (Socket caller : callers) {
            caller.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "netty-http", "undertow" })
    void whatIsLargerThanAnyCallbackIsRefusedAndNothingOfItIsInTheAnswer(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");
        String parameters = IntStream.range(0, 10_000).mapToObj(number -> "echo" + number + "=1")
                .collect(Collectors.joining("&"));

        for (String body : List.of(parameters, "echo=" + "x".repeat(65 * 1024))) {
            assertThat(answer("POST", body)).startsWith("HTTP/1.1 4").doesNotContain("echo");
        }
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "netty-http", "undertow" })
    void aMethodThatNobodyUsesIsRefusedAndNothingOfItIsInTheAnswer(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");

        for (String method : List.of("TRACE", "CONNECT", "ECHO")) {
            assertThat(answer(method, "")).startsWith("HTTP/1.1 ").doesNotStartWith("HTTP/1.1 2")
                    .doesNotContain("hooks", "ECHO");
        }
        assertThat(mock.getReceivedExchanges()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "netty-http", "undertow" })
    void aBodyOfAGigabyteIsNotReadToItsEnd(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");
        Socket caller = call();
        caller.getOutputStream().write(head("POST", 1 << 30));
        byte[] some = "x".repeat(1 << 16).getBytes(StandardCharsets.ISO_8859_1);
        long sent = 0;
        try {
            for (; sent < 1 << 30 && caller.getInputStream().available() == 0; sent += some.length) {
                caller.getOutputStream().write(some);
            }
            assertThat(new String(caller.getInputStream().readNBytes(10), StandardCharsets.ISO_8859_1))
                    .isEqualTo("HTTP/1.1 4");
        } catch (SocketException e) {
            // It hung up, which will do.
        }

        assertThat(sent).isLessThan(64 << 20);
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    /** Not so with Undertow, where each slow body holds one of its worker threads. */
    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "netty-http" })
    void whoNeverComesToAnEndKeepsNobodyElseWaiting(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");
        for (int slow = 0; slow < 100; slow++) {
            call().getOutputStream()
                    .write("POST /fired HTTP/1.1\r\nHost: hooks.exam".getBytes(StandardCharsets.ISO_8859_1));
            call().getOutputStream().write(head("POST", 1000));
        }

        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "netty-http", "undertow" })
    void aCallbackWhileTheRouteIsStoppedIsNotAnsweredAsIfItHadArrived(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");
        context.getRouteController().stopRoute("usage");
        try {
            assertThat(post(firing()).statusCode()).isGreaterThanOrEqualTo(400);
        } catch (ConnectException e) {
            // Nobody is there at all, which Twilio sees as well.
        }
        context.getRouteController().startRoute("usage");

        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    private String answer(String method, String body) throws IOException {
        Socket caller = call();
        caller.getOutputStream().write(head(method, body.length()));
        caller.getOutputStream().write(body.getBytes(StandardCharsets.ISO_8859_1));
        return new String(caller.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private byte[] head(String method, int length) {
        return (method + " /fired HTTP/1.1\r\nHost: hooks.example.com\r\nContent-Type: " + FORM
                + "\r\nConnection: close\r\n"
                + "Content-Length: " + length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private Socket call() throws IOException {
        Socket caller = new Socket(InetAddress.getLoopbackAddress(), port);
        caller.setSoTimeout(5000);
        callers.add(caller);
        return caller;
    }
}
