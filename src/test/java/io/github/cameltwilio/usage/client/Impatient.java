package io.github.cameltwilio.usage.client;

import java.time.Clock;
import java.util.Random;

/** For tests, which have no time to wait. */
final class Impatient {

    private Impatient() {
    }

    static Retries retries() {
        return new Retries(Clock.systemUTC(), time -> { }, new Random(1));
    }
}
