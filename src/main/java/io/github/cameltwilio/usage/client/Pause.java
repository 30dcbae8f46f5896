package io.github.cameltwilio.usage.client;

import java.time.Duration;

/** Waits: {@link Thread#sleep} in life, a clock that moves in tests. */
@FunctionalInterface
public interface Pause {

    void of(Duration time) throws InterruptedException;
}
