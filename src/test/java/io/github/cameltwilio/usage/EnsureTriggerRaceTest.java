package io.github.cameltwilio.usage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Two JVMs ensure the same trigger at the same time. */
class EnsureTriggerRaceTest extends TwilioUsageTestSupport {
    private static final int ROUNDS = 50;
    // The simulator's clock runs this much faster than real time, and the pauses of the nodes are this much shorter.
    private static final int TIMES_AS_FAST = 10;

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator.clock(new FastClock(Instant.parse("2026-03-15T12:00:00Z"))));
    }

    @Test
    void leavesOneTriggerPerRound() throws Exception {
        options();
        context.start();
        try (Node first = new Node(); Node second = new Node()) {
            for (int round = 1; round <= ROUNDS; round++) {
                first.begin("round " + round);
                second.begin("round " + round);
                List<String> ensured = List.of(first.end(), second.end());

                List<String> left = triggers("round " + round);
                assertThat(left).as("round %d", round).hasSize(1);
                assertThat(ensured).as("both nodes return it in round %d", round).hasSameElementsAs(left);
            }
        }
        assertThat(creations()).as("rounds in which both created").isGreaterThan(ROUNDS);
    }

    private long creations() {
        return simulator().requests().stream().filter(request -> request.method().equals("POST")).count();
    }

    private List<String> triggers(String name) {
        List<?> all = template.requestBody("twilio-usage:triggers?pageSize=1000", (Object) null, List.class);
        return all.stream().map(UsageTrigger.class::cast).filter(trigger -> trigger.friendlyName().equals(name))
                .map(UsageTrigger::sid).toList();
    }

    private static final class FastClock extends Clock {
        private final Instant start;
        private final long startNanos = System.nanoTime();

        FastClock(Instant start) {
            this.start = start;
        }

        @Override
        public Instant instant() {
            return start.plusNanos((System.nanoTime() - startNanos) * TIMES_AS_FAST);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** A JVM that ensures a trigger for each name that it reads from its input. */
    private final class Node implements AutoCloseable {
        private final List<String> log = new ArrayList<>();
        private final Process process;
        private final Writer input;
        private final BufferedReader output;

        Node() throws IOException {
            process = ChildJvm.of(Main.class, List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"), simulator()).start();
            input = process.outputWriter(StandardCharsets.UTF_8);
            output = process.inputReader(StandardCharsets.UTF_8);
            next("ready");
        }

        void begin(String name) throws IOException {
            input.write(name + "\n");
            input.flush();
        }

        String end() throws IOException {
            return next("UT");
        }

        private String next(String start) throws IOException {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(start)) {
                    return line;
                }
                log.add(line);
            }
            throw new AssertionError("the other JVM ended: " + log);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** The main class of a node. */
    static final class Main {
        private Main() {
        }

        public static void main(String[] simulator) throws Exception {
            PrintStream out = System.out;
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            CamelContext context = new DefaultCamelContext();
            ChildJvm.connect(context, simulator);
            context.getComponent("twilio-usage", TwilioUsageComponent.class)
                    .setPause(time -> Thread.sleep(time.toMillis() / TIMES_AS_FAST));
            context.start();
            var template = context.createProducerTemplate();
            out.println("ready");
            for (String name = in.readLine(); name != null; name = in.readLine()) {
                out.println(template.requestBodyAndHeader("twilio-usage:triggers?action=ensure&usageCategory=sms"
                        + "&triggerValue=1000&callbackUrl=https://example.com/fired&pageSize=1000", null,
                        TwilioUsageConstants.FRIENDLY_NAME, name, UsageTrigger.class).sid());
            }
        }
    }
}
