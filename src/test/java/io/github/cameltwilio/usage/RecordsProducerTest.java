package io.github.cameltwilio.usage;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.ReceivedRequest;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class RecordsProducerTest extends TwilioUsageTestSupport {

    @BeforeEach
    void useSimulator() {
        options();
        context.start();
    }

    @ParameterizedTest
    @EnumSource(Subresource.class)
    void requestsEachList(Subresource list) {
        List<?> records = template.requestBody("twilio-usage:records?pageSize=1000&subresource=" + list, null,
                List.class);

        String name = list == Subresource.none ? ""
                : "/" + list.name().substring(0, 1).toUpperCase() + list.name().substring(1);
        assertThat(onlyRequest().path())
                .isEqualTo("/2010-04-01/Accounts/" + simulator().accountSid() + "/Usage/Records" + name + ".json");
        assertThat(records).isNotEmpty().hasOnlyElementsOfType(UsageRecord.class);
    }

    @Test
    void sendsAllParameters() {
        template.requestBody(
                "twilio-usage:records?subresource=daily&category=sms&startDate=2026-02-01&endDate=2026-02-03"
                        + "&includeSubaccounts=false&pageSize=17",
                (Object) null);

        assertThat(onlyRequest().parameters()).isEqualTo(Map.of("Category", "sms", "StartDate", "2026-02-01",
                "EndDate", "2026-02-03", "IncludeSubaccounts", "false", "PageSize", "17"));
    }

    @Test
    void resolvesRelativeDatesInUtc() {
        template.requestBody("twilio-usage:records?startDate=-30days&endDate=yesterday", (Object) null);

        assertThat(onlyRequest().parameters()).containsEntry("StartDate", "2026-02-13").containsEntry("EndDate",
                "2026-03-14");
    }

    @Test
    void listsCategoriesInTheGivenOrder() {
        List<UsageRecord> records = list("twilio-usage:records?category=calls, sms,calls&subresource=yesterday");

        assertThat(records).extracting(UsageRecord::category).containsExactly("calls", "sms");
    }

    @Test
    void sendsUnknownCategories() {
        assertThat(list("twilio-usage:records?category=carrier-pigeons")).isEmpty();
    }

    @Test
    void warnsOnceOfACategoryThatNoResponseHad() {
        try (LoggedEvents log = new LoggedEvents()) {
            list("twilio-usage:records?category=sms,carrier-pigeons");
            list("twilio-usage:records?category=sms,carrier-pigeons");
            assertThat(log.events()).filteredOn(event -> event.level() == Level.WARN && event.text().contains("records:"
                    + " Twilio has not listed category carrier-pigeons in any response yet")).hasSize(1);
            assertThat(log.events()).filteredOn(event -> event.level() == Level.WARN).hasSize(1);
        }
    }

    @Test
    void followsAllPages() {
        List<UsageRecord> records = list("twilio-usage:records?subresource=daily&pageSize=10");

        assertThat(records).hasSize(2 * 74).doesNotHaveDuplicates();
        assertThat(simulator().requests()).hasSize(15);
    }

    @Test
    void readsTypedAndExactValues() {
        UsageRecord sms = list(
                "twilio-usage:records?subresource=daily&category=sms&startDate=2026-03-10&endDate=2026-03-10")
                .get(0);

        var truth = simulator().usage(LocalDate.parse("2026-03-10"), "sms");
        assertThat(sms.accountSid()).isEqualTo(simulator().accountSid());
        assertThat(sms.startDate()).isEqualTo("2026-03-10");
        assertThat(sms.endDate()).isEqualTo("2026-03-10");
        assertThat(sms.price()).isEqualByComparingTo(truth.price());
        assertThat(sms.count()).isEqualByComparingTo(truth.count());
        assertThat(sms.usage()).isEqualByComparingTo(truth.usage());
        assertThat(sms.priceUnit()).isEqualTo("usd");
        assertThat(sms.asOf().toInstant()).isEqualTo(clock.instant());
        assertThat(sms.otherFields()).isEmpty();
    }

    @Test
    void headersOverrideOptions() {
        template.requestBodyAndHeaders(
                "twilio-usage:records?subresource=yearly&category=calls&startDate=2026-01-05&"
                        + "endDate=2026-01-06&pageSize=5",
                null,
                Map.of(TwilioUsageConstants.SUBRESOURCE, "daily",
                        TwilioUsageConstants.CATEGORY, List.of("sms"),
                        TwilioUsageConstants.START_DATE, LocalDate.parse("2026-02-01"),
                        TwilioUsageConstants.END_DATE, "2026-02-02",
                        TwilioUsageConstants.INCLUDE_SUBACCOUNTS, "false",
                        TwilioUsageConstants.PAGE_SIZE, 7));

        assertThat(onlyRequest().path()).endsWith("/Usage/Records/Daily.json");
        assertThat(onlyRequest().parameters()).isEqualTo(Map.of("Category", "sms", "StartDate", "2026-02-01",
                "EndDate", "2026-02-02", "IncludeSubaccounts", "false", "PageSize", "7"));
    }

    @Test
    void headersNeverChangeAccountHostOrAction() {
        template.requestBodyAndHeaders("twilio-usage:records", null,
                Map.of("CamelTwilioUsageAccountSid", "AC" + "0".repeat(32),
                        "CamelTwilioUsageBaseUrl", "https://example.invalid", "CamelTwilioUsageAction", "delete",
                        "CamelHttpUri", "https://example.invalid", "CamelHttpPath", "../../", "CamelHttpQuery",
                        "Category=calls",
                        "Host", "example.invalid", "Authorization", "Basic x"));

        assertThat(onlyRequest().path()).contains(simulator().accountSid());
        assertThat(onlyRequest().parameters()).doesNotContainKey("Category");
    }

    @Test
    void keepsIncomingHeaders() throws Exception {
        var result = template.request("twilio-usage:records", in -> in.getMessage().setHeader("kept", "yes"));

        assertThat(result.getMessage().getHeader("kept")).isEqualTo("yes");
    }

    @Test
    void rejectsInvalidHeadersBeforeSending() {
        assertThatThrownBy(() -> template.requestBodyAndHeader("twilio-usage:records?startDate=2026-02-01", null,
                TwilioUsageConstants.END_DATE, "2026-01-31"))
                .hasRootCauseMessage("CamelTwilioUsageEndDate=2026-01-31 is before startDate=2026-02-01"
                        + " (2026-01-31 is before 2026-02-01): swap the two");
        assertThat(simulator().requests()).isEmpty();
    }

    @Test
    void authenticatesWithAnApiKey() {
        TwilioUsageConfiguration options = options();
        options.setAuthToken(null);
        options.setApiKey(simulator().apiKey());
        options.setSecretKey(simulator().secretKey());

        assertThat(list("twilio-usage:records?subresource=today")).hasSize(2);
    }

    @Test
    void streamsReadOnePageAhead() throws Exception {
        List<Integer> requestsAtRecord = new ArrayList<>();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:stream").to("twilio-usage:records?subresource=daily&pageSize=37&outputType=stream")
                        .split(body()).streaming()
                        .process(one -> {
                            await().pollDelay(Duration.ofMillis(10)).until(
                                    () -> simulator().requests().size() > Math.min(requestsAtRecord.size() / 37, 2));
                            requestsAtRecord.add(simulator().requests().size());
                        });
            }
        });

        template.sendBody("direct:stream", null);

        assertThat(requestsAtRecord).hasSize(148);
        // The splitter looks one record ahead, to know which is the last.
        assertThat(requestsAtRecord.subList(1, 36)).containsOnly(2);
        assertThat(requestsAtRecord.subList(37, 73)).containsOnly(3);
        assertThat(requestsAtRecord.subList(74, 148)).containsOnly(4);
    }

    @Test
    void streamsEndWithTheirExchange() throws Exception {
        List<Iterator<?>> escaped = new ArrayList<>();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:stream").to("twilio-usage:records?subresource=daily&pageSize=10&outputType=stream")
                        .process(half -> {
                            Iterator<?> records = half.getMessage().getBody(Iterator.class);
                            records.next();
                            escaped.add(records);
                        });
            }
        });

        template.sendBody("direct:stream", null);

        assertThat(simulator().requests()).hasSizeLessThanOrEqualTo(2);
        assertThatThrownBy(() -> escaped.get(0).forEachRemaining(one -> {}))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("closed before its end");
        assertThat(simulator().requests()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void failsWhenRedeliveryMeetsStreamThatFailed() throws Exception {
        simulator().fail(Fault.unauthorized().onPage(3));
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(defaultErrorHandler().maximumRedeliveries(3).redeliveryDelay(0));
                from("direct:bill").to("twilio-usage:records?subresource=daily&startDate=-60days&pageSize=10"
                        + "&outputType=stream").split(body()).streaming().to("mock:out");
            }
        });

        assertThatThrownBy(() -> template.sendBody("direct:bill", null)).cause()
                .isInstanceOf(TwilioApiException.class);
        assertThat(simulator().requests()).as("requests after the failed page").hasSizeLessThanOrEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = { "records", "triggers", "accounts" })
    void startsInsideEipsThatStartTheirChildrenEarly(String resource) throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                String uri = "twilio-usage:" + resource;
                from("direct:split").split(constant("sms,calls")).to(uri).to("mock:out");
                from("direct:multicast").multicast().to(uri, uri + "?pageSize=7");
                from("direct:choice").split(body()).choice().when(constant(true)).to(uri + "?pageSize=8")
                        .otherwise().wireTap("direct:split");
                from("direct:manual").autoStartup(false).split(body()).to(uri + "?lazyStartProducer=true");
            }
        });

        template.sendBody("direct:split", null);

        assertThat(getMockEndpoint("mock:out").getReceivedCounter()).isEqualTo(2);
    }

    @Test
    void startsItsComponentInsideASplit() throws Exception {
        try (DefaultCamelContext fresh = new DefaultCamelContext()) {
            TwilioUsageComponent component = new TwilioUsageComponent();
            PropertyBindingSupport.bindProperties(fresh, component, new HashMap<>(simulator().componentProperties()));
            fresh.addComponent("twilio-usage", component);
            fresh.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:split").split(body()).to("twilio-usage:records?category=sms");
                }
            });
            fresh.start();
            fresh.createProducerTemplate().sendBody("direct:split", "once");
        }
        assertThat(queries()).hasSize(1);
    }

    @Test
    void closesTheConnectionsOfAbandonedStreams() throws Exception {
        try (Relay relay = Relay.plain(simulator().baseUrl().getPort())) {
            options().setBaseUrl("http://localhost:" + relay.port());
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:abandon").to("twilio-usage:records?subresource=daily&pageSize=10&outputType=stream")
                            .process(exchange -> exchange.getMessage().getBody(Iterator.class).next());
                }
            });

            for (int stream = 0; stream < 20; stream++) {
                template.sendBody("direct:abandon", null);
            }

            assertThat(simulator().requests()).hasSizeGreaterThanOrEqualTo(20);
            await().until(() -> relay.openConnections() <= 2);
        }
    }

    @Test
    void continuesAfterAnEmptyPage() {
        simulator().fail(Fault.emptyPageWithNextLink().onPage(1));

        assertThat(list("twilio-usage:records?subresource=daily&pageSize=50")).hasSize(148).doesNotHaveDuplicates();
    }

    @Test
    void rejectsACycleOfLinks() {
        simulator().fail(Fault.cyclicNextLink().onPage(1));

        assertThatThrownBy(() -> list("twilio-usage:records?subresource=daily&pageSize=50"))
                .hasRootCauseInstanceOf(TwilioApiException.class)
                .rootCause().hasMessageContaining("leads back to a page that was already read");
    }

    @Test
    void neverReturnsATruncatedList() {
        simulator().fail(Fault.truncatedResponse().onPage(1).times(5));

        assertThatThrownBy(() -> list("twilio-usage:records?subresource=daily&pageSize=50"))
                .isInstanceOf(CamelExecutionException.class)
                .cause().isInstanceOf(TwilioApiException.class)
                .hasMessageContaining("list daily usage records: no response");
    }

    @Test
    void retriesAFailedPageWithoutDuplicates() {
        for (Fault fault : List.of(Fault.truncatedResponse(), Fault.rateLimited(2, Duration.ofSeconds(3)),
                Fault.serverError(),
                Fault.htmlUnavailable(), Fault.connectionReset(), Fault.invalidJson())) {
            simulator().fail(fault.onPage(1));
            assertThat(list("twilio-usage:records?subresource=daily&pageSize=50")).hasSize(148).doesNotHaveDuplicates();
        }
    }

    @SuppressWarnings("unchecked")
    private List<UsageRecord> list(String uri) {
        return template.requestBody(uri, (Object) null, List.class);
    }

    private ReceivedRequest onlyRequest() {
        assertThat(simulator().requests()).hasSize(1);
        return simulator().requests().get(0);
    }
}
