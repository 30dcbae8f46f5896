package io.github.cameltwilio.usage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.simulator.SentCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.processor.idempotent.FileIdempotentRepository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A callback that was in flight in a crash is processed when Twilio retries it. */
class CallbackCrashTest extends CallbacksTestSupport {
    private static final String NOW = "2026-03-15T12:00:00Z";

    @TempDir
    Path directory;

    @Test
    void processesRetryAfterCrash() throws Exception {
        SentCallback callback;
        try (Node node = new Node("dies")) {
            simulator().evaluateTriggers();
            callback = simulator().callbacks().get(0);
            assertThat(callback.status()).as("no response").isZero();
            assertThat(node.process.waitFor()).isEqualTo(137);
        }
        assertThat(lines("begun")).hasSize(1);
        assertThat(lines("done")).isEmpty();

        try (Node node = new Node("lives")) {
            assertThat(simulator().resend(callback).status()).isEqualTo(200);
            assertThat(simulator().resend(callback).status()).isEqualTo(200);
            assertThat(node.process.isAlive()).isTrue();
        }
        try (Node node = new Node("lives")) {
            assertThat(simulator().resend(callback).status()).isEqualTo(200);
            assertThat(node.process.isAlive()).isTrue();
        }
        assertThat(lines("done")).containsExactly(callback.parameters().get("IdempotencyToken"));
    }

    private List<String> lines(String file) throws IOException {
        Path path = directory.resolve(file);
        return Files.exists(path) ? Files.readAllLines(path) : List.of();
    }

    private final class Node implements AutoCloseable {
        private final Process process;

        Node(String fate) throws IOException {
            process = ChildJvm
                    .of(Main.class, List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"), simulator(), Integer.toString(port),
                            directory.toString(),
                            fate)
                    .start();
            ChildJvm.awaitReady(process);
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }

    /** The program of a node. */
    static final class Main {
        private Main() {
        }

        public static void main(String[] arguments) throws Exception {
            int port = Integer.parseInt(arguments[3]);
            Path directory = Path.of(arguments[4]);
            boolean dies = arguments[5].equals("dies");
            CamelContext context = new DefaultCamelContext();
            TwilioUsageComponent component = context.getComponent("twilio-usage", TwilioUsageComponent.class);
            component.setClock(new TestClock(NOW));
            ChildJvm.connect(context, arguments).setIdempotentRepository(
                    FileIdempotentRepository.fileIdempotentRepository(directory.resolve("tokens").toFile()));
            VertxPlatformHttpServerConfiguration server = new VertxPlatformHttpServerConfiguration();
            server.setBindHost("127.0.0.1");
            server.setBindPort(port);
            context.addService(new VertxPlatformHttpServer(server));
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from(callbacks("platform-http").replace("https://hooks.example.com", "http://127.0.0.1:" + port)
                            + "&usageCategory=sms&triggerValue=1")
                            .process(exchange -> {
                                String token = exchange.getMessage().getBody(TriggerFired.class).idempotencyToken();
                                append(directory.resolve("begun"), token);
                                if (dies) {
                                    Runtime.getRuntime().halt(137);
                                }
                                append(directory.resolve("done"), token);
                            });
                }
            });
            context.start();
            System.out.println("ready");
        }

        private static void append(Path file, String line) throws IOException {
            Files.write(file, List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }
}
