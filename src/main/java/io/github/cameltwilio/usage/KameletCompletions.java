package io.github.cameltwilio.usage;

import org.apache.camel.Route;
import org.apache.camel.spi.ManagementAgent;

/**
 * Camel passes an exchange from a Kamelet on as a copy without its completions, unless its routes are registered in
 * JMX. An exchange would then count as delivered before the steps after the Kamelet have run.
 */
final class KameletCompletions {

    private KameletCompletions() {
    }

    /** @throws IllegalStateException if the route comes from a Kamelet that would not pass completions on */
    static void require(Route route) {
        if (route.isCreatedByKamelet()) {
            ManagementAgent agent = route.getCamelContext().getManagementStrategy().getManagementAgent();
            if (agent == null) {
                throw new IllegalStateException("Records that fail after this Kamelet would be lost, because Camel"
                        + " reports such failures only with JMX: add camel-management, and do not disable JMX");
            }
            agent.setRegisterRoutesCreateByKamelet(true);
        }
    }
}
