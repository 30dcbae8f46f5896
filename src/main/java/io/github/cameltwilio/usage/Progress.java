package io.github.cameltwilio.usage;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

import io.github.cameltwilio.usage.delivery.WindowPlan;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a poll has got. While it catches up on more than the look-back, it logs this at growing gaps: after the first
 * window, the second, the fourth and so on.
 */
final class Progress {
    private static final Logger LOG = LoggerFactory.getLogger(Progress.class);

    private final TwilioUsageEndpoint endpoint;
    private final LongSupplier nanoTime;
    private final long begin;
    private final int accounts;
    private volatile int accountsDone;
    private volatile long days;
    private volatile long daysDone;
    private volatile long delivered;
    private volatile boolean catchingUp;
    private long windows;
    private long nextLog = 1;

    /** @param accounts how many accounts the poll reads */
    Progress(TwilioUsageEndpoint endpoint, int accounts, LongSupplier nanoTime) {
        this.endpoint = endpoint;
        this.accounts = accounts;
        this.nanoTime = nanoTime;
        this.begin = nanoTime.getAsLong();
    }

    void beginAccount(long daysToRead, boolean behind) {
        days = daysToRead;
        daysDone = 0;
        catchingUp |= behind;
    }

    /** @param window has no days if the list is not by period */
    void endWindow(WindowPlan.Window window) {
        daysDone += days == 0 ? 0 : ChronoUnit.DAYS.between(window.from(), window.to()) + 1;
        windows++;
        LOG.debug("{}: {}", endpoint, this);
        if (catchingUp && windows == nextLog) {
            nextLog *= 2;
            LOG.info("{} is catching up: {}", endpoint, this);
        }
    }

    /** @param readAgain whether the poll reads the account again, because records were skipped */
    void endAccount(boolean readAgain) {
        accountsDone += readAgain ? 0 : 1;
    }

    void countDelivered(int exchanges) {
        delivered += exchanges;
    }

    /** Called when everything that was due was read, unless an account failed. */
    void end() {
        if (catchingUp && accountsDone == accounts) {
            LOG.info("{} has caught up: {} exchanges from {} in {}", endpoint, delivered, accounts(accounts),
                    elapsed());
        }
    }

    /**
     * Returns for example {@code 3 of 41 accounts done, 14 of 365 days of the current one, 5230 exchanges, 310 per
     * second, about PT4M left}.
     */
    @Override
    public String toString() {
        Duration elapsed = elapsed();
        double share = accounts == 0 ? 1 : (accountsDone + (days == 0 ? 0 : (double) daysDone / days)) / accounts;
        String left = share <= 0 || share >= 1 ? ""
                : ", about " + Duration.ofSeconds((long) (elapsed.toSeconds() * (1 - share) / share)) + " left";
        return "%d of %s done, %d of %d days of the current one, %d exchanges, %d per second%s".formatted(accountsDone,
                accounts(accounts), daysDone, days, delivered, delivered * 1000 / Math.max(1, elapsed.toMillis()),
                left);
    }

    private Duration elapsed() {
        return Duration.ofNanos(nanoTime.getAsLong() - begin);
    }

    private static String accounts(int number) {
        return number == 1 ? "1 account" : number + " accounts";
    }
}
