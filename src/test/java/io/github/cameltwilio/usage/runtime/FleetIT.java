package io.github.cameltwilio.usage.runtime;

import java.util.Map;

import org.junit.jupiter.api.Test;

/** Builds the project of the nodes as a user would. {@code KafkaFleetTest} runs them. */
class FleetIT {

    @Test
    void theProjectBuilds() throws Exception {
        ConsumerProject.copyOf("fleet").mvn(Map.of(), "compile");
    }
}
