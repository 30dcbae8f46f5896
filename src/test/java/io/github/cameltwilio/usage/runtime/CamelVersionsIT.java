package io.github.cameltwilio.usage.runtime;

import java.util.Map;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the jar, built with one version of Camel, on the oldest and the newest supported version. */
class CamelVersionsIT {
    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(
            simulator -> simulator.clock(ConsumerProject.NOON).categories("sms", "calls").zeroShare(0));

    @ParameterizedTest
    @ValueSource(strings = { "4.14.0", "4.22.0" })
    void theSameJarWorksOn(String camel) throws Exception {
        ConsumerProject project = ConsumerProject.copyOf("compatibility");

        String output = project.mvn(twilio.simulator(),
                Map.of("CAMEL_MAIN_DURATION_MAX_MESSAGES", "2", "CAMEL_MAIN_DURATION_MAX_SECONDS", "60"),
                "-Dcamel.version=" + camel, "compile", "exec:java");

        assertThat(output).contains("Apache Camel " + camel + " (compatibility) started", "consumed sms false",
                "produced sms",
                "produced dynamically calls", "enriched calls", "converted {\"accountSid\":");
        project.assertThatNoLogHasASecret(twilio.simulator(), "Apache Camel " + camel);
    }
}
