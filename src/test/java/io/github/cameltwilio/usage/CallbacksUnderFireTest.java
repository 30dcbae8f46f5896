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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Hostile requests learn nothing and do not block genuine callbacks. */
@Timeout(60)
class CallbacksUnderFireTest extends CallbacksTestSupport {
    private final List<Socket> connections = new ArrayList<>();

    @AfterEach
    void closeConnections() throws IOException {
        for (Socket connection : connections) {
            connection.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void rejectsOversizedRequestsWithoutEcho(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");
        String parameters = IntStream.range(0, 10_000).mapToObj(number -> "echo" + number + "=1")
                .collect(Collectors.joining("&"));

        for (String body : List.of(parameters, "echo=" + "x".repeat(65 * 1024))) {
            assertThat(responseTo("POST", body)).startsWith("HTTP/1.1 4").doesNotContain("echo");
        }
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void rejectsUnusualMethodsWithoutEcho(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");

        for (String method : List.of("TRACE", "CONNECT", "ECHO")) {
            assertThat(responseTo(method, "")).startsWith("HTTP/1.1 ").doesNotStartWith("HTTP/1.1 2")
                    .doesNotContain("hooks", "ECHO");
        }
        assertThat(mock.getReceivedExchanges()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "netty-http", "undertow" })
    void stopsReadingHugeBody(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");
        Socket connection = connect();
        connection.getOutputStream().write(head("POST", 1 << 30));
        byte[] chunk = "x".repeat(1 << 16).getBytes(StandardCharsets.ISO_8859_1);
        long sent = 0;
        try {
            for (; sent < 1 << 30 && connection.getInputStream().available() == 0; sent += chunk.length) {
                connection.getOutputStream().write(chunk);
            }
            assertThat(new String(connection.getInputStream().readNBytes(10), StandardCharsets.ISO_8859_1))
                    .isEqualTo("HTTP/1.1 4");
        } catch (SocketException e) {
            // Closing the connection is acceptable too.
        }

        assertThat(sent).isLessThan(64 << 20);
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    /** Camel's servlet keeps the whole body in memory before a route sees it, so only the container can limit it. */
    @Test
    void servletReadsWholeBodyBeforeItIsRejected() throws Exception {
        MockEndpoint mock = listen("servlet", "");
        Socket connection = connect();
        int length = 16 << 20;
        connection.getOutputStream().write(head("POST", length));
        byte[] chunk = "x".repeat(1 << 16).getBytes(StandardCharsets.ISO_8859_1);
        for (int sent = 0; sent < length; sent += chunk.length) {
            assertThat(connection.getInputStream().available()).as("no response after %d bytes", sent).isZero();
            connection.getOutputStream().write(chunk);
        }

        assertThat(new String(connection.getInputStream().readNBytes(10), StandardCharsets.ISO_8859_1))
                .startsWith("HTTP/1.1 ").doesNotEndWith("2");
        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    /** Without Undertow, where each slow body occupies a worker thread. */
    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "netty-http" })
    void slowRequestsDoNotBlockCallbacks(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");
        for (int slow = 0; slow < 100; slow++) {
            connect().getOutputStream()
                    .write("POST /fired HTTP/1.1\r\nHost: hooks.exam".getBytes(StandardCharsets.ISO_8859_1));
            connect().getOutputStream().write(head("POST", 1000));
        }

        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = { "platform-http", "servlet", "netty-http", "undertow" })
    void rejectsCallbacksWhileStopped(String engine) throws Exception {
        MockEndpoint mock = listen(engine, "");
        context.getRouteController().stopRoute("usage");
        try {
            assertThat(post(firing()).statusCode()).isGreaterThanOrEqualTo(400);
        } catch (ConnectException e) {
            // Nothing listens here now, which Twilio would notice as well.
        }
        context.getRouteController().startRoute("usage");

        assertThat(post(firing()).statusCode()).isEqualTo(200);
        assertThat(fired(mock)).hasSize(1);
    }

    private String responseTo(String method, String body) throws IOException {
        Socket connection = connect();
        connection.getOutputStream().write(head(method, body.length()));
        connection.getOutputStream().write(body.getBytes(StandardCharsets.ISO_8859_1));
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private byte[] head(String method, int length) {
        return (method + " /fired HTTP/1.1\r\nHost: hooks.example.com\r\nContent-Type: " + FORM
                + "\r\nConnection: close\r\n"
                + "Content-Length: " + length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private Socket connect() throws IOException {
        Socket connection = new Socket(InetAddress.getLoopbackAddress(), port);
        connection.setSoTimeout(5000);
        connections.add(connection);
        return connection;
    }
}
