package io.github.cameltwilio.usage.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

class CamelMainIT {
    private static final Path PAGE = Path.of("docs/runtimes.md");

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(
            simulator -> simulator.clock(ConsumerProject.NOON).categories("sms", "calls").zeroShare(0));

    private ConsumerProject project;

    @BeforeEach
    void copyTheProject() throws IOException {
        project = ConsumerProject.copyOf("camel-main");
        project.clear();
    }

    @Test
    void readsOptionsFromPropertiesAndTheEnvironment() throws Exception {
        String output = run(Map.of());

        assertThatAWeekOfTwoCategoriesArrived();
        assertThat(output).as("Camel's summary of the options").contains("camel.component.twilio-usage.authToken");
    }

    @Test
    void usesAnEnvironmentVariableOnlyInAPlaceholder() throws Exception {
        authenticateBy("{{env:CAMEL_COMPONENT_TWILIO_USAGE_AUTH_TOKEN}}");

        run(Map.of("TWILIO_AUTH_TOKEN", "another", "CAMEL_COMPONENT_TWILIO_USAGE_CATEGORY", "sms",
                "CAMEL_COMPONENT_TWILIO_USAGE_AUTH_TOKEN", twilio.simulator().authToken()));

        assertThatAWeekOfTwoCategoriesArrived();
    }

    @Test
    void readsASecretMountedByKubernetes() throws Exception {
        authenticateBy("{{secret:twilio/auth-token}}");
        Path secrets = project.file("target/secrets").toAbsolutePath();
        Files.createDirectories(secrets.resolve("twilio"));
        Files.writeString(secrets.resolve("twilio/auth-token"), twilio.simulator().authToken());
        replace("src/main/resources/application.properties", "/etc/camel/secrets", secrets.toString());
        replace("pom.xml", "<artifactId>camel-file</artifactId>", """
                <artifactId>camel-file</artifactId>
                    </dependency>
                    <dependency>
                      <groupId>org.apache.camel</groupId>
                      <artifactId>camel-kubernetes</artifactId>""");

        run(Map.of("TWILIO_AUTH_TOKEN", "another"));

        assertThatAWeekOfTwoCategoriesArrived();
    }

    @Test
    void runsTheExampleOfCallbacksAndRejectsWhatIsForged() throws Exception {
        project.addRoutesForCases("src/main/resources/callbacks/cases.camel.yaml");

        project.receiveCallbacks(twilio.simulator(), Map.of("CAMEL_SERVER_ENABLED", "true"), "compile", "exec:java");
        project.findFiringByPoll(twilio.simulator(), Map.of("CAMEL_SERVER_ENABLED", "true"), "compile", "exec:java");
    }

    private String run(Map<String, String> environment) throws Exception {
        Map<String, String> limited = new HashMap<>(environment);
        limited.put("CAMEL_MAIN_DURATION_MAX_MESSAGES", "14");
        limited.put("CAMEL_MAIN_DURATION_MAX_SECONDS", "60");
        return project.mvn(twilio.simulator(), limited, "compile", "exec:java");
    }

    private void assertThatAWeekOfTwoCategoriesArrived() throws IOException {
        assertThat(Files.readAllLines(project.file("target/usage/usage.jsonl"))).hasSize(14)
                .allSatisfy(line -> assertThat(line).contains("\"category\":\"", "\"price\":"));
        project.assertThatNoLogHasASecret(twilio.simulator(), "(usage) started");
    }

    /** Replaces the project's line by the block of the page that contains the placeholder. */
    private void authenticateBy(String placeholder) throws IOException {
        String line = "camel.component.twilio-usage.auth-token = ";
        Matcher block = Pattern
                .compile("```properties\n(" + Pattern.quote(line + placeholder) + "\n.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE));
        assertThat(block.find()).as("%s has a block with %s", PAGE, placeholder).isTrue();
        replace("src/main/resources/application.properties", line + "{{env:TWILIO_AUTH_TOKEN}}", block.group(1));
    }

    private void replace(String file, String text, String by) throws IOException {
        String before = Files.readString(project.file(file));
        assertThat(before).contains(text);
        Files.writeString(project.file(file), before.replace(text, by));
    }
}
