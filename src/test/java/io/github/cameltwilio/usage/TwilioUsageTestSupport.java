package io.github.cameltwilio.usage;

import java.time.Clock;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;

import io.github.cameltwilio.usage.client.Retries;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.apache.camel.test.junit5.TestExecutionConfiguration;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A context whose component uses a simulator. The simulated account was created on 2026-01-01 and has two categories
 * with usage on every day; the simulator's time is noon of 2026-03-15.
 */
public abstract class TwilioUsageTestSupport extends CamelTestSupport {
    protected final TestClock clock = new TestClock("2026-03-15T12:00:00Z");

    protected Clock machineClock = clock;
    protected Retries.Sleeper pause = clock::advance;

    // The extension does not call the overridable method before the test starts.
    @SuppressWarnings("this-escape")
    @RegisterExtension
    protected final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(
            builder -> simulated(builder.clock(clock)));

    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return simulator.accountCreated(LocalDate.parse("2026-01-01")).categories("sms", "calls").zeroShare(0);
    }

    @Override
    public void configureTest(TestExecutionConfiguration configuration) {
        configuration.withUseRouteBuilder(false);
    }

    protected TwilioUsageSimulator simulator() {
        return twilio.simulator();
    }

    /** The options of the component, with the simulator's address and credentials. */
    protected TwilioUsageConfiguration options() {
        TwilioUsageComponent component = context.getComponent("twilio-usage", TwilioUsageComponent.class);
        component.setClock(machineClock);
        component.setPause(pause);
        PropertyBindingSupport.bindProperties(context, component, new HashMap<>(simulator().componentProperties()));
        return component.getConfiguration();
    }

    /** Starts a route from the URI via the given endpoints to {@code mock:usage}, and returns the mock. */
    protected MockEndpoint consume(String uri, String... via) throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                var route = from(uri).routeId("usage");
                for (String step : via) {
                    route = route.to(step);
                }
                route.to("mock:usage");
            }
        });
        return getMockEndpoint("mock:usage");
    }

    protected void start(RouteBuilder routes) throws Exception {
        options();
        context.addRoutes(routes);
        context.start();
    }

    /** The consumer of the route {@code usage}. */
    UsageConsumer usageConsumer() {
        return (UsageConsumer) context.getRoute("usage").getConsumer();
    }

    /** Polls once on this thread, and returns the number of exchanges. */
    protected int poll() throws Exception {
        return usageConsumer().poll();
    }

    protected static List<UsageRecord> usage(MockEndpoint mock) {
        return mock.getReceivedExchanges().stream().map(TwilioUsageTestSupport::usage).toList();
    }

    protected static UsageRecord usage(Exchange exchange) {
        return exchange.getMessage().getBody(UsageRecord.class);
    }

    /** The queries that the simulator received, without the request for its time. */
    protected List<String> queries() {
        return simulator().requests().stream().filter(request -> !request.path().endsWith("/Today.json"))
                .map(request -> request.query()).toList();
    }
}
