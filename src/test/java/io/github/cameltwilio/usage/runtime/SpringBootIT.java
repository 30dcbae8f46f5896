package io.github.cameltwilio.usage.runtime;

import java.nio.file.Files;
import java.util.Map;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

class SpringBootIT {
    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(
            simulator -> simulator.clock(ConsumerProject.NOON).categories("sms", "calls").zeroShare(0));

    @Test
    void readsOptionsFromPropertiesAndTheEnvironment() throws Exception {
        ConsumerProject project = ConsumerProject.copyOf("spring-boot");
        project.clear();
        String database = project.keepStateInDatabase("spring.datasource.url",
                "org.springframework.boot:spring-boot-starter-jdbc:3.5.10");

        project.mvn(twilio.simulator(), Map.of("CAMEL_COMPONENT_TWILIO_USAGE_CATEGORY", "sms",
                "USAGE_DATABASE_URL", database,
                // A web server would keep the process alive when Camel has stopped.
                "SPRING_MAIN_WEB_APPLICATION_TYPE", "none",
                "CAMEL_MAIN_DURATION_MAX_MESSAGES", "7", "CAMEL_MAIN_DURATION_MAX_SECONDS", "60"), "spring-boot:run");

        assertThat(Files.readAllLines(project.file("target/usage/usage.jsonl"))).hasSize(7)
                .allSatisfy(line -> assertThat(line).contains("\"category\":\"sms\"", "\"price\":"));
        project.assertThatNoLogHasASecret(twilio.simulator(), "(usage) started");
        ConsumerProject.assertHasState(database);
    }

    @Test
    void runsTheExampleOfCallbacksAndRejectsWhatIsForged() throws Exception {
        ConsumerProject project = ConsumerProject.copyOf("spring-boot");
        project.clear();
        project.addRoutesForCases("src/main/resources/callbacks/cases.camel.yaml");

        project.receiveCallbacks(twilio.simulator(), Map.of(), "spring-boot:run");
        project.findFiringByPoll(twilio.simulator(), Map.of(), "spring-boot:run");
    }
}
