package io.github.cameltwilio.usage;

import java.io.File;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Routes without callbacks do not need camel-webhook. */
class WithoutWebhookTest extends TwilioUsageTestSupport {

    @Test
    void listsTriggersWithoutCamelWebhook() {
        ProcessBuilder child = ChildJvm.of(Main.class, List.of(), simulator());
        List<String> command = child.command();
        int classPath = command.indexOf("-cp") + 1;
        command.set(classPath, Arrays.stream(command.get(classPath).split(File.pathSeparator))
                .filter(entry -> !entry.contains("camel-webhook")).collect(Collectors.joining(File.pathSeparator)));

        assertThat(ChildJvm.outputOf(child)).contains("TwilioUsageEndpoint lists []");
    }

    /** The program of the other JVM. */
    static final class Main {
        private Main() {
        }

        public static void main(String[] simulator) {
            CamelContext context = new DefaultCamelContext();
            ChildJvm.connect(context, simulator);
            context.start();
            System.out.println(context.getEndpoint("twilio-usage:triggers").getClass().getSimpleName() + " lists "
                    + context.createProducerTemplate().requestBody("twilio-usage:triggers", (Object) null));
            context.stop();
        }
    }
}
