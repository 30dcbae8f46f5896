package io.github.cameltwilio.usage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.CamelContext;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs a main class of the tests in a separate JVM. */
public final class ChildJvm {

    private ChildJvm() {
    }

    public static ProcessBuilder of(Class<?> main, List<String> jvmOptions, String... arguments) {
        return of(System.getProperty("java.class.path"), main, jvmOptions, arguments);
    }

    /** The first arguments are the simulator's address and credentials, for {@link #connect}. */
    public static ProcessBuilder of(Class<?> main, List<String> jvmOptions, TwilioUsageSimulator simulator,
                                    String... arguments) {
        List<String> all = new ArrayList<>(List.of(simulator.baseUrl().toString(), simulator.accountSid(),
                simulator.authToken()));
        all.addAll(List.of(arguments));
        return of(main, jvmOptions, all.toArray(String[]::new));
    }

    /** Connects the component of a child to its parent's simulator, and returns the component's options. */
    public static TwilioUsageConfiguration connect(CamelContext context, String... arguments) {
        TwilioUsageConfiguration options = context.getComponent("twilio-usage", TwilioUsageComponent.class)
                .getConfiguration();
        options.setBaseUrl(arguments[0]);
        options.setAccountSid(arguments[1]);
        options.setAuthToken(arguments[2]);
        return options;
    }

    /** Uses the given class path instead of the one of this JVM. */
    public static ProcessBuilder of(String classPath, Class<?> main, List<String> jvmOptions, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /** Waits until the process prints that it is ready, and returns the rest of its output. */
    static BufferedReader awaitReady(Process process) throws IOException {
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        List<String> printed = new ArrayList<>();
        while (!printed.contains("ready")) {
            String line = output.readLine();
            assertThat(line).as("%s", printed).isNotNull();
            printed.add(line);
        }
        return output;
    }

    /** Waits until the process ends, and returns its output. */
    public static String outputOf(ProcessBuilder builder) {
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
