package io.github.cameltwilio.usage.crash;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

import io.github.cameltwilio.usage.TestClock;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.simulator.Usage;

/** A simulated Twilio: time passes, values are corrected up to three days late, and one request in twenty fails. */
final class ChangingTwilio implements AutoCloseable {
    static final LocalDate FIRST_DAY = LocalDate.parse("2026-02-01");
    static final Duration TICK = Duration.ofMinutes(48);
    private static final String[] CATEGORIES = { "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8" };
    private static final int CORRECTED_DAYS = 3;

    private final Random random;
    private final TestClock clock;
    private final TwilioUsageSimulator simulator;

    /**
     * @param neverDelivered records of which no delivery was found; like {@code stale}, always empty for a correct
     *                       consumer
     * @param stale          records whose last delivery is out of date
     * @param keys           records that were compared
     */
    record Difference(List<String> neverDelivered, List<String> stale, int keys) {
    }

    ChangingTwilio(long seed, Random random, LocalDate today) {
        this.random = random;
        this.clock = new TestClock(today + "T12:00:00Z");
        this.simulator = TwilioUsageSimulator.builder().seed(seed).clock(clock).accountCreated(FIRST_DAY)
                .categories(CATEGORIES).zeroShare(0).start();
    }

    TwilioUsageSimulator simulator() {
        return simulator;
    }

    URI baseUrl() {
        return simulator.baseUrl();
    }

    Clock clock() {
        return clock;
    }

    LocalDate today() {
        return clock.today();
    }

    /** Lets a thirtieth of a day pass. */
    void tick() {
        clock.advance(TICK);
        if (random.nextInt(5) == 0) {
            simulator.correct(today().minusDays(random.nextInt(CORRECTED_DAYS + 1)),
                    CATEGORIES[random.nextInt(CATEGORIES.length)], new BigDecimal(random.nextBoolean() ? "2" : "0.5"));
        }
        int requests = simulator.requests().size();
        simulator.clearRequests();
        for (int request = 0; request < requests; request++) {
            if (random.nextInt(20) == 0) {
                simulator.fail(random.nextBoolean() ? Fault.serverError() : Fault.rateLimited(1));
            }
        }
    }

    /** Lets most of these days pass at once. */
    void skip(int days) {
        clock.advance(Duration.ofDays(days).minus(TICK));
    }

    void correctTheLastDays() {
        // A consumer cannot tell two values of one moment apart.
        clock.advance(Duration.ofSeconds(1));
        for (int daysAgo = 1; daysAgo <= CORRECTED_DAYS; daysAgo++) {
            simulator.correct(today().minusDays(daysAgo), CATEGORIES[daysAgo], new BigDecimal("3"));
        }
    }

    /** @param lastDelivery returns the values that were delivered last of a {@link #key}, or null */
    Difference compare(UnaryOperator<String> lastDelivery) {
        List<String> neverDelivered = new ArrayList<>();
        List<String> stale = new ArrayList<>();
        int keys = 0;
        for (LocalDate day = FIRST_DAY; !day.isAfter(today()); day = day.plusDays(1)) {
            for (String category : CATEGORIES) {
                keys++;
                String key = key(category, day);
                String delivered = lastDelivery.apply(key);
                Usage expected = simulator.usage(day, category);
                String values = values(expected.count(), expected.usage(), expected.price());
                // The consumer skips zero records, and every day starts with zero usage.
                if (delivered == null && expected.count().signum() != 0) {
                    neverDelivered.add(key);
                } else if (delivered != null && !delivered.equals(values)) {
                    stale.add(key + ": " + delivered + " instead of " + values);
                }
            }
        }
        return new Difference(neverDelivered, stale, keys);
    }

    static String key(UsageRecord usage) {
        return key(usage.category(), usage.startDate());
    }

    static String values(UsageRecord usage) {
        return values(usage.count(), usage.usage(), usage.price());
    }

    private static String key(String category, LocalDate day) {
        return category + " " + day;
    }

    private static String values(BigDecimal count, BigDecimal usage, BigDecimal price) {
        return plain(count) + " " + plain(usage) + " " + plain(price);
    }

    static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }

    @Override
    public void close() {
        simulator.close();
    }
}
