package io.github.cameltwilio.usage;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A truncated response is never taken for a complete one: the request is retried. */
class TruncatedResponsesTest extends TwilioUsageTestSupport {
    private static final String PAGE = "{\"usage_records\": [{\"category\": \"sms\", \"count\": \"12\", "
            + "\"price\": \"1.50\"},"
            + " {\"category\": \"calls\", \"count\": \"3\", \"price\": \"0.25\"}], \"next_page_uri\": null}";

    static Stream<List<Object>> cuts() {
        return IntStream.iterate(0, at -> at < PAGE.length(), at -> at + 5).boxed().flatMap(at -> Stream.of(
                List.of(at, "Content-Length: " + PAGE.length() + "\r\n"), List.of(at, "Content-Length: " + at + "\r\n"),
                List.of(at, "")));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void retriesATruncatedResponse(List<Object> cut) throws IOException {
        AtomicInteger requests = new AtomicInteger();
        try (RawServer truncating = new RawServer((request, out) -> RawServer.write(out,
                "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                        + (requests.incrementAndGet() == 1 ? cut.get(1) + "\r\n" + PAGE.substring(0, (int) cut.get(0))
                                : "\r\n" + PAGE)))) {
            options().setBaseUrl(truncating.baseUrl().toString());
            context.start();
            List<?> usage = template.requestBody("twilio-usage:records", (Object) null, List.class);

            assertThat(usage).extracting("category").containsExactly("sms", "calls");
            assertThat(truncating.requests()).hasSize(2);
        }
    }
}
