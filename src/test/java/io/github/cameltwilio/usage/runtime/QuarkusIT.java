package io.github.cameltwilio.usage.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    void readsOptionsAndReceivesCallbacksInJvmMode() throws Exception {
        ConsumerProject project = ConsumerProject.copyOf("quarkus");
        project.clear();
        project.addRoutesForCases("src/main/resources/callbacks/cases.camel.yaml");
        String database = project.keepStateInDatabase("camel.beans.pool", ConsumerProject.POOL);
        // The triggers of this application keep their state in the database too.
        Path callbacks = project.file("src/main/resources/callbacks/callbacks.camel.yaml");
        Files.writeString(callbacks, Files.readString(callbacks).replaceFirst(" +stateFile: .*\n", ""));

        String output = project.mvn(twilio.simulator(), Map.of("CAMEL_COMPONENT_TWILIO_USAGE_CATEGORY", "sms",
                "USAGE_DATABASE_URL", database), "verify");

        assertThat(output).contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0");
        assertThat(Files.readAllLines(project.file("target/usage/usage.jsonl"))).isNotEmpty()
                .as("the environment overrides application.properties").allSatisfy(
                        line -> assertThat(line).contains("\"category\":\"sms\""));
        project.assertThatNoLogHasASecret(twilio.simulator(), "(camel-1) started");
        ConsumerProject.assertHasState(database);

        project.receiveCallbacks(twilio.simulator(), Map.of("USAGE_DATABASE_URL", database), List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar",
                "target/quarkus-app/quarkus-run.jar"));
    }

    @Test
    void theJarHasTheIndexThatQuarkusNeeds() throws Exception {
        try (JarFile jar = new JarFile(ProductionJar.FILE.toFile())) {
            assertThat(jar.getEntry("META-INF/jandex.idx")).isNotNull();
        }
    }
}
