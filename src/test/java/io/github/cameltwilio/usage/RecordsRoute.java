package io.github.cameltwilio.usage;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PropertyBindingSupport;

/**
 * A Camel context with one route that consumes usage records. The test polls by itself; closing the route stops it
 * cleanly, so that another one can take its place as after a restart.
 */
final class RecordsRoute implements AutoCloseable {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final List<Exchange> delivered = new CopyOnWriteArrayList<>();

    /** @param options of the consumer, as in a URI */
    RecordsRoute(TwilioUsageSimulator simulator, Clock clock, String options) throws Exception {
        this(simulator, clock, options, null, exchange -> {});
    }

    /**
     * @param state bound to the registry as {@code state}, or null for none
     * @param sink  processes each exchange before it is recorded as delivered
     */
    RecordsRoute(TwilioUsageSimulator simulator, Clock clock, String options, UsageStateRepository state,
                 Processor sink)
            throws Exception {
        this(simulator.componentProperties(), clock, "twilio-usage:records?startScheduler=false&" + options, state,
                sink);
    }

    /**
     * @param account properties of the component
     * @param uri     of the consumer
     */
    RecordsRoute(Map<String, String> account, Clock clock, String uri, UsageStateRepository state, Processor sink)
            throws Exception {
        TwilioUsageComponent component = new TwilioUsageComponent();
        component.setClock(clock);
        component.setPause(time -> {});
        context.addComponent("twilio-usage", component);
        PropertyBindingSupport.bindProperties(context, component, new HashMap<>(account));
        if (state != null) {
            context.getRegistry().bind("state", state);
        }
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(uri).routeId("usage")
                        .process(sink).process(delivered::add);
            }
        });
        context.start();
    }

    int poll() throws Exception {
        return consumer().poll();
    }

    UsageConsumer consumer() {
        return (UsageConsumer) context.getRoute("usage").getConsumer();
    }

    DefaultCamelContext context() {
        return context;
    }

    List<Exchange> exchanges() {
        return delivered;
    }

    List<UsageRecord> records() {
        return delivered.stream().map(exchange -> exchange.getMessage().getBody(UsageRecord.class)).toList();
    }

    @Override
    public void close() {
        context.stop();
    }
}
