package io.github.cameltwilio.usage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Responses that Twilio never sends end in a {@code TwilioApiException}, within a heap of 64 MB. The request is sent
 * once if a retry would get the same response, and five times if the failure may be transient.
 */
class HostileResponsesTest {
    private static final String SECRET = "hidden-in-the-body";
    private static final String TOO_LONG = "the response has more than 16777216 bytes; use a smaller pageSize";
    private static final String BEYOND = "the response far exceeds what Twilio documents";
    private static final String NO_JSON = "the response is not the JSON that Twilio documents";
    private static final String NO_RESPONSE = "no response: ";
    private static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n";

    private static final Map<String, String[]> RESULTS = new LinkedHashMap<>();
    private static final Map<String, Long> REQUESTS = new LinkedHashMap<>();

    /** @param requests how often the request is sent, retries included */
    private record Hostile(String name, String expected, int requests, RawServer.Responder responder) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Hostile> responses() {
        return List.of(
                new Hostile("gzip-bomb", TOO_LONG, 1, (request, out) -> {
                    RawServer.write(out, OK + "Content-Encoding: gzip\r\n\r\n");
                    out.write(bomb());
                }),
                new Hostile("endless-chunks", TOO_LONG, 1, (request, out) -> {
                    RawServer.write(out, OK + "Transfer-Encoding: chunked\r\n\r\n");
                    RawServer.writeForever(out, "10000\r\n" + " ".repeat(0x10000) + "\r\n");
                }),
                new Hostile("gigabyte", TOO_LONG, 1, (request, out) -> {
                    RawServer.write(out, OK + "Content-Length: 1073741824\r\n\r\n");
                    RawServer.writeForever(out, " ".repeat(0x10000));
                }),
                new Hostile("endless-page", BEYOND, 1, (request, out) -> {
                    RawServer.write(out, OK + "\r\n{\"usage_records\": [{}");
                    RawServer.writeForever(out, ", {}".repeat(1000));
                }),
                new Hostile("page-of-empty-items", BEYOND, 1,
                        body("{\"usage_records\": [" + "{},".repeat(5_000_000) + "{}]}")),
                new Hostile("item-of-empty-lists", BEYOND, 1,
                        body("{\"usage_records\": [{\"x\": [" + "[],".repeat(5_000_000) + "[]]}]}")),
                new Hostile("deep-field", BEYOND, 1, body("{\"x\": " + "[".repeat(10_000))),
                new Hostile("deep-item", BEYOND, 1, body("{\"usage_records\": [{\"x\": " + "{\"x\":".repeat(10_000))),
                new Hostile("long-text", BEYOND, 1,
                        body("{\"usage_records\": [{\"category\": \"" + SECRET.repeat(30_000_000 / SECRET.length()))),
                new Hostile("long-number", BEYOND, 1,
                        body("{\"usage_records\": [{\"price\": " + "9".repeat(1_000_000) + "}]}")),
                new Hostile("long-name", BEYOND, 1,
                        body("{\"usage_records\": [{\"" + SECRET.repeat(1_000) + "\": 1}]}")),
                new Hostile("two-lists", NO_JSON, 5, body("{\"usage_records\": [], \"usage_records\": []}")),
                new Hostile("invalid-utf-8", NO_JSON, 5,
                        body("{\"usage_records\": [{\"category\": \"\u00C3\u0028\"}]}")),
                new Hostile("looks-like-utf-32", NO_JSON, 5, body("\u0000\u0000\u0000{guarded by nothing")),
                new Hostile("html", NO_JSON, 5, body("<html><body>" + SECRET)),
                new Hostile("malformed-content-type", NO_JSON, 5, (request, out) -> RawServer.write(out,
                        "HTTP/1.1 200 OK\r\nContent-Type: " + "x\t".repeat(3000) + "\r\n\r\n")),
                new Hostile("unavailable-html", "HTTP 503", 5, (request, out) -> RawServer.write(out,
                        "HTTP/1.1 503 Unavailable\r\nContent-Type: text/html\r\n\r\n<html><body>" + SECRET)),
                new Hostile("endless-unavailable", "HTTP 503", 5, (request, out) -> {
                    RawServer.write(out, "HTTP/1.1 503 Unavailable\r\n\r\n{\"message\": \"");
                    RawServer.writeForever(out, SECRET.repeat(100));
                }),
                new Hostile("endless-error", "HTTP 403", 1, (request, out) -> {
                    RawServer.write(out, "HTTP/1.1 403 Forbidden\r\n\r\n");
                    RawServer.writeForever(out, SECRET.repeat(100));
                }),
                new Hostile("long-error", "HTTP 400, Twilio code 1: xxx", 1, (request, out) -> RawServer.write(out,
                        "HTTP/1.1 400 Bad\r\nTwilio-Request-Id: " + "y".repeat(8000)
                                + "\r\n\r\n{\"code\": 1, \"message\": \""
                                + "x".repeat(20_000) + "\", \"more_info\": \"" + "z".repeat(20_000) + "\"}")),
                new Hostile("endless-headers", NO_RESPONSE, 5, (request, out) -> {
                    RawServer.write(out, OK);
                    RawServer.writeForever(out, "X: " + SECRET + "\r\n");
                }),
                new Hostile("endless-header", NO_RESPONSE, 5, (request, out) -> {
                    RawServer.write(out, OK + "X: ");
                    RawServer.writeForever(out, SECRET.repeat(100));
                }),
                new Hostile("truncated", NO_RESPONSE, 5, (request, out) -> RawServer.write(out,
                        OK + "Content-Length: 1000\r\n\r\n{\"usage_records\": [{}], \"" + SECRET)),
                new Hostile("not-http", NO_RESPONSE, 5,
                        (request, out) -> RawServer.write(out, (SECRET + "\r\n").repeat(1000))),
                new Hostile("malformed-status", NO_RESPONSE, 5,
                        (request, out) -> RawServer.write(out, "HTTP/1.1 " + SECRET + "\r\n\r\n")),
                new Hostile("malformed-chunk", NO_RESPONSE, 5, (request, out) -> RawServer.write(out,
                        OK + "Transfer-Encoding: chunked\r\n\r\n" + SECRET.repeat(400) + "\r\n")),
                new Hostile("malformed-header", NO_RESPONSE, 5,
                        (request, out) -> RawServer.write(out, OK + SECRET + "\r\n\r\n")),
                new Hostile("malformed-length", NO_RESPONSE, 5, (request, out) -> RawServer.write(out,
                        OK + "Content-Length: " + SECRET + "\r\n\r\n")),
                new Hostile("malformed-gzip", NO_RESPONSE, 5, (request, out) -> RawServer.write(out,
                        OK + "Content-Encoding: gzip\r\n\r\n" + SECRET)),
                new Hostile("malformed-encoding", NO_JSON, 5, (request, out) -> RawServer.write(out,
                        OK + "Content-Encoding: " + SECRET.repeat(400) + "\r\n\r\n")),
                new Hostile("encoded-a-thousand-times", NO_RESPONSE, 5, (request, out) -> RawServer.write(out,
                        OK + "Content-Encoding: gzip" + ", gzip".repeat(1000) + "\r\n\r\n" + SECRET)));
    }

    @BeforeAll
    static void requestAllInASmallHeap() throws IOException {
        Map<String, RawServer.Responder> responders = responses().stream()
                .collect(Collectors.toMap(Hostile::name, Hostile::responder));
        try (RawServer server = new RawServer(
                (request, out) -> responders.get(category(request)).respond(request, out))) {
            String output = ChildJvm.outputOf(ChildJvm.of(RequestsEach.class, List.of("-Xmx64m"), Stream.concat(
                    Stream.of(server.baseUrl().toString()), responses().stream().map(Hostile::name))
                    .toArray(String[]::new)));
            output.lines().map(line -> line.split("\t")).filter(line -> line.length == 5)
                    .forEach(line -> RESULTS.put(line[0], line));
            server.requests().forEach(request -> REQUESTS.merge(category(request), 1L, Long::sum));
            assertThat(output).endsWith("the end\n");
        }
    }

    @ParameterizedTest
    @MethodSource("responses")
    void failsWithinASmallHeap(Hostile hostile) {
        String[] result = RESULTS.get(hostile.name());

        assertThat(result[1]).isEqualTo("TwilioApiException");
        assertThat(result[2]).startsWith("list usage records of " + hostile.name() + ": " + hostile.expected());
        assertThat(REQUESTS.get(hostile.name())).as("requests").isEqualTo(hostile.requests());
    }

    @Test
    void limitsMessagesAndNeverQuotesABody() {
        assertThat(RESULTS.values()).hasSize(responses().size())
                .allSatisfy(result -> {
                    assertThat(Integer.parseInt(result[3])).as("length of the longest message of " + result[0])
                            .isLessThanOrEqualTo(1024);
                    assertThat(result[4]).as("stack trace of " + result[0]).isEqualTo("quotes nothing");
                });
    }

    private static RawServer.Responder body(String body) {
        return (request, out) -> RawServer.write(out, OK + "Content-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bomb)) {
            byte[] megabyte = " ".repeat(1024 * 1024).getBytes(StandardCharsets.ISO_8859_1);
            for (int megabytes = 0; megabytes < 200; megabytes++) {
                gzip.write(megabyte);
            }
        }
        return bomb.toByteArray();
    }

    private static String category(String request) {
        return request.replaceAll(".*Category=([a-z0-9-]+).*", "$1");
    }

    /** Requests each of the given categories, and prints how the request failed. */
    static final class RequestsEach {

        public static void main(String[] arguments) throws Exception {
            try (DefaultCamelContext context = new DefaultCamelContext()) {
                context.start();
                ProducerTemplate template = context.createProducerTemplate();
                for (String category : List.of(arguments).subList(1, arguments.length)) {
                    // Each has its own component, so that no failure uses up the retry budget of another.
                    context.addComponent(category, component(arguments[0]));
                    try {
                        template.requestBody(category + ":records?category=" + category, (Object) null);
                        throw new IllegalStateException(category + " was accepted as a response");
                    } catch (CamelExecutionException e) {
                        System.out.println(category + "\t" + description(e.getCause()));
                    }
                }
            }
            System.out.println("the end");
        }

        private static TwilioUsageComponent component(String baseUrl) {
            TwilioUsageComponent component = new TwilioUsageComponent();
            component.setPause(time -> {});
            component.getConfiguration().setBaseUrl(baseUrl);
            component.getConfiguration().setAccountSid("AC" + "0".repeat(32));
            component.getConfiguration().setAuthToken("token");
            return component;
        }

        private static String description(Throwable failure) {
            int maxLength = 0;
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                maxLength = Math.max(maxLength, String.valueOf(cause.getMessage()).length());
            }
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            return String.join("\t", failure.getClass().getSimpleName(), failure.getMessage().replaceAll("\\s", " "),
                    Integer.toString(maxLength),
                    trace.toString().contains(SECRET) ? "quotes the body" : "quotes nothing");
        }
    }
}
