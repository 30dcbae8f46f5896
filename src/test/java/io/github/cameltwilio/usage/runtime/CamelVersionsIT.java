package io.github.cameltwilio.usage.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the jar, built with one version of Camel and for Java 17, on versions of Camel that are supported for long, and
 * on the newer versions of Java that the machine has.
 */
class CamelVersionsIT {
    private static final Pattern JAVA_VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"(\\d+)");

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(
            simulator -> simulator.clock(ConsumerProject.NOON).categories("sms", "calls").zeroShare(0));

    @ParameterizedTest
    @ValueSource(strings = { "4.14.1", "4.18.2", "4.22.0" })
    void theSameJarWorksOn(String camel) throws Exception {
        run(camel, Map.of());
    }

    /** One JDK of each newer version, from the folder of this JDK or a variable that GitHub's setup-java sets. */
    static Collection<Path> newerJavas() throws IOException {
        Path java = Path.of(System.getProperty("java.home")).toRealPath();
        Stream<Path> named = System.getenv().entrySet().stream()
                .filter(variable -> variable.getKey().matches("JAVA_HOME_\\d+_\\w+"))
                .map(variable -> Path.of(variable.getValue()));
        Map<Integer, Path> newer = new TreeMap<>();
        try (Stream<Path> siblings = Files.list(java.getParent())) {
            for (Path home : Stream.concat(siblings, named).toList()) {
                int version = version(home);
                if (version > Runtime.version().feature()) {
                    newer.put(version, home.toRealPath());
                }
            }
        }
        if ("true".equals(System.getenv("GITHUB_ACTIONS"))) {
            assertThat(newer).as("newer JDKs: the workflow must install one").isNotEmpty();
        }
        return newer.values();
    }

    /** Returns 0 if this is not the home of a JDK. */
    private static int version(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin/javac")) || !Files.exists(release)) {
            return 0;
        }
        Matcher version = JAVA_VERSION.matcher(Files.readString(release));
        return version.find() ? Integer.parseInt(version.group(1)) : 0;
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("newerJavas")
    void theSameJarWorksOnANewer(Path java) throws Exception {
        String output = run("4.22.0", Map.of("JAVA_HOME", java.toString(),
                "CAMEL_MAIN_VIRTUAL_THREADS_ENABLED", "true"));

        assertThat(output).contains("runtime: " + java);
    }

    private String run(String camel, Map<String, String> environment) throws Exception {
        ConsumerProject project = ConsumerProject.copyOf("compatibility");
        if (camel.startsWith("4.14.")) {
            Path routes = project.file("src/main/resources/camel/compatibility.camel.yaml");
            Files.writeString(routes, Files.readString(routes).replace("transformDataType:", "transform:"));
        }
        Map<String, String> all = new HashMap<>(environment);
        all.put("CAMEL_MAIN_DURATION_MAX_MESSAGES", "2");
        all.put("CAMEL_MAIN_DURATION_MAX_SECONDS", "60");

        String output = project.mvn(twilio.simulator(), all, "-V", "-Dcamel.version=" + camel, "compile", "exec:java");

        assertThat(output).contains("Apache Camel " + camel + " (compatibility) started", "consumed sms false",
                "produced sms",
                "produced dynamically calls", "enriched calls", "converted {\"accountSid\":",
                "event org.apache.camel.event.twilio.usage.record", "row in USD of " + twilio.simulator().accountSid());
        project.assertThatNoLogHasASecret(twilio.simulator(), "Apache Camel " + camel);
        return output;
    }
}
