package io.github.cameltwilio.usage;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.cameltwilio.usage.demo.SpendByDay;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the program of the README's first command, without Maven. */
class MainJobTest {

    @Test
    void showsSpendWritesRecordsAndAPageAndReceivesAlert() throws Exception {
        String output = ChildJvm.outputOf(demo());

        assertThat(output).contains("spend in usd").containsPattern("(?m)^total( +\\d+\\.\\d\\d){8}$")
                .containsPattern("\r +\\d+ records, now at ")
                .containsPattern("(?m)^Created a trigger at [0-9.]+ usd per day; usage now grows$")
                .containsPattern("(?m)^Alert, signed by Twilio: totalprice is at [0-9.]+, above [0-9.]+$");
        Matcher file = Pattern.compile("(?m)^(\\d+) records are in (.+)$").matcher(output);
        assertThat(file.find()).isTrue();
        assertThat(Files.readAllLines(Path.of(file.group(2)))).hasSize(Integer.parseInt(file.group(1)))
                .allSatisfy(line -> assertThat(line).contains("\"category\":\"").contains("\"price\":"));
        Matcher page = Pattern.compile("(?m)^Open in a browser: (.+)$").matcher(output);
        assertThat(page.find()).isTrue();
        assertThat(Path.of(page.group(1))).content().contains("\"was\":\"", "\"name\":\"spend-of-the-day\"")
                .as("needs no other file").doesNotContainPattern("(src|href)=\"(?!data:)");
    }

    @Test
    void showsLateCorrectionWhileItKeepsPolling() throws Exception {
        String yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1).toString();
        Process process = demo("--keep-polling").start();
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.lines().filter(line -> line.startsWith(yesterday) && line.contains(", was "))
                    .findFirst()).isPresent();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void doesNotSimulateForHalfOfTheCredentials() throws Exception {
        ProcessBuilder demo = demo();
        demo.environment().put("TWILIO_ACCOUNT_SID", "AC" + "0".repeat(32));
        Process process = demo.start();

        assertThat(process.inputReader().lines()).anyMatch(line -> line.contains("TWILIO_AUTH_TOKEN is not set"));
        assertThat(process.waitFor()).isNotZero();
    }

    private static ProcessBuilder demo(String... arguments) {
        ProcessBuilder demo = ChildJvm.of(SpendByDay.class, List.of("-XX:TieredStopAtLevel=1"), arguments);
        demo.environment().keySet().removeIf(name -> name.startsWith("TWILIO_"));
        return demo;
    }
}
