package io.github.cameltwilio.usage.runtime;

import java.nio.file.Files;
import java.util.Map;
import java.util.jar.JarFile;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

class QuarkusIT {
    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(
            simulator -> simulator.clock(ConsumerProject.NOON).categories("sms", "calls").zeroShare(0));

    @Test
    void readsOptionsFromPropertiesAndTheEnvironmentInJvmMode() throws Exception {
        ConsumerProject project = ConsumerProject.copyOf("quarkus");
        Files.deleteIfExists(project.file("target/usage/usage.jsonl"));

        String output = project.mvn(twilio.simulator(), Map.of("CAMEL_COMPONENT_TWILIO_USAGE_CATEGORY", "sms"),
                "verify");

        assertThat(output).contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0");
        assertThat(project.file("target/quarkus-app/quarkus-run.jar")).exists();
        assertThat(Files.readAllLines(project.file("target/usage/usage.jsonl"))).isNotEmpty()
                .as("the environment overrides application.properties").allSatisfy(
                        line -> assertThat(line).contains("\"category\":\"sms\""));
        project.assertThatNoLogHasASecret(twilio.simulator(), "(camel-1) started");
    }

    @Test
    void theJarHasTheIndexThatQuarkusNeeds() throws Exception {
        try (JarFile jar = new JarFile(ProductionJar.FILE.toFile())) {
            assertThat(jar.getEntry("META-INF/jandex.idx")).isNotNull();
        }
    }
}
