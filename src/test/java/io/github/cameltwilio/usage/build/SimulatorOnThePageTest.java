package io.github.cameltwilio.usage.build;

import java.util.List;

import io.github.cameltwilio.usage.TwilioUsageComponent;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** The test that the component page prints, within a class that goes on where the page stops. */
class SimulatorOnThePageTest {
    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension();

    @Test
    void theRouteSurvivesAnUnavailableTwilio() {
        twilio.simulator().fail(Fault.htmlUnavailable());
        // baseUrl(), accountSid() and authToken() of the simulator are the component's options of these names.
    }

    @AfterEach
    void askTwilio() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            var options = context.getComponent("twilio-usage", TwilioUsageComponent.class).getConfiguration();
            options.setBaseUrl(twilio.simulator().baseUrl().toString());
            options.setAccountSid(twilio.simulator().accountSid());
            options.setAuthToken(twilio.simulator().authToken());
            context.start();
            List<?> usage = context.createProducerTemplate().requestBody("twilio-usage:records", null, List.class);
            assertThat(usage).isNotEmpty();
        }
    }
}
