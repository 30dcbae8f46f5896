package io.github.cameltwilio.usage;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tells a sink that is down from a record, or an account, that it rejects. An account is given up for this poll after
 * failures in a row and, while they last, after a single one; after several such accounts the poll ends.
 *
 * <p>
 * Exchanges complete on any thread. Everything else is called by the thread that polls.
 */
final class RouteFailures {
    private static final int MAX_IN_A_ROW = 3;

    private final AtomicInteger inARow = new AtomicInteger();
    private int beforeAccount;
    private int accountsGivenUp;

    void beginPoll() {
        accountsGivenUp = 0;
    }

    void beginAccount() {
        beforeAccount = inARow.get();
    }

    void add() {
        inARow.incrementAndGet();
    }

    /** Returns whether this ends an outage. */
    boolean reset() {
        return inARow.getAndSet(0) >= MAX_IN_A_ROW;
    }

    boolean isFirst() {
        return inARow.get() <= 1;
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
        if (hasGivenUp() && failures > 0) {
            throw new RepeatedFailureException("The route failed for " + failures + " exchanges in a row, so the poll"
                    + " ended early. Nothing is lost: the next poll tries again, beginning with another record");
        }
    }

    /** The failures were logged one by one, so the stack trace of this one would say nothing. */
    private static final class RepeatedFailureException extends RuntimeException {
        private static final long serialVersionUID = 1;

        RepeatedFailureException(String message) {
            super(message, null, false, false);
        }
    }
}
