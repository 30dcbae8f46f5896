package io.github.cameltwilio.usage.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class SimulatorCommandTest extends SimulatorTestSupport {

    @Test
    void startsWithSubaccounts() {
        try (TwilioUsageSimulator started = SimulatorCommand.builder("--subaccounts", "40", "--port", "0").start()) {
            assertThat(started.subaccountSids()).hasSize(40).doesNotHaveDuplicates();
        }
    }

    @Test
    void printsTheOptionsThatConnectToIt() throws IOException {
        String introduction = SimulatorCommand.introduction(simulator);

        Properties printed = new Properties();
        printed.load(new StringReader(introduction.substring(introduction.indexOf("camel.component."))));
        assertThat(printed).containsExactlyInAnyOrderEntriesOf(Map.of(
                "camel.component.twilio-usage.base-url", simulator.baseUrl().toString(),
                "camel.component.twilio-usage.account-sid", simulator.accountSid(),
                "camel.component.twilio-usage.auth-token", simulator.authToken()));
    }

    @Test
    void hasTheSameCredentialsAtEachStart() {
        try (TwilioUsageSimulator first = SimulatorCommand.builder("--subaccounts", "1").start();
                TwilioUsageSimulator second = SimulatorCommand.builder("--subaccounts", "1").start()) {
            assertThat(first.authToken()).isEqualTo(second.authToken());
            assertThat(first.subaccountSids()).isEqualTo(second.subaccountSids());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --prot 8080     | There is no option --prot: --help lists the options
            8080            | There is no option 8080: --help lists the options
            --port          | --port needs a number from 0 to 65535
            --port 65536    | --port needs a number from 0 to 65535, but got 65536
            --port -1       | --port needs a number from 0 to 65535, but got -1
            --subaccounts x | --subaccounts needs a number from 0 to 10000, but got x
            --port 0 --port 8080 | --port is given twice
            """)
    void rejectsWrongOptions(String arguments, String message) {
        assertThatThrownBy(() -> SimulatorCommand.builder(arguments.split(" ")))
                .isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void firesTriggersByItself() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        HttpServer address = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        address.createContext("/", exchange -> {
            calls.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        address.start();
        String url = "http://127.0.0.1:" + address.getAddress().getPort() + "/fired";
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Thread command = new Thread(() -> {
            try {
                SimulatorCommand.fireTriggers(simulator, Duration.ofMillis(20), new PrintStream(printed, true));
            } catch (InterruptedException e) {
                // This ends the command.
            }
        });
        try {
            command.start();
            watch("ftp://example.com");
            await().untilAsserted(() -> assertThat(printed.toString(StandardCharsets.UTF_8))
                    .contains("A callback was not sent: "));
            watch(url);
            await().untilAsserted(() -> assertThat(printed.toString(StandardCharsets.UTF_8))
                    .contains("POST " + url + ": HTTP 204"));
            assertThat(calls).hasValue(1);
            await().untilAsserted(() -> assertThat(simulator.requests()).as("requests do not pile up").isEmpty());
        } finally {
            command.interrupt();
            command.join();
            address.stop(0);
        }
    }

    private void watch(String callbackUrl) throws Exception {
        twilio.trigger("POST", ".json", Map.of("UsageCategory", "sms", "TriggerValue", "1",
                "CallbackUrl", callbackUrl));
    }
}
