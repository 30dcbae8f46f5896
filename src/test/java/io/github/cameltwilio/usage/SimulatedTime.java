package io.github.cameltwilio.usage;

import java.time.Clock;

/** Runs a component in the time of a test's clock, for tests of other packages. */
public final class SimulatedTime {

    private SimulatedTime() {
    }

    /** Retries follow at once. */
    public static void set(TwilioUsageComponent component, Clock clock) {
        component.setClock(clock);
        component.setPause(time -> {});
    }
}
