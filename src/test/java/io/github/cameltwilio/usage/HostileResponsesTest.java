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
 * What no Twilio ever sent ends in our exception, in a heap of 64 MB: asked for once where it would come again, and
 * five times where it may have been an accident.
 */
class HostileResponsesTest {
    private static final String SECRET = "hidden-in-the-body";
    private static final String TOO_LONG = "the response has more than 16777216 bytes; use a smaller pageSize";
    private static final String BEYOND = "the response exceeds what Twilio documents by far";
    private static final String NO_JSON = "the response is not the JSON that Twilio documents";
    private static final String NO_ANSWER = "no response: ";
    private static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n";

    private static final Map<String, String[]> RESULTS = new LinkedHashMap<>();
    private static final Map<String, Long> REQUESTS = new LinkedHashMap<>();

    /** @param asked how often the client is to ask */
    private record Hostile(String name, String expected, int asked, RawServer.Answer answer) {

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Hostile> answers() {
        return List.of(
                new Hostile("gzip-bomb", TOO_LONG, 1, (request, out) -> {
                    RawServer.write(out, OK + "Content-Encoding: gzip\r\n\r\n");
                    out.write(bomb());
                }),
                new Hostile("endless-chunks", TOO_LONG, 1, (request, out) -> {
                    RawServer.write(out, OK + "Transfer-Encoding: chunked\r\n\r\n");
                    RawServer.forEver(out, "10000\r\n" + " ".repeat(0x10000) + "\r\n");
                }),
                new Hostile("gigabyte", TOO_LONG, 1, (request, out) -> {
                    RawServer.write(out, OK + "Content-Length: 1073741824\r\n\r\n");
                    RawServer.forEver(out, " ".repeat(0x10000));
                }),
                new Hostile("endless-page", BEYOND, 1, (request, out) -> {
                    RawServer.write(out, OK + "\r\n{\"usage_records\": [{}");
                    RawServer.forEver(out, ", {}".repeat(1000));
                }),
                new Hostile("page-of-nothing", BEYOND, 1,
                        body("{\"usage_records\": [" + "{},".repeat(5_000_000) + "{}]}")),
                new Hostile("item-of-nothing", BEYOND, 1,
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
                new Hostile("odd-content-type", NO_JSON, 5, (request, out) -> RawServer.write(out,
                        "HTTP/1.1 200 OK\r\nContent-Type: " + "x\t".repeat(3000) + "\r\n\r\n")),
                new Hostile("unavailable-html", "HTTP 503", 5, (request, out) -> RawServer.write(out,
                        "HTTP/1.1 503 Unavailable\r\nContent-Type: text/html\r\n\r\n<html><body>" + SECRET)),
                new Hostile("endless-unavailable", "HTTP 503", 5, (request, out) -> {
                    RawServer.write(out, "HTTP/1.1 503 Unavailable\r\n\r\n{\"message\": \"");
                    RawServer.forEver(out, SECRET.repeat(100));
                }),
                new Hostile("endless-refusal", "HTTP 403", 1, (request, out) -> {
                    RawServer.write(out, "HTTP/1.1 403 Forbidden\r\n\r\n");
                    RawServer.forEver(out, SECRET.repeat(100));
                }),
                new Hostile("long-refusal", "HTTP 400, Twilio code 1: xxx", 1, (request, out) -> RawServer.write(out,
                        "HTTP/1.1 400 Bad\r\nTwilio-Request-Id: " + "y".repeat(8000)
                                + "\r\n\r\n{\"code\": 1, \"message\": \""
                                + "x".repeat(20_000) + "\", \"more_info\": \"" + "z".repeat(20_000) + "\"}")),
                new Hostile("endless-headers", NO_ANSWER, 5, (request, out) -> {
                    RawServer.write(out, OK);
                    RawServer.forEver(out, "X: " + SECRET + "\r\n");
                }),
                new Hostile("endless-header", NO_ANSWER, 5, (request, out) -> {
                    RawServer.write(out, OK + "X: ");
                    RawServer.forEver(out, SECRET.repeat(100));
                }),
                new Hostile("cut", NO_ANSWER, 5, (request, out) -> RawServer.write(out,
                        OK + "Content-Length: 1000\r\n\r\n{\"usage_records\": [{}], \"" + SECRET)),
                new Hostile("no-http", NO_ANSWER, 5,
                        (request, out) -> RawServer.write(out, (SECRET + "\r\n").repeat(1000))),
                new Hostile("odd-status", NO_ANSWER, 5,
                        (request, out) -> RawServer.write(out, "HTTP/1.1 " + SECRET + "\r\n\r\n")),
                new Hostile("odd-chunk", NO_ANSWER, 5, (request, out) -> RawServer.write(out,
                        OK + "Transfer-Encoding: chunked\r\n\r\n" + SECRET.repeat(400) + "\r\n")),
                new Hostile("odd-header", NO_ANSWER, 5,
                        (request, out) -> RawServer.write(out, OK + SECRET + "\r\n\r\n")),
                new Hostile("odd-length", NO_ANSWER, 5, (request, out) -> RawServer.write(out,
                        OK + "Content-Length: " + SECRET + "\r\n\r\n")),
                new Hostile("odd-gzip", NO_ANSWER, 5, (request, out) -> RawServer.write(out,
                        OK + "Content-Encoding: gzip\r\n\r\n" + SECRET)),
                new Hostile("odd-encoding", NO_JSON, 5, (request, out) -> RawServer.write(out,
                        OK + "Content-Encoding: " + SECRET.repeat(400) + "\r\n\r\n")),
                new Hostile("packed-a-thousand-times", NO_ANSWER, 5, (request, out) -> RawServer.write(out,
                        OK + "Content-Encoding: gzip" + ", gzip".repeat(1000) + "\r\n\r\n" + SECRET)));
    }

    @BeforeAll
    static void requestAllInASmallHeap() throws IOException {
        Map<String, RawServer.Answer> answers = answers().stream()
                .collect(Collectors.toMap(Hostile::name, Hostile::answer));
        try (RawServer server = new RawServer((request, out) -> answers.get(category(request)).to(request, out))) {
            String output = ChildJvm.outputOf(ChildJvm.of(Asker.class, List.of("-Xmx64m"), Stream.concat(
                    Stream.of(server.baseUrl().toString()), answers().stream().map(Hostile::name))
                    .toArray(String[]::new)));
            output.lines().map(line -> line.split("\t")).filter(line -> line.length == 5)
                    .forEach(line -> RESULTS.put(line[0], line));
            server.requests().forEach(request -> REQUESTS.merge(category(request), 1L, Long::sum));
            assertThat(output).endsWith("the end\n");
        }
    }

    @ParameterizedTest
    @MethodSource("answers")
    void failsWithinASmallHeap(Hostile hostile) {
        String[] result = RESULTS.get(hostile.name());

        assertThat(result[1]).isEqualTo("TwilioApiException");
        assertThat(result[2]).startsWith("list usage records of " + hostile.name() + ": " + hostile.expected());
        assertThat(REQUESTS.get(hostile.name())).as("requests").isEqualTo(hostile.asked());
    }

    @Test
    void limitsMessagesAndNeverQuotesABody() {
        assertThat(RESULTS.values()).hasSize(answers().size())
                .allSatisfy(result -> {
                    assertThat(Integer.parseInt(result[3])).as("longest message of " + result[0])
                            .isLessThanOrEqualTo(1024);
                    assertThat(result[4]).as("stack trace of " + result[0]).isEqualTo("quotes nothing");
                });
    }

    private static RawServer.Answer body(String body) {
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

    /** Asks for each category that it is told, and prints what came of it. */
    static final class Asker {

        public static void main(String[] arguments) throws Exception {
            try (DefaultCamelContext context = new DefaultCamelContext()) {
                context.start();
                ProducerTemplate template = context.createProducerTemplate();
                for (String category : List.of(arguments).subList(1, arguments.length)) {
                    // The failures of one are not to spend another's budget of retries.
                    context.addComponent(category, asking(arguments[0]));
                    try {
                        template.requestBody(category + ":records?category=" + category, (Object) null);
                        throw new IllegalStateException(category + " was taken for an answer");
                    } catch (CamelExecutionException e) {
                        System.out.println(category + "\t" + described(e.getCause()));
                    }
                }
            }
            System.out.println("the end");
        }

        private static TwilioUsageComponent asking(String baseUrl) {
            TwilioUsageComponent component = new TwilioUsageComponent();
            component.setPause(time -> {});
            component.getConfiguration().setBaseUrl(baseUrl);
            component.getConfiguration().setAccountSid("AC" + "0".repeat(32));
            component.getConfiguration().setAuthToken("token");
            return component;
        }

        private static String described(Throwable failure) {
            int longest = 0;
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                longest = Math.max(longest, String.valueOf(cause.getMessage()).length());
            }
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            return String.join("\t", failure.getClass().getSimpleName(), failure.getMessage().replaceAll("\\s", " "),
                    Integer.toString(longest),
                    trace.toString().contains(SECRET) ? "quotes the body" : "quotes nothing");
        }
    }
}
