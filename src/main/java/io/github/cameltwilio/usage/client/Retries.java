package io.github.cameltwilio.usage.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Retries requests where that is safe and may help, which {@link TwilioApiException} knows. Random delays keep requests
 * that failed together from being retried together; {@code Retry-After} is honoured; if it is longer than a
 * minute, the request is not retried. When most requests
 * fail, a shared budget runs out, and nothing is retried until requests succeed again.
 */
public final class Retries {
    private static final int MAX_ATTEMPTS = 5;
    private static final Duration MAX_TOTAL_TIME = Duration.ofMinutes(1);
    private static final Duration FIRST_DELAY = Duration.ofMillis(500);
    private static final Duration FIRST_DELAY_WHEN_THROTTLED = Duration.ofSeconds(1);
    private static final Duration MAX_DELAY = Duration.ofSeconds(20);
    private static final int MAX_BUDGET = 100;
    private static final int RETRY_COST = 10;

    private final Clock clock;
    private final Sleeper sleeper;
    private final RandomGenerator random;
    private int budget = MAX_BUDGET;

    /** Waits: {@link Thread#sleep} in production, a clock that moves in tests. */
    @FunctionalInterface
    public interface Sleeper {

        void sleep(Duration time) throws InterruptedException;
    }

    public Retries(Clock clock, Sleeper sleeper, RandomGenerator random) {
        this.clock = clock;
        this.sleeper = sleeper;
        this.random = random;
    }

    /** @throws TwilioApiException from the last attempt, when a retry is not allowed or would not help */
    <T> T run(Supplier<T> request) {
        Instant end = clock.instant().plus(MAX_TOTAL_TIME);
        for (int attempt = 1;; attempt++) {
            try {
                T result = request.get();
                refund();
                return result;
            } catch (TwilioApiException e) {
                Duration delay = delayAfter(e, attempt);
                boolean tooLate = clock.instant().plus(delay).isAfter(end);
                if (!e.isRetryable() || attempt == MAX_ATTEMPTS || tooLate || !spend()) {
                    throw e;
                }
                sleep(delay, e);
            }
        }
    }

    private Duration delayAfter(TwilioApiException e, int attempt) {
        Duration first = e.isThrottled() ? FIRST_DELAY_WHEN_THROTTLED : FIRST_DELAY;
        Duration max = min(first.multipliedBy(1L << (attempt - 1)), MAX_DELAY);
        Duration delay = Duration.ofMillis(random.nextLong(max.toMillis() + 1));
        Duration retryAfter = e.retryAfter().orElse(Duration.ZERO);
        return retryAfter.compareTo(delay) > 0 ? retryAfter : delay;
    }

    private void sleep(Duration delay, TwilioApiException e) {
        try {
            sleeper.sleep(delay);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw e;
        }
    }

    private synchronized void refund() {
        budget = Math.min(MAX_BUDGET, budget + 1);
    }

    private synchronized boolean spend() {
        if (budget < RETRY_COST) {
            return false;
        }
        budget -= RETRY_COST;
        return true;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
