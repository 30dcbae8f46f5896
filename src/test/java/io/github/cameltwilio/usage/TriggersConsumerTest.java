package io.github.cameltwilio.usage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.simulator.Fault;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TriggersConsumerTest extends TwilioUsageTestSupport {
    // The tests poll by themselves, so that no scheduled poll comes in between.
    private static final String FIRED = "twilio-usage:triggers?startScheduler=false";

    @Test
    void deliversEachFiringOnce() throws Exception {
        MockEndpoint mock = consume(FIRED);
        String daily = trigger("sms", 1, "daily");
        String allTime = trigger("calls", 1, "alltime");
        trigger("calls", 1_000_000_000, "daily");
        assertThat(poll()).isZero();

        simulator().evaluateTriggers();
        assertThat(poll()).isEqualTo(2);
        assertThat(poll()).isZero();
        assertThat(sids(mock)).containsExactlyInAnyOrder(daily, allTime);

        mock.reset();
        clock.advance(Duration.ofDays(1));
        simulator().evaluateTriggers();
        assertThat(poll()).isEqualTo(1);
        assertThat(sids(mock)).containsExactly(daily);
        assertThat(poll()).isZero();
    }

    @Test
    void setsFiringKeyAndAccountSid() throws Exception {
        MockEndpoint mock = consume(FIRED);
        List<String> sids = List.of(trigger("sms", 1, "daily"), trigger("sms", 2, "monthly"),
                trigger("sms", 3, "yearly"),
                trigger("sms", 4, "alltime"));
        simulator().evaluateTriggers();
        poll();

        String account = simulator().accountSid() + "|";
        assertThat(mock.getReceivedExchanges())
                .extracting(exchange -> exchange.getMessage().getHeader(TwilioUsageConstants.FIRING_KEY))
                .containsExactlyInAnyOrder(account + sids.get(0) + "|2026-03-15", account + sids.get(1) + "|2026-03",
                        account + sids.get(2) + "|2026", account + sids.get(3) + "|once");
        Exchange first = mock.getReceivedExchanges().get(0);
        assertThat(first.getMessage().getHeader(TwilioUsageConstants.ACCOUNT_SID)).isEqualTo(simulator().accountSid());
        assertThat(first.getMessage().getBody(TriggerFired.class).dateFired()).hasToString("2026-03-15T12:00Z");
    }

    @Test
    void deliversFiringsWithinLookBackOnFirstPoll() throws Exception {
        options();
        context.start();
        String firedBefore = trigger("sms", 1, "alltime");
        simulator().evaluateTriggers();
        clock.advance(Duration.ofDays(4));
        String firedWithin = trigger("calls", 1, "alltime");
        simulator().evaluateTriggers();

        MockEndpoint mock = consume(FIRED);
        poll();
        assertThat(sids(mock)).containsExactly(firedWithin).doesNotContain(firedBefore);
    }

    @Test
    void startsFirstPollAtStartDate() throws Exception {
        options();
        context.start();
        String fired = trigger("sms", 1, "alltime");
        simulator().evaluateTriggers();
        clock.advance(Duration.ofDays(30));

        MockEndpoint mock = consume(FIRED + "&startDate=2026-03-15");
        poll();
        assertThat(sids(mock)).containsExactly(fired);
        clock.advance(Duration.ofDays(30));
        assertThat(poll()).isZero();
    }

    @Test
    void redeliversFiringAfterRouteFailure() throws Exception {
        MockEndpoint mock = consume(FIRED);
        mock.whenAnyExchangeReceived(exchange -> {
            throw new IllegalStateException("the route fails");
        });
        trigger("sms", 1, "daily");
        simulator().evaluateTriggers();
        poll();
        mock.whenAnyExchangeReceived(exchange -> {});
        clock.advance(Duration.ofDays(20));

        assertThat(poll()).isEqualTo(1);
        assertThat(poll()).isZero();
    }

    @Test
    void deliversFiringsMissedDuringDowntimeOnce(@TempDir Path directory) throws Exception {
        String uri = FIRED + "&stateFile=" + directory.resolve("fired.state");
        consume(uri);
        String first = trigger("sms", 1, "alltime");
        simulator().evaluateTriggers();
        assertThat(poll()).isEqualTo(1);
        context.getRouteController().stopRoute("usage");
        context.removeRoute("usage");

        clock.advance(Duration.ofDays(40));
        String second = trigger("calls", 1, "alltime");
        simulator().evaluateTriggers();
        clock.advance(Duration.ofDays(40));
        MockEndpoint mock = consume(uri);
        mock.reset();
        poll();

        assertThat(sids(mock)).containsExactly(second).doesNotContain(first);
        clock.advance(Duration.ofDays(400));
        assertThat(poll()).isZero();
    }

    @Test
    void appliesListFilters() throws Exception {
        MockEndpoint mock = consume(FIRED + "&usageCategory=sms&recurring=daily");
        trigger("sms", 1, "alltime");
        trigger("calls", 1, "daily");
        String matching = trigger("sms", 1, "daily");
        simulator().evaluateTriggers();
        poll();

        assertThat(sids(mock)).containsExactly(matching);
    }

    @Test
    void defersFiringsBeyondMaxMessagesPerPoll() throws Exception {
        MockEndpoint mock = consume(FIRED + "&maxMessagesPerPoll=2");
        for (int value = 1; value <= 3; value++) {
            trigger("sms", value, "daily");
        }
        simulator().evaluateTriggers();

        assertThat(List.of(poll(), poll(), poll())).containsExactly(2, 1, 0);
        assertThat(sids(mock)).doesNotHaveDuplicates();
    }

    @Test
    void losesNothingWhenPollFails() throws Exception {
        consume(FIRED);
        poll();
        trigger("sms", 1, "daily");
        simulator().evaluateTriggers();
        simulator().fail(Fault.serverError().times(5));

        assertThatThrownBy(this::poll).isInstanceOf(TwilioApiException.class);
        assertThat(poll()).isEqualTo(1);
    }

    @Test
    void pollEnrichListsMatchingTriggers() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:now").pollEnrich("twilio-usage:triggers?usageCategory=sms");
            }
        });
        trigger("sms", 5, "daily");
        trigger("calls", 5, "daily");

        List<?> triggers = template.requestBody("direct:now", (Object) null, List.class);
        assertThat(triggers).hasSize(1).hasOnlyElementsOfType(UsageTrigger.class);
    }

    private String trigger(String category, long value, String recurring) {
        return template.requestBody("twilio-usage:triggers?action=create&callbackUrl=http://127.0.0.1:1/&usageCategory="
                + category + "&triggerValue=" + value + "&recurring=" + recurring, (Object) null, UsageTrigger.class)
                .sid();
    }

    private static List<String> sids(MockEndpoint mock) {
        return mock.getReceivedExchanges().stream()
                .map(exchange -> exchange.getMessage().getBody(TriggerFired.class).triggerSid())
                .toList();
    }
}
