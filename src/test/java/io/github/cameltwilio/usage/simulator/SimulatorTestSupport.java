package io.github.cameltwilio.usage.simulator;

import io.github.cameltwilio.usage.TestClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A simulator at noon of 2026-03-15, and a client. */
abstract class SimulatorTestSupport {
    final TestClock clock = new TestClock("2026-03-15T12:00:00Z");

    @RegisterExtension
    final TwilioUsageSimulatorExtension extension = new TwilioUsageSimulatorExtension(
            builder -> simulated(builder.clock(clock)));

    TwilioUsageSimulator simulator;
    Caller twilio;

    TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder builder) {
        return builder;
    }

    @BeforeEach
    void call() {
        simulator = extension.simulator();
        twilio = new Caller(simulator);
    }
}
