package io.github.cameltwilio.usage.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Map;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CamelMainIT {
    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio
            = new TwilioUsageSimulatorExtension(simulator -> simulator.categories("sms", "calls").zeroShare(0));

    @Test
    void aWeekOfUsageArrivesByOptionsFromPropertiesAndTheEnvironment() throws Exception {
        ConsumerProject project = ConsumerProject.copyOf("camel-main");
        Files.deleteIfExists(project.file("target/usage/usage.jsonl"));

        String output = project.mvn(twilio.simulator(),
                Map.of("CAMEL_MAIN_DURATION_MAX_MESSAGES", "14", "CAMEL_MAIN_DURATION_MAX_SECONDS", "60"), "compile", "exec:java");

        assertThat(Files.readAllLines(project.file("target/usage/usage.jsonl"))).hasSize(14)
                .allSatisfy(line -> assertThat(line).contains("\"category\":\"", "\"price\":"));
        assertThat(output).as("Camel's summary of the options").contains("camel.component.twilio-usage.authToken");
        project.assertThatNoLogHasASecret(twilio.simulator(), "(usage) started");
    }
}
