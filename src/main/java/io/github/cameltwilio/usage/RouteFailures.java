package io.github.cameltwilio.usage;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import org.apache.camel.Exchange;
import org.apache.camel.spi.ExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Distinguishes a sink that is down from one that rejects a single record or account. A poll gives up an account after
 * several failures in a row, or after the first one while an outage lasts; after several such accounts the poll ends.
 *
 * <p>
 * Exchanges complete on any thread. Everything else is called by the thread that polls.
 */
final class RouteFailures {
    private static final Logger LOG = LoggerFactory.getLogger(RouteFailures.class);
    private static final int MAX_IN_A_ROW = 3;

    private static final Duration MAX_PAUSE = Duration.ofMinutes(1);
    // The pause is longer than MAX_PAUSE by then, whatever the delay.
    private static final int MAX_DOUBLINGS = 16;

    private final LongSupplier nanoTime;
    private final AtomicInteger inARow = new AtomicInteger();
    private volatile boolean inThisPoll;
    private int beforeAccount;
    private int accountsGivenUp;
    private int failedPolls;
    private long failedAt;

    RouteFailures(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void beginPoll() {
        accountsGivenUp = 0;
        inThisPoll = false;
    }

    /**
     * Returns whether it is too early to poll again. After each poll that the route made fail, the pause doubles, up to
     * a minute, so that a consumer with a short delay does not fill the log during an outage.
     *
     * @param delay between two polls
     */
    boolean isPausing(Duration delay) {
        // Limited before it is doubled, because a long delay would overflow.
        long shortest = (delay.compareTo(MAX_PAUSE) < 0 ? delay : MAX_PAUSE).toNanos();
        long pause = Math.min(shortest << Math.min(failedPolls, MAX_DOUBLINGS), MAX_PAUSE.toNanos());
        return failedPolls > 0 && nanoTime.getAsLong() - failedAt < pause;
    }

    boolean isInThisPoll() {
        return inThisPoll;
    }

    void beginAccount() {
        beforeAccount = inARow.get();
    }

    void add() {
        inThisPoll = true;
        inARow.incrementAndGet();
    }

    /** Called when an exchange was delivered, which may end an outage. */
    void reset(Object endpoint) {
        if (inARow.getAndSet(0) >= MAX_IN_A_ROW) {
            LOG.info("{}: the route works again", endpoint);
        }
    }

    /** Warns once per outage: a sink that is down must not fill the log. */
    void report(Exchange exchange, ExceptionHandler handler) {
        if (inARow.get() <= 1) {
            handler.handleException("Processing failed; will be retried at the next poll", exchange,
                    exchange.getException());
        } else {
            LOG.debug("{}: processing failed again; will be retried at the next poll", exchange.getFromEndpoint(),
                    exchange.getException());
        }
    }

    /** Returns whether another exchange of this account should be tried in this poll. */
    boolean isWorthTrying() {
        int failures = inARow.get();
        return failures < MAX_IN_A_ROW || failures == beforeAccount;
    }

    /** Returns whether the poll must end with this account. */
    boolean giveUpAccount() {
        return ++accountsGivenUp == MAX_IN_A_ROW;
    }

    boolean hasGivenUp() {
        return accountsGivenUp > 0;
    }

    /** Fails the poll if the route did not recover from the failures for which an account was given up. */
    void throwIfPresent() {
        int failures = inARow.get();
        if (!hasGivenUp() || failures == 0) {
            failedPolls = 0;
        } else {
            failedPolls++;
            failedAt = nanoTime.getAsLong();
            throw new RepeatedFailureException("The route failed for " + failures + " exchanges in a row, so the poll"
                    + " ended early. Nothing is lost: the next poll tries again, beginning with another record");
        }
    }

    /** Has no stack trace, because each of the failures was logged with its own. */
    private static final class RepeatedFailureException extends RuntimeException {
        private static final long serialVersionUID = 1;

        RepeatedFailureException(String message) {
            super(message, null, false, false);
        }
    }
}
