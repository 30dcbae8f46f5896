package io.github.cameltwilio.usage;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.apache.camel.spi.annotations.DevConsole;
import org.apache.camel.support.console.AbstractDevConsole;
import org.apache.camel.util.json.JsonObject;

/** The figures of each consumer, as JMX has them. Nothing of a URI is shown, since one may hold secrets. */
@DevConsole(name = "twilio-usage", displayName = "Twilio Usage",
        description = "Figures of the consumers of Twilio usage")
public final class TwilioUsageConsole extends AbstractDevConsole {

    /** Camel makes it, where camel-console is. */
    public TwilioUsageConsole() {
        super("camel", "twilio-usage", "Twilio Usage", "Figures of the consumers of Twilio usage");
    }

    @Override
    protected String doCallText(Map<String, Object> options) {
        return consumers().stream().map(consumer -> consumer.entrySet().stream()
                .map(figure -> "    " + figure.getKey() + ": " + figure.getValue())
                .collect(Collectors.joining("\n", "", "\n")))
                .collect(Collectors.joining("\n"));
    }

    @Override
    protected JsonObject doCallJson(Map<String, Object> options) {
        JsonObject root = new JsonObject();
        root.put("consumers", consumers());
        return root;
    }

    /** Asked of the components: a consumer behind {@code master:} is not the one of its route. */
    private List<JsonObject> consumers() {
        return getCamelContext().getComponentNames().stream().sorted()
                .map(name -> getCamelContext().hasComponent(name))
                .filter(TwilioUsageComponent.class::isInstance).map(TwilioUsageComponent.class::cast)
                .flatMap(component -> component.consumers().stream()).map(TwilioUsageConsole::figures).toList();
    }

    private static JsonObject figures(MonitoredConsumer consumer) {
        JsonObject figures = new JsonObject();
        figures.put("route", consumer.getRouteId());
        figures.put("endpoint", consumer.getEndpoint().toString());
        figures.put("lastPoll", consumer.getLastPoll());
        figures.put("read", consumer.getRead());
        figures.put("delivered", consumer.getDelivered());
        figures.put("unchanged", consumer.getUnchanged());
        figures.put("requests", consumer.getRequests());
        figures.put("throttled", consumer.getThrottled());
        figures.put("watermark", consumer.getWatermark());
        return figures;
    }
}
