package io.github.cameltwilio.usage.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Twilio's time, from the {@code Date} header of its successful responses. Clients of one server share one.
 *
 * <p>
 * Between responses it advances by elapsed time, so that this machine's clock may be wrong and may jump. A single
 * {@code Date} far from what is expected may come from a cache or a broken proxy: only when the next response is off in
 * the same direction is the clock set, and only as far as both agree.
 */
public final class TwilioClock {
    // A response may take a minute, and clocks that are kept by NTP differ by far less than this.
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final Logger LOG = LoggerFactory.getLogger(TwilioClock.class);

    private final LongSupplier nanoTime;
    private Instant setTo;
    private long setAt;
    private boolean confirmed;
    private Duration unconfirmed;

    /**
     * @param machine  the time until the first response
     * @param nanoTime elapsed time in nanoseconds, as of {@link System#nanoTime}
     */
    public TwilioClock(Clock machine, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        set(machine.instant());
    }

    /** The time at Twilio, as far as it is known. */
    synchronized Instant now() {
        return setTo.plusNanos(nanoTime.getAsLong() - setAt);
    }

    /** Returns whether the last response agreed with this clock. */
    synchronized boolean isConfirmed() {
        return confirmed && unconfirmed == null;
    }

    /** @param date the time that a successful response carried */
    synchronized void responded(Instant date) {
        Duration deviation = Duration.between(now(), date);
        if (deviation.abs().compareTo(TOLERANCE) <= 0) {
            set(date);
            confirmed = true;
            unconfirmed = null;
        } else if (unconfirmed == null || unconfirmed.isNegative() != deviation.isNegative()) {
            unconfirmed = deviation;
        } else {
            Duration agreed = deviation.abs().compareTo(unconfirmed.abs()) < 0 ? deviation : unconfirmed;
            LOG.warn("Twilio's clock is {} {} this one according to two responses; using Twilio's",
                    agreed.abs(), agreed.isNegative() ? "behind" : "ahead of");
            set(now().plus(agreed));
            confirmed = true;
            unconfirmed = null;
        }
    }

    private void set(Instant now) {
        setTo = now;
        setAt = nanoTime.getAsLong();
    }
}
