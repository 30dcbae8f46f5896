package io.github.cameltwilio.usage.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

class CamelCliIT {
    private static final Path PAGE = Path.of("docs/runtimes.md");
    private static final Pattern COMMAND = Pattern.compile(" camel (run .+)");

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(
            simulator -> simulator.clock(ConsumerProject.NOON).categories("sms", "calls").zeroShare(0));

    @Test
    void theCommandOnThePageRunsARouteWithoutAProject() throws Exception {
        ConsumerProject project = ConsumerProject.copyOf("camel-cli");
        Files.deleteIfExists(project.file("target/usage/usage.jsonl"));
        String database = project.keepStateInDatabase("camel.beans.pool");

        project.mvn(twilio.simulator(), Map.of("USAGE_DATABASE_URL", database),
                home(project), "compile", "exec:java", "-Dexec.args=" + command() + " --dep=mvn:" + ConsumerProject.POOL
                        + " --dep=mvn:" + ConsumerProject.H2 + " --max-messages=14 --max-seconds=60");

        assertThat(Files.readAllLines(project.file("target/usage/usage.jsonl"))).hasSize(14)
                .allSatisfy(line -> assertThat(line).contains("\"category\":\"", "\"price\":"));
        project.assertThatNoLogHasASecret(twilio.simulator(), "Apache Camel 4.18.0 (usage) started");
        ConsumerProject.assertHasState(database);
    }

    @Test
    void runsTheExampleOfCallbacks() throws Exception {
        ConsumerProject project = ConsumerProject.copyOf("camel-cli");
        project.clear();
        project.addRoutesForCases("cases.camel.yaml");

        project.receiveCallbacks(twilio.simulator(), Map.of(), home(project), "compile", "exec:java",
                "-Dexec.args=" + command().replace("usage.camel.yaml",
                        "usage.camel.yaml callbacks.camel.yaml alert.camel.yaml cases.camel.yaml"));
    }

    /** The command writes files to the user's home. In MAVEN_OPTS, a space in the path would end the option. */
    private static String home(ConsumerProject project) {
        return "-Duser.home=" + project.file("target/home").toAbsolutePath();
    }

    private static String command() throws IOException {
        Matcher command = COMMAND.matcher(Files.readString(PAGE));
        assertThat(command.find()).as("%s has the command", PAGE).isTrue();
        return command.group(1);
    }
}
