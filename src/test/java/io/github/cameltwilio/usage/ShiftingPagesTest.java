package io.github.cameltwilio.usage;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Twilio recounts its pages for each request: when a record disappears, all records after it move up by one. */
class ShiftingPagesTest extends TwilioUsageTestSupport {
    private static final List<String> DAYS = List.of("2026-03-15", "2026-03-14", "2026-03-13", "2026-03-12");
    private volatile boolean shifted;

    @Test
    void deliversRecordsThatMovedBetweenPages() throws Exception {
        try (RawServer twilio = new RawServer((request, out) -> RawServer.write(out, page(request)))) {
            MockEndpoint delivered = consumeFrom(twilio);
            shifted = true;
            assertThat(poll()).isEqualTo(3);
            shifted = false;
            assertThat(poll()).isEqualTo(1);
            assertThat(poll()).isZero();

            assertThat(usage(delivered)).extracting(usage -> usage.startDate().toString())
                    .containsExactly("2026-03-15", "2026-03-14", "2026-03-12", "2026-03-13");
        }
    }

    private MockEndpoint consumeFrom(RawServer twilio) throws Exception {
        options().setBaseUrl(twilio.baseUrl().toString());
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("twilio-usage:records?subresource=daily&pageSize=2&startScheduler=false").routeId("usage")
                        .to("mock:usage");
            }
        });
        context.start();
        return getMockEndpoint("mock:usage");
    }

    /**
     * Pages of two records. After a shift, the third record has moved to the first page by the time that the second
     * page is requested.
     */
    private String page(String request) {
        boolean secondPage = request.contains("Page=1");
        String path = request.replaceAll("GET ([^? ]+).*", "$1");
        Stream<String> days = secondPage ? DAYS.stream().skip(shifted ? 3 : 2) : DAYS.stream().limit(2);
        String next = secondPage ? "null" : "\"" + path + "?Page=1\"";
        String body = "{\"next_page_uri\": " + next + ", \"usage_records\": [" + days.map(day -> """
                {"category": "sms", "start_date": "%s", "end_date": "%s", "count": "1"}""".formatted(day, day))
                .collect(Collectors.joining(",")) + "]}";
        return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }
}
