package io.github.cameltwilio.usage;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ParallelRequestsTest extends TwilioUsageTestSupport {
    private static final String CONSUMER = "twilio-usage:records?subresource=daily&startScheduler=false&"
            + "startDate=2026-01-01&pageSize=10";

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).subaccount("old", LocalDate.parse("2026-01-20"))
                .subaccount("young", LocalDate.parse("2026-03-13"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "&splitSubaccounts=true", "&category=sms,calls", "&rollup=leaf" })
    void keepsTheOrderOfSequentialDelivery(String options) throws Exception {
        MockEndpoint usage = consume(CONSUMER + options);
        poll();
        List<String> expected = keys(usage);
        context.getRouteController().stopRoute("usage");
        context.removeRoute("usage");

        for (int late = 0; late < 6; late++) {
            simulator().fail(Fault.slow(Duration.ofMillis(40)).times(1))
                    .fail(Fault.slow(Duration.ofMillis(1)).times(3));
        }
        usage = consume(CONSUMER + options + "&parallelRequests=6");
        poll();

        assertThat(keys(usage)).isEqualTo(expected).hasSizeGreaterThanOrEqualTo(148);
        assertThat(simulator().maxConcurrentRequests()).isBetween(2, 6);
        assertThat(poll()).isZero();
    }

    @Test
    void deliversTheRestInTheNextPoll() throws Exception {
        MockEndpoint usage = consume(CONSUMER + "&parallelRequests=4&maxMessagesPerPoll=50");

        assertThat(Stream.of(poll(), poll(), poll(), poll())).containsExactly(50, 50, 48, 0);

        assertThat(keys(usage)).doesNotHaveDuplicates().hasSize(148);
    }

    @Test
    void deliversOnceDespiteAFailure() throws Exception {
        MockEndpoint usage = consume(CONSUMER.replace("pageSize=10", "pageSize=1&parallelRequests=4"));
        simulator().fail(Fault.notFound().onPage(1));

        assertThatThrownBy(this::poll).hasMessageContaining("404");
        poll();

        assertThat(keys(usage)).doesNotHaveDuplicates().hasSize(148);
    }

    @Test
    void limitsConcurrentRequestsOfAllEndpoints() {
        options();
        context.getComponent("twilio-usage", TwilioUsageComponent.class).setMaxRequestsInFlight(2);
        context.start();
        simulator().fail(Fault.slow(Duration.ofMillis(20)).times(40));

        CompletableFuture.allOf(Stream.of("sms", "calls", "sms,calls")
                .map(category -> template.asyncRequestBody("twilio-usage:records?subresource=daily&startDate=2026-01-01"
                        + "&pageSize=10&parallelRequests=5&category=" + category, (Object) null))
                .toArray(CompletableFuture[]::new)).join();

        assertThat(simulator().maxConcurrentRequests()).isEqualTo(2);
    }

    @Test
    void rejectsZeroParallelRequests() {
        assertThatThrownBy(() -> consume(CONSUMER + "&parallelRequests=0"))
                .hasStackTraceContaining("parallelRequests").hasStackTraceContaining("0");

        TwilioUsageComponent component = new TwilioUsageComponent();
        component.setCamelContext(context);
        component.setMaxRequestsInFlight(0);
        assertThatThrownBy(component::start).hasStackTraceContaining("maxRequestsInFlight");
    }

    private static List<String> keys(MockEndpoint mock) {
        return mock.getReceivedExchanges().stream()
                .map(exchange -> exchange.getMessage().getHeader(TwilioUsageConstants.RECORD_KEY, String.class))
                .toList();
    }
}
