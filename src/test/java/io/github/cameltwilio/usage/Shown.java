package io.github.cameltwilio.usage;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.console.DevConsole.MediaType;
import org.apache.camel.console.DevConsoleRegistry;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;

/** Everything that a context exposes, by the place where it is exposed. */
final class Shown {
    // The other consoles describe the process and its environment, or have side effects.
    private static final String CONSOLES = "backlog-tracer|consumer|context|endpoint|error|health|inflight|"
            + "message-history|"
            + "processor|producer|route|route-structure|route-topology|service|startup-recorder|twilio-usage";
    private static final Map<String, String> PLACES = Map.of("route-dump", "dumps", "properties", "settings",
            "main-configuration", "settings");

    private final Map<String, List<String>> places = new TreeMap<>();

    Map<String, List<String>> places() {
        return places;
    }

    void exception(Throwable thrown) {
        // Includes the causes and the suppressed exceptions.
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        see("exceptions", trace);
    }

    void exchange(Exchange exchange) {
        if (exchange.getException() != null) {
            exception(exchange.getException());
        }
        see("exchanges",
                exchange.getMessage().getHeaders() + " " + exchange.getAllProperties() + " " + exchange.getVariables()
                        + " " + exchange.getMessage().getBody(String.class));
    }

    void context(CamelContext context) throws Exception {
        jmx(context);
        consoles(context);
        for (HealthCheck.Result result : HealthCheckHelper.invoke(context, "full")) {
            see("health", result + " " + result.getMessage() + " " + result.getDetails());
            result.getError().ifPresent(this::exception);
        }
        for (Endpoint endpoint : context.getEndpoints()) {
            see("texts", endpoint + " " + endpoint.getEndpointUri() + " " + endpoint.getEndpointKey());
            if (endpoint instanceof TwilioUsageEndpoint ours) {
                see("texts", ours.getConfiguration() + " " + ours.client() + " " + ours.getComponent());
            }
        }
        for (Route route : context.getRoutes()) {
            see("texts", route + " " + route.getConsumer() + " " + route.getServices());
        }
        for (NamedNode route : ((DefaultCamelContext) context).getRouteDefinitions()) {
            see("dumps", PluginHelper.getModelToXMLDumper(context).dumpModelAsXml(context, route, true, true, true));
        }
    }

    private void jmx(CamelContext context) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : server.queryNames(
                new ObjectName("org.apache.camel:context=" + context.getManagementName() + ",*"),
                null)) {
            see("JMX", name);
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                seeIfThereIsOne("JMX", () -> server.getAttribute(name, attribute.getName()));
            }
            for (MBeanOperationInfo operation : server.getMBeanInfo(name).getOperations()) {
                if (operation.getSignature().length == 0 && operation.getName().matches("(dump|list|explain).*")) {
                    String place = operation.getName().startsWith("dump") ? "dumps" : "JMX";
                    seeIfThereIsOne(place, () -> server.invoke(name, operation.getName(), null, null));
                }
            }
        }
    }

    private void consoles(CamelContext context) {
        context.getCamelContextExtension().getContextPlugin(DevConsoleRegistry.class).stream()
                .filter(console -> console.getId().matches(CONSOLES) || PLACES.containsKey(console.getId()))
                .forEach(console -> {
                    for (MediaType type : MediaType.values()) {
                        seeIfThereIsOne(PLACES.getOrDefault(console.getId(), "consoles"),
                                () -> console.call(type, Map.of()));
                    }
                });
    }

    private void see(String place, Object text) {
        places.computeIfAbsent(place, any -> new ArrayList<>()).add(String.valueOf(text));
    }

    private void seeIfThereIsOne(String place, Callable<Object> value) {
        try {
            Object seen = value.call();
            see(place, seen instanceof Object[] several ? Arrays.deepToString(several) : seen);
        } catch (Exception e) {
            // Some attributes and operations are not available.
            exception(e);
        }
    }
}
