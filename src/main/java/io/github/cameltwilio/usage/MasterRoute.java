package io.github.cameltwilio.usage;

import org.apache.camel.DelegateEndpoint;
import org.apache.camel.Route;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckAware;

/**
 * The route of a consumer behind {@code master:}, which creates its consumer without one. Without its route, a consumer
 * would share its metrics with those of all other such routes, and no health check would show its failures.
 */
final class MasterRoute {

    private MasterRoute() {
    }

    /** Finds the route of a consumer that has none. */
    static void join(UsageConsumer consumer) {
        if (consumer.getRoute() == null) {
            consumer.getEndpoint().getCamelContext().getRoutes().stream()
                    .filter(route -> delegatesTo(consumer.getEndpoint(), route)).findFirst().ifPresent(route -> {
                        consumer.setRoute(route);
                        consumer.setRouteId(route.getRouteId());
                    });
        }
    }

    private static boolean delegatesTo(TwilioUsageEndpoint endpoint, Route route) {
        return route.getEndpoint() instanceof DelegateEndpoint master && master.getEndpoint() == endpoint;
    }

    /**
     * Camel asks the consumer of the route for its health, and that is the one of the master component.
     *
     * @param health null when this node is no longer the leader
     */
    static void showHealth(UsageConsumer consumer, HealthCheck health) {
        if (consumer.getRoute() != null && consumer.getRoute().getConsumer() instanceof HealthCheckAware master
                && master != consumer) {
            master.setHealthCheck(health);
        }
    }
}
