package io.github.cameltwilio.usage;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.simulator.Fault;
import org.apache.camel.component.mock.MockEndpoint;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Neither Twilio's responses nor a route's messages can direct a request, and its credentials, to another server. */
class ForeignTextTest extends TwilioUsageTestSupport {
    private RawServer elsewhere;

    @BeforeEach
    void useSimulator() throws IOException {
        options();
        elsewhere = new RawServer((request, out) -> RawServer.write(out, "HTTP/1.1 404 Not Found\r\n\r\n"));
    }

    @AfterEach
    void assertNoOtherServerWasRequested() {
        elsewhere.close();
        assertThat(elsewhere.requests()).isEmpty();
    }

    static Stream<List<String>> redirects() {
        return Stream
                .of("301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect",
                        "308 Permanent Redirect")
                .flatMap(status -> Stream.of("http://127.0.0.1:%d/", "http://localhost:%d/", "https://127.0.0.1:%d/",
                        "//127.0.0.1:%d/", "/2010-04-01/Accounts.json").map(location -> List.of(status, location)));
    }

    @ParameterizedTest
    @MethodSource("redirects")
    void doesNotFollowRedirects(List<String> redirect) throws IOException {
        String location = redirect.get(1).formatted(elsewhere.baseUrl().getPort());
        try (RawServer redirecting = new RawServer((request, out) -> RawServer.write(out,
                "HTTP/1.1 " + redirect.get(0) + "\r\nContent-Length: 0\r\nConnection: close\r\nLocation: " + location
                        + "\r\n\r\n"))) {
            context.getComponent("twilio-usage", TwilioUsageComponent.class).getConfiguration()
                    .setBaseUrl(redirecting.baseUrl().toString());
            context.start();
            for (String uri : List.of("twilio-usage:records", "twilio-usage:triggers?action=create&usageCategory=sms"
                    + "&triggerValue=1&callbackUrl=https://hooks.example.com")) {
                TwilioApiException failure = failure(() -> template.requestBody(uri, (Object) null));

                assertThat(failure.status()).isEqualTo(Integer.parseInt(redirect.get(0).substring(0, 3)));
                assertThat(failure.isOutcomeUnknown()).isFalse();
            }
            assertThat(redirecting.requests()).hasSize(2);
        }
    }

    static Stream<String> links() {
        String list = "/2010-04-01/Accounts/%2$s/Usage/Records/Daily.json?Page=1";
        return Stream.of("http://127.0.0.1:%1$d" + list, "https://127.0.0.1:%1$d" + list, "//127.0.0.1:%1$d" + list,
                "@127.0.0.1:%1$d" + list, ".127.0.0.1:%1$d" + list, ":%1$d" + list, "/\\127.0.0.1:%1$d" + list,
                "\\\\127.0.0.1:%1$d" + list, "/%%5c127.0.0.1:%1$d" + list, "http:" + list, "user@127.0.0.1:%1$d" + list,
                list.replace("%2$s", "AC" + "0".repeat(32)), list.replace("Daily", "Monthly"),
                list.replace("Daily", "../Triggers"),
                list.replace("Daily", "..%%2fTriggers"), list.replace("Daily", "%%2e%%2e/Triggers"),
                list.replace("/Usage", "/./Usage"),
                list.replace("/2010", "//2010"), " " + list, list + "\r\nHost: 127.0.0.1:%1$d", list + "\nX: y",
                list + "\u0000",
                list + "&x=\u00E9", list + "#@127.0.0.1:%1$d/", list + "&Page=" + "1".repeat(100_000),
                list.replace("?", "%%3f"));
    }

    @ParameterizedTest
    @MethodSource("links")
    void neverFollowsALinkOutOfTheList(String link) throws Exception {
        MockEndpoint delivered = consume("twilio-usage:records?subresource=daily&pageSize=2&startScheduler=false");
        assertThat(poll()).isEqualTo(8);
        clock.advance(Duration.ofDays(1));
        simulator().clearRequests();
        simulator().fail(Fault.nextPageUri(link.formatted(elsewhere.baseUrl().getPort(), simulator().accountSid())));

        assertThatThrownBy(this::poll).isInstanceOf(TwilioApiException.class)
                .hasMessageEndingWith("the response's next_page_uri does not lead to a page of this list");
        assertThat(delivered.getReceivedExchanges()).as("records, with those of the page whose link is broken")
                .hasSize(10);
        assertThat(simulator().requests()).hasSize(1);
        assertThat(poll()).as("yesterday grew").isEqualTo(2);
    }

    @Test
    void endsAnEndlessListOfEmptyPages() throws IOException {
        String list = "/2010-04-01/Accounts/" + simulator().accountSid() + "/Usage/Records.json?Page=";
        AtomicInteger page = new AtomicInteger();
        try (RawServer endless = new RawServer((request, out) -> {
            String body = "{\"usage_records\": [], \"next_page_uri\": \"" + list + page.incrementAndGet() + "\"}";
            RawServer.write(out,
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        })) {
            context.getComponent("twilio-usage", TwilioUsageComponent.class).getConfiguration()
                    .setBaseUrl(endless.baseUrl().toString());
            context.start();

            assertThat(failure(() -> template.requestBody("twilio-usage:records", (Object) null)))
                    .hasMessage("list usage records: the last 1000 pages were empty, and each linked to another page");
            assertThat(endless.requests()).hasSize(1000);
        }
    }

    @Test
    void ignoresForeignMessageHeaders() {
        context.start();
        template.requestBody("twilio-usage:records?category=sms", (Object) null);
        template.requestBodyAndHeaders("twilio-usage:records?category=sms", "a body", Map.ofEntries(
                Map.entry("CamelHttpUri", elsewhere.baseUrl().toString()),
                Map.entry("CAMELHttpUri", elsewhere.baseUrl().toString()),
                Map.entry("CamelHttpPath", "../../"), Map.entry("CamelHttpQuery", "Category=calls"),
                Map.entry("CamelHttpRawQuery", "Category=calls"), Map.entry("CamelHttpMethod", "DELETE"),
                Map.entry("CamelHttpHost", elsewhere.baseUrl().getHost()),
                Map.entry("CamelHttpPort", elsewhere.baseUrl().getPort()),
                Map.entry("CamelRestHttpUri", elsewhere.baseUrl().toString()), Map.entry("Host", "evil.example"),
                Map.entry("Authorization", "Basic x"), Map.entry("Cookie", "a=b"),
                Map.entry("X-Forwarded-Host", "evil.example"),
                Map.entry("Transfer-Encoding", "chunked"), Map.entry("Accept", "text/xml"),
                Map.entry("User-Agent", "evil"),
                Map.entry("CamelTwilioUsageAccountSid", "AC" + "0".repeat(32)),
                Map.entry("CamelTwilioUsageAuthToken", "x")));

        assertThat(simulator().requests()).hasSize(2);
        assertThat(simulator().requests().get(1)).isEqualTo(simulator().requests().get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = { "AC../..", "..%2fAccounts", "%00", "\u0000", "sms\nX: y", "sms\r\nHost: evil.example",
            "AC\uFF11", "2026-01-\uFF11\uFF11", "sms&Page=1",
            "sms#", "sms/../calls", "sms?x", "2026-02-30", "2026-1-1", "-1days&x", "9999999999999" })
    void rejectsInvalidValuesBeforeSending(String text) {
        context.start();
        for (String header : List.of(TwilioUsageConstants.CATEGORY, TwilioUsageConstants.START_DATE,
                TwilioUsageConstants.END_DATE,
                TwilioUsageConstants.SUBRESOURCE, TwilioUsageConstants.PAGE_SIZE,
                TwilioUsageConstants.INCLUDE_SUBACCOUNTS)) {
            if (!header.equals(TwilioUsageConstants.CATEGORY) || !text.matches("[0-9-]+")) {
                assertRejected("twilio-usage:records", header, text);
            }
        }
        for (String action : List.of("fetch", "update", "delete")) {
            assertRejected("twilio-usage:triggers?friendlyName=new&action=" + action, TwilioUsageConstants.TRIGGER_SID,
                    text);
        }
        assertThat(simulator().requests()).isEmpty();
    }

    private void assertRejected(String uri, String header, String text) {
        assertThatThrownBy(() -> template.requestBodyAndHeader(uri, null, header, text)).as(header)
                .hasRootCauseInstanceOf(IllegalArgumentException.class)
                .rootCause().hasMessageStartingWith(header + "=").message().doesNotContainPattern("\\p{Cntrl}");
    }

    private static TwilioApiException failure(ThrowingCallable call) {
        Throwable failure = catchThrowable(call);
        assertThat(failure).hasCauseInstanceOf(TwilioApiException.class);
        return (TwilioApiException) failure.getCause();
    }
}
