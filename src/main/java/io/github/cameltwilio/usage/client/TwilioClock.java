package io.github.cameltwilio.usage.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Twilio's clock, as its responses show it: the clock of this machine may be wrong. Shared by all clients of a server.
 */
public final class TwilioClock {
    private final Clock localClock;
    private volatile Duration offset;

    public TwilioClock(Clock localClock) {
        this.localClock = localClock;
    }

    /** The time at Twilio; empty until Twilio has responded. */
    Optional<Instant> now() {
        return Optional.ofNullable(offset).map(localClock.instant()::plus);
    }

    /** The time at Twilio or, until Twilio has responded, the time here. */
    Instant estimate() {
        return now().orElseGet(localClock::instant);
    }

    /** @param date of the response that has just arrived; null when it has none */
    void update(Instant date) {
        Instant now = localClock.instant();
        offset = Duration.between(now, date == null ? now : date);
    }
}
