package io.github.cameltwilio.usage;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.apache.camel.spi.annotations.DevConsole;
import org.apache.camel.support.console.AbstractDevConsole;
import org.apache.camel.util.json.JsonObject;

/** Shows the metrics of each consumer, as JMX does. Never shows a URI, because it may contain secrets. */
@DevConsole(name = "twilio-usage", displayName = "Twilio Usage",
        description = "Metrics of Twilio usage consumers")
public final class TwilioUsageConsole extends AbstractDevConsole {

    /** Called by Camel if camel-console is on the classpath. */
    public TwilioUsageConsole() {
        super("camel", "twilio-usage", "Twilio Usage", "Metrics of Twilio usage consumers");
    }

    @Override
    protected String doCallText(Map<String, Object> options) {
        return consumers().stream().map(consumer -> consumer.entrySet().stream()
                .map(metric -> "    " + metric.getKey() + ": " + metric.getValue())
                .collect(Collectors.joining("\n", "", "\n")))
                .collect(Collectors.joining("\n"));
    }

    @Override
    protected JsonObject doCallJson(Map<String, Object> options) {
        JsonObject root = new JsonObject();
        root.put("consumers", consumers());
        return root;
    }

    // Found through the components, because the consumer of a route from master: is not ours.
    private List<JsonObject> consumers() {
        return getCamelContext().getComponentNames().stream().sorted()
                .map(name -> getCamelContext().hasComponent(name))
                .filter(TwilioUsageComponent.class::isInstance).map(TwilioUsageComponent.class::cast)
                .flatMap(component -> component.consumers().stream()).map(TwilioUsageConsole::metrics).toList();
    }

    private static JsonObject metrics(UsageConsumer consumer) {
        JsonObject metrics = new JsonObject();
        metrics.put("route", consumer.getRouteId());
        metrics.put("endpoint", consumer.getEndpoint().toString());
        metrics.put("lastPoll", consumer.getLastPoll());
        metrics.put("read", consumer.getRead());
        metrics.put("delivered", consumer.getDelivered());
        metrics.put("unchanged", consumer.getUnchanged());
        metrics.put("requests", consumer.getRequests());
        metrics.put("throttled", consumer.getThrottled());
        metrics.put("watermark", consumer.getWatermark());
        metrics.put("progress", consumer.getProgress());
        return metrics;
    }
}
