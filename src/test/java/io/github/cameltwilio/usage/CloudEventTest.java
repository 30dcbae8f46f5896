package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.cloudevents.CloudEvents;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.spi.DataType;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CloudEventTest extends TwilioUsageTestSupport {
    private static final String DAY = "subresource=daily&category=sms&startDate=2026-03-14&endDate=2026-03-14";
    private static final LocalDate MARCH_14 = LocalDate.parse("2026-03-14");

    @Test
    void describesARecord() throws Exception {
        MockEndpoint mock = consumeEvents();
        poll();

        Message event = mock.getReceivedExchanges().get(0).getMessage();
        String key = simulator().accountSid() + "|all|daily|2026-03-14|sms";
        assertThat(event.getHeaders()).containsEntry("CamelCloudEventVersion", "1.0")
                .containsEntry("CamelCloudEventID",
                        key + "@" + event.getHeader(TwilioUsageConstants.FINGERPRINT))
                .containsEntry("CamelCloudEventType", "org.apache.camel.event.twilio.usage.record")
                .containsEntry("CamelCloudEventSource", "https://api.twilio.com/2010-04-01/Accounts/"
                        + simulator().accountSid() + "/Usage/Records")
                .containsEntry("CamelCloudEventSubject", key)
                .containsEntry("CamelCloudEventTime", "2026-03-15T12:00:00Z")
                .containsEntry("Content-Type", "application/json");
        assertThat(event.getBody()).isInstanceOf(UsageRecord.class);
    }

    @Test
    void hasEveryAttributeThatCamelKnows() throws Exception {
        MockEndpoint mock = consumeEvents();
        poll();

        // The data formats of camel-cloudevents read the headers by these ids.
        assertThat(CloudEvents.v1_0.attributes()).filteredOn(attribute -> !Set
                .of("dataschema", "datacontenttype").contains(attribute.json())).allSatisfy(
                        attribute -> assertThat(mock.getReceivedExchanges().get(0).getMessage()
                                .getHeader(attribute.id())).as(attribute.json()).isNotNull());
        assertThat(CloudEvents.v1_0.version()).isEqualTo("1.0");
    }

    @Test
    void aRepeatAfterACrashHasTheSameIdAndACorrectionAnother() throws Exception {
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        List<String> ids = new ArrayList<>();
        boolean[] crashes = { true };
        for (int life = 1; life <= 3; life++) {
            try (RecordsRoute route = new RecordsRoute(simulator(), clock, DAY + "&stateRepository=#bean:state", state,
                    exchange -> {
                        transform(exchange);
                        ids.add(exchange.getMessage().getHeader("CamelCloudEventID", String.class));
                        if (crashes[0]) {
                            throw new IllegalStateException("the process dies before the event counts as delivered");
                        }
                    })) {
                route.poll();
            }
            if (life == 2) {
                simulator().correct(MARCH_14, "sms", new BigDecimal("2"));
            }
            crashes[0] = false;
        }

        assertThat(ids).hasSize(3);
        assertThat(ids.get(1)).isEqualTo(ids.get(0));
        assertThat(ids.get(2)).isNotEqualTo(ids.get(0));
        assertThat(ids).allMatch(id -> id.startsWith(simulator().accountSid() + "|all|daily|2026-03-14|sms@"));
    }

    @Test
    void describesAFiring() {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(new TriggerFired("AC1", "UT1", "daily-spend",
                OffsetDateTime.parse("2026-03-15T14:00:00+02:00"), "daily", "totalprice", "price", BigDecimal.TEN,
                BigDecimal.TEN, null, null, null));
        exchange.getMessage().setHeader(TwilioUsageConstants.FIRING_KEY, "AC1|UT1|2026-03-15");
        transform(exchange);

        assertThat(exchange.getMessage().getHeaders()).containsEntry("CamelCloudEventID", "AC1|UT1|2026-03-15")
                .containsEntry("CamelCloudEventType", "org.apache.camel.event.twilio.usage.trigger")
                .containsEntry("CamelCloudEventSource",
                        "https://api.twilio.com/2010-04-01/Accounts/AC1/Usage/Triggers")
                .containsEntry("CamelCloudEventSubject", "UT1")
                .containsEntry("CamelCloudEventTime", "2026-03-15T12:00:00Z");
    }

    @Test
    void rejectsAMessageWithoutAnIdentity() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:listed").to("twilio-usage:records?subresource=yesterday&category=sms")
                        .setBody(simple("${body[0]}")).transformDataType("twilio-usage:application-cloudevents");
            }
        });

        assertThatThrownBy(() -> template.requestBody("direct:listed", (Object) null))
                .hasStackTraceContaining("needs a usage record or a firing as a consumer of twilio-usage delivered it");
        assertThatThrownBy(() -> template.requestBodyAndHeaders("direct:listed", null,
                Map.of(TwilioUsageConstants.RECORD_KEY, "of another record")))
                .hasStackTraceContaining("not a io.github.cameltwilio.usage.client.UsageRecord");
        for (Object body : new Object[]{ List.of(), "text", null }) {
            Exchange exchange = new DefaultExchange(context);
            exchange.getMessage().setBody(body);
            exchange.getMessage().setHeaders(new HashMap<>(Map.of(TwilioUsageConstants.RECORD_KEY, "key")));
            assertThatThrownBy(() -> transform(exchange)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void transform(Exchange exchange) {
        new CloudEventDataTypeTransformer().transform(exchange.getMessage(), DataType.ANY, DataType.ANY);
    }

    private MockEndpoint consumeEvents() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("twilio-usage:records?startScheduler=false&" + DAY).routeId("usage")
                        .transformDataType("twilio-usage:application-cloudevents").to("mock:usage");
            }
        });
        return getMockEndpoint("mock:usage");
    }
}
