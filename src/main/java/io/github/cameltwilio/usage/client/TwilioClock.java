package io.github.cameltwilio.usage.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What time it is at Twilio: its answers tell how wrong the clock of this machine is. One for all who ask the same server. */
public final class TwilioClock {
    private final Clock here;
    private volatile Duration ahead;

    public TwilioClock(Clock here) {
        this.here = here;
    }

    /** Empty until Twilio has answered. */
    Optional<Instant> now() {
        return Optional.ofNullable(ahead).map(here.instant()::plus);
    }

    /** As far as it is known, and else what it is here. */
    Instant about() {
        return now().orElseGet(here::instant);
    }

    /** @param server when Twilio answered, a moment ago; null when it did not say */
    void answered(Instant server) {
        Instant now = here.instant();
        ahead = Duration.between(now, server == null ? now : server);
    }
}
