package io.github.cameltwilio.usage.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.cameltwilio.usage.build.Markdown;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.camel.test.AvailablePortFinder;
import org.apache.camel.util.StringHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the simulator's jar as the page says, without any class path. */
class SimulatorJarIT {
    private static final String PREFIX = "camel.component.twilio-usage.";

    @TempDir
    Path directory;

    private Process process;

    @AfterEach
    void end() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void servesTheComponentWithThePropertiesThatItPrints() throws Exception {
        int port = AvailablePortFinder.getNextAvailable();
        Map<String, Object> printed = new HashMap<>();
        run("--port " + port + " --subaccounts 40");
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
                DefaultCamelContext camel = new DefaultCamelContext()) {
            while (printed.size() < 3) {
                String line = output.readLine();
                assertThat(line).as("%s", printed).isNotNull();
                if (line.startsWith(PREFIX)) {
                    String[] option = line.substring(PREFIX.length()).split(" = ");
                    printed.put(StringHelper.dashToCamelCase(option[0]), option[1]);
                }
            }
            assertThat(printed).containsEntry("baseUrl", "http://127.0.0.1:" + port);
            PropertyBindingSupport.bindProperties(camel, camel.getComponent("twilio-usage"), printed);
            camel.start();

            assertThat(list(camel, "twilio-usage:accounts")).hasSize(41);
            assertThat(list(camel, "twilio-usage:records?subresource=yesterday&category=sms&splitSubaccounts=true"))
                    .hasSize(41);
            assertThat(list(camel, "twilio-usage:triggers")).isEmpty();
        }
    }

    @Test
    void printsItsOptions() throws Exception {
        assertThat(outputOf("--help")).contains("--port PORT", "--subaccounts COUNT");
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void rejectsAnUnknownOption() throws Exception {
        assertThat(outputOf("--prot 8080").strip())
                .isEqualTo("There is no option --prot: --help lists the options");
        assertThat(process.exitValue()).isEqualTo(2);
    }

    @Test
    void saysThatItsPortIsInUse() throws Exception {
        int port = AvailablePortFinder.getNextAvailable();
        run("--port " + port);
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).contains("http://127.0.0.1:" + port);
            Process first = process;

            assertThat(outputOf("--port " + port)).startsWith("The simulator cannot listen on port " + port);
            assertThat(process.exitValue()).isEqualTo(1);
            first.destroyForcibly().waitFor();
        }
    }

    private static List<?> list(DefaultCamelContext camel, String uri) {
        return camel.createProducerTemplate().requestBody(uri, (Object) null, List.class);
    }

    private String outputOf(String options) throws IOException, InterruptedException {
        run(options);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /** Runs the command of the page with other options, in a directory that has nothing but the jar. */
    private void run(String options) throws IOException {
        String command = Markdown.page("docs/simulator.md").block("sh", "java -jar").strip();
        assertThat(command).endsWith(" --port 8080 --subaccounts 40");
        assertThat(command).contains(" " + ProductionJar.SIMULATOR + " ");
        Path copy = directory.resolve(ProductionJar.SIMULATOR);
        if (Files.notExists(copy)) {
            Files.createDirectories(copy.getParent());
            Files.copy(ProductionJar.SIMULATOR, copy);
        }
        List<String> words = new ArrayList<>(List.of(command.replaceAll(" --port.*", " " + options).split(" ")));
        words.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        process = new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true).start();
    }
}
