package io.github.cameltwilio.usage.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Asks again where that does no harm and may help; {@link TwilioApiException} knows where. Waits are spread by chance,
 * so that many who failed together do not come back together, and heed Twilio's {@code Retry-After} up to a minute. When
 * most requests fail, a budget that all share runs out, and nobody asks again until requests succeed.
 */
public final class Retries {
    private static final int ATTEMPTS = 5;
    private static final Duration WITHIN = Duration.ofMinutes(1);
    private static final Duration FIRST_WAIT = Duration.ofMillis(500);
    private static final Duration FIRST_WAIT_WHEN_THROTTLED = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(1);
    private static final int BUDGET = 100;
    private static final int PRICE_OF_A_RETRY = 10;

    private final Clock clock;
    private final Pause pause;
    private final RandomGenerator random;
    private int budget = BUDGET;

    public Retries(Clock clock, Pause pause, RandomGenerator random) {
        this.clock = clock;
        this.pause = pause;
        this.random = random;
    }

    /** @throws TwilioApiException the last one, when asking again is of no use, or not allowed any more */
    <T> T of(Supplier<T> request) {
        Instant end = clock.instant().plus(WITHIN);
        for (int attempt = 1;; attempt++) {
            try {
                T answer = request.get();
                earn();
                return answer;
            } catch (TwilioApiException e) {
                Duration wait = waitAfter(e, attempt);
                boolean tooLate = clock.instant().plus(wait).isAfter(end);
                if (!e.isWorthRepeating() || attempt == ATTEMPTS || tooLate || !spend()) {
                    throw e;
                }
                pause(wait, e);
            }
        }
    }

    private Duration waitAfter(TwilioApiException e, int attempt) {
        Duration first = e.isThrottled() ? FIRST_WAIT_WHEN_THROTTLED : FIRST_WAIT;
        Duration longest = shorter(first.multipliedBy(1L << (attempt - 1)), LONGEST_WAIT);
        Duration jitter = Duration.ofMillis(random.nextLong(longest.toMillis() + 1));
        Duration asked = e.retryAfter().map(after -> shorter(after, LONGEST_RETRY_AFTER)).orElse(Duration.ZERO);
        return asked.compareTo(jitter) > 0 ? asked : jitter;
    }

    private void pause(Duration wait, TwilioApiException e) {
        try {
            pause.of(wait);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw e;
        }
    }

    private synchronized void earn() {
        budget = Math.min(BUDGET, budget + 1);
    }

    private synchronized boolean spend() {
        if (budget < PRICE_OF_A_RETRY) {
            return false;
        }
        budget -= PRICE_OF_A_RETRY;
        return true;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
