package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A tenth of all answers is refused, breaks down, is cut or never comes. */
class SoakTest extends TwilioUsageTestSupport {
    private static final int DAYS = 1000;
    private static final int CATEGORIES = 100;
    private static final int REQUESTS = 20_000;
    private static final List<Supplier<Fault>> FAULTS = List.of(() -> Fault.rateLimited(1), Fault::serverError,
            Fault::truncatedResponse, Fault::connectionReset);
    private static final int LONGEST_MESSAGE = 1024;

    private final LocalDate firstDay = clock.today().minusDays(DAYS);
    private final Random random = new Random(5);
    private final Set<String> seen = new HashSet<>();
    private BigDecimal spent = BigDecimal.ZERO;
    private int received;
    private int failures;

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).accountCreated(firstDay).categoryCount(CATEGORIES);
    }

    @Test
    void deliversAHundredThousandRecordsExactlyOnce() throws Exception {
        oneAnswerInTenFails();
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("twilio-usage:records?subresource=daily&startScheduler=false&startDate=" + firstDay
                        + "&endDate=yesterday&pageSize=100&parallelRequests=4").routeId("usage")
                        .process(exchange -> see(usage(exchange)));
            }
        });

        int exchanges;
        do {
            clock.advance(Duration.ofMinutes(1));
            exchanges = pollThatMayFail();
        } while (exchanges != 0);

        assertThatAllWasSeenOnce();
    }

    @Test
    void readsEachPageOnceDespiteFailures() throws Exception {
        oneAnswerInTenFails();
        options();
        context.start();
        Pages<UsageRecord> pages = context.getEndpoint("twilio-usage:records?subresource=daily&startDate=" + firstDay
                + "&endDate=yesterday&pageSize=100&parallelRequests=4", TwilioUsageEndpoint.class).records(null);

        while (pages.hasNext()) {
            try {
                pages.next().forEach(this::see);
            } catch (TwilioApiException e) {
                failures++;
                assertShort(e);
            }
        }

        assertThatAllWasSeenOnce();
    }

    /** How many exchanges a poll gave, or -1 when it failed. */
    private int pollThatMayFail() throws Exception {
        try {
            return poll();
        } catch (TwilioApiException e) {
            failures++;
            assertShort(e);
            return -1;
        }
    }

    private void oneAnswerInTenFails() {
        for (int request = 0; request < REQUESTS; request++) {
            simulator().fail(random.nextInt(10) > 0 ? Fault.slow(Duration.ZERO)
                    : FAULTS.get(random.nextInt(FAULTS.size())).get());
        }
    }

    private void see(UsageRecord usage) {
        received++;
        seen.add(usage.startDate() + usage.category());
        spent = spent.add(usage.price());
    }

    private void assertThatAllWasSeenOnce() {
        BigDecimal truth = BigDecimal.ZERO;
        Set<String> all = new HashSet<>();
        for (int day = 0; day < DAYS; day++) {
            LocalDate date = firstDay.plusDays(day);
            for (int number = 1; number <= CATEGORIES; number++) {
                String category = "category-%03d".formatted(number);
                all.add(date + category);
                truth = truth.add(simulator().usage(date, category).price());
            }
        }
        assertThat(failures).as("failures that outlasted all repetitions").isPositive();
        assertThat(simulator().requests()).as("one answer in ten failed to the end").hasSizeBetween(DAYS, REQUESTS);
        assertThat(received).isEqualTo(DAYS * CATEGORIES);
        assertThat(seen).isEqualTo(all);
        assertThat(spent).isEqualByComparingTo(truth);
    }

    private static void assertShort(Throwable failure) {
        for (Throwable one = failure; one != null; one = one.getCause()) {
            assertThat(one.toString()).hasSizeLessThanOrEqualTo(LONGEST_MESSAGE);
        }
    }
}
