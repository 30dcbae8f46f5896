package io.github.cameltwilio.usage;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;

/** One life of a process with one consumer: what a restart ends, and what it begins anew. Closing it is a clean stop. */
final class Life implements AutoCloseable {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final List<Exchange> delivered = new CopyOnWriteArrayList<>();

    /** @param options of the consumer, as in a URI */
    Life(TwilioUsageSimulator simulator, Clock clock, String options) throws Exception {
        this(simulator, clock, options, null, exchange -> {});
    }

    /** @param state the bean {@code state}, or null for none */
    Life(TwilioUsageSimulator simulator, Clock clock, String options, UsageStateRepository state, Processor sink)
            throws Exception {
        TwilioUsageComponent component = new TwilioUsageComponent();
        component.setClock(clock);
        component.setPause(time -> {});
        component.getConfiguration().setBaseUrl(simulator.baseUrl().toString());
        component.getConfiguration().setAccountSid(simulator.accountSid());
        component.getConfiguration().setAuthToken(simulator.authToken());
        context.addComponent("twilio-usage", component);
        if (state != null) {
            context.getRegistry().bind("state", state);
        }
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("twilio-usage:records?startScheduler=false&" + options).routeId("usage")
                        .process(sink).process(delivered::add);
            }
        });
        context.start();
    }

    int poll() throws Exception {
        return consumer().poll();
    }

    RecordsConsumer consumer() {
        return (RecordsConsumer) context.getRoute("usage").getConsumer();
    }

    DefaultCamelContext context() {
        return context;
    }

    List<Exchange> exchanges() {
        return delivered;
    }

    List<UsageRecord> records() {
        return delivered.stream().map(one -> one.getMessage().getBody(UsageRecord.class)).toList();
    }

    @Override
    public void close() {
        context.stop();
    }
}
