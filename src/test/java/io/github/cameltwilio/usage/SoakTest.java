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

/** One request in ten is throttled, fails with a server error, gets a truncated response or none at all. */
class SoakTest extends TwilioUsageTestSupport {
    private static final int DAYS = 1000;
    private static final int CATEGORIES = 100;
    private static final int REQUESTS = 20_000;
    private static final List<Supplier<Fault>> FAULTS = List.of(() -> Fault.rateLimited(1), Fault::serverError,
            Fault::truncatedResponse, Fault::connectionReset);
    private static final int MAX_MESSAGE_LENGTH = 1024;

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
        failOneRequestInTen();
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("twilio-usage:records?subresource=daily&startScheduler=false&startDate=" + firstDay
                        + "&endDate=yesterday&pageSize=100&parallelRequests=4").routeId("usage")
                        .process(exchange -> record(usage(exchange)));
            }
        });

        int exchanges;
        do {
            clock.advance(Duration.ofMinutes(1));
            exchanges = pollThatMayFail();
        } while (exchanges != 0);

        assertEachRecordReadOnce();
    }

    @Test
    void readsEachPageOnceDespiteFailures() throws Exception {
        failOneRequestInTen();
        options();
        context.start();
        Pages<UsageRecord> pages = context.getEndpoint("twilio-usage:records?subresource=daily&startDate=" + firstDay
                + "&endDate=yesterday&pageSize=100&parallelRequests=4", TwilioUsageEndpoint.class).records(null);

        while (pages.hasNext()) {
            try {
                pages.next().forEach(this::record);
            } catch (TwilioApiException e) {
                failures++;
                assertShort(e);
            }
        }

        assertEachRecordReadOnce();
    }

    /** Returns the number of exchanges, or -1 if the poll failed. */
    private int pollThatMayFail() throws Exception {
        try {
            return poll();
        } catch (TwilioApiException e) {
            failures++;
            assertShort(e);
            return -1;
        }
    }

    private void failOneRequestInTen() {
        for (int request = 0; request < REQUESTS; request++) {
            simulator().fail(random.nextInt(10) > 0 ? Fault.slow(Duration.ZERO)
                    : FAULTS.get(random.nextInt(FAULTS.size())).get());
        }
    }

    private void record(UsageRecord usage) {
        received++;
        seen.add(usage.startDate() + usage.category());
        spent = spent.add(usage.price());
    }

    private void assertEachRecordReadOnce() {
        BigDecimal expectedPrice = BigDecimal.ZERO;
        Set<String> expected = new HashSet<>();
        for (int day = 0; day < DAYS; day++) {
            LocalDate date = firstDay.plusDays(day);
            for (int number = 1; number <= CATEGORIES; number++) {
                String category = "category-%03d".formatted(number);
                expected.add(date + category);
                expectedPrice = expectedPrice.add(simulator().usage(date, category).price());
            }
        }
        assertThat(failures).as("failures despite all retries").isPositive();
        assertThat(simulator().requests()).as("requests, for which there were enough faults").hasSizeBetween(DAYS,
                REQUESTS);
        assertThat(received).isEqualTo(DAYS * CATEGORIES);
        assertThat(seen).isEqualTo(expected);
        assertThat(spent).isEqualByComparingTo(expectedPrice);
    }

    private static void assertShort(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(cause.toString()).hasSizeLessThanOrEqualTo(MAX_MESSAGE_LENGTH);
        }
    }
}
