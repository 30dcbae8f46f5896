package io.github.cameltwilio.usage.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Twilio's time, from the {@code Date} header of its successful responses. Clients of one server share one.
 *
 * <p>
 * Between responses it advances by elapsed time, so that this machine's clock may be wrong and may jump. A single
 * {@code Date} far from what is expected may come from a cache or a broken proxy: only when the next response is off in
 * the same direction is the clock set, and only as far as both agree. It is not set if the usage that Twilio lists for
 * today shows that the clock is right.
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
    // How far responses have set the clock since Twilio last listed the usage of today.
    private Duration jump;
    // A deviation that the usage of today contradicted: others in its direction do not set the clock.
    private Duration contradicted;
    private boolean warnedOfMissingDate;

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
            contradicted = null;
        } else if (unconfirmed == null || isOpposite(unconfirmed, deviation)
                || contradicted != null && !isOpposite(contradicted, deviation)) {
            unconfirmed = deviation;
        } else {
            Duration agreed = deviation.abs().compareTo(unconfirmed.abs()) < 0 ? deviation : unconfirmed;
            LOG.warn("Twilio's clock is {} {} this one according to two responses; using Twilio's",
                    agreed.abs(), agreed.isNegative() ? "behind" : "ahead of");
            set(now().plus(agreed));
            jump = agreed;
            confirmed = true;
            unconfirmed = null;
        }
    }

    /** Returns whether responses have set the clock since Twilio last listed the usage of today. */
    synchronized boolean hasJumped() {
        return jump != null;
    }

    /**
     * Called after a response that listed the usage of today. If it shows that the last {@code Date} is wrong, and that
     * the clock without it is right, the clock is set back, and such dates no longer set it.
     *
     * @param today the day of that usage, or null if there is none
     */
    synchronized void listed(LocalDate today) {
        Duration deviation = unconfirmed != null ? unconfirmed : jump;
        Instant without = unconfirmed != null || jump == null ? now() : now().minus(jump);
        jump = null;
        if (deviation == null || today == null) {
            warnOfMissingDate(today);
            return;
        }
        if (today.equals(day(without.plus(deviation)))) {
            contradicted = null;
        } else if (today.equals(day(without))) {
            if (contradicted == null) {
                LOG.warn("By the Date header of its responses, Twilio's clock is {} {} this one, but Twilio lists {} as"
                        + " today. The header is ignored: does a proxy set it?", deviation.abs(),
                        deviation.isNegative() ? "behind" : "ahead of", today);
            }
            contradicted = deviation;
            set(without);
            confirmed = true;
            unconfirmed = null;
        }
    }

    /** Without any {@code Date}, the machine's clock counts, and only the usage of today can show that it is wrong. */
    private void warnOfMissingDate(LocalDate today) {
        if (today != null && !confirmed && !warnedOfMissingDate && !today.equals(day(now().minus(TOLERANCE)))
                && !today.equals(day(now().plus(TOLERANCE)))) {
            warnedOfMissingDate = true;
            LOG.warn("Twilio lists {} as today, but by the clock of this machine it is {}, and responses have no Date"
                    + " header that would correct it: set the clock, or the wrong days are read", today, day(now()));
        }
    }

    private static boolean isOpposite(Duration deviation, Duration other) {
        return deviation.isNegative() != other.isNegative();
    }

    private static LocalDate day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    private void set(Instant now) {
        setTo = now;
        setAt = nanoTime.getAsLong();
    }
}
