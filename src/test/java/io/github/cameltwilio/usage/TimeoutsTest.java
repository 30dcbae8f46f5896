package io.github.cameltwilio.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.simulator.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who waits for Twilio does not wait for ever. */
class TimeoutsTest extends TwilioUsageTestSupport {
    private TwilioUsageComponent component;

    @BeforeEach
    void askTheSimulator() {
        options();
        component = context.getComponent("twilio-usage", TwilioUsageComponent.class);
    }

    @Test
    void whoNeverAnswersIsGivenUpAfterTheResponseTimeout() {
        component.setResponseTimeout(Duration.ofMillis(50));
        simulator().fail(Fault.neverAnswers().times(5));

        assertThat(refusal()).hasMessageContaining("Read timed out");
        assertThat(simulator().requests()).as("a read may be repeated").hasSize(5);
    }

    @Test
    void whoNeverShakesHandsIsGivenUpAfterTheConnectTimeout() throws IOException {
        component.setConnectTimeout(Duration.ofMillis(50));
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            component.getConfiguration().setBaseUrl("https://localhost:" + silent.getLocalPort());

            assertThat(refusal()).hasMessageContaining("Read timed out");
        }
    }

    @Test
    void noTimeToConnectIsRefusedForItWouldBeTakenForEver() {
        component.setConnectTimeout(Duration.ZERO);

        assertThatThrownBy(context::start).rootCause().hasMessage("connectTimeout=PT0S is no time to wait: such as 5s");
    }

    @Test
    void noTimeToAnswerIsRefusedToo() {
        component.setResponseTimeout(Duration.ofSeconds(-1));

        assertThatThrownBy(context::start).rootCause().hasMessage("responseTimeout=PT-1S is no time to wait: such as 30s");
    }

    private TwilioApiException refusal() {
        context.start();
        Throwable failure = catchThrowable(() -> template.requestBody("twilio-usage:records", (Object) null));
        assertThat(failure).hasCauseInstanceOf(TwilioApiException.class);
        return (TwilioApiException) failure.getCause();
    }
}
