package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.cameltwilio.usage.simulator.ReceivedRequest;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** With {@code deepLookback}, the first poll of each day reads further back than the others. */
class DeepLookbackTest {
    private static final LocalDate FIRST_DAY = LocalDate.parse("2026-01-01");
    private static final LocalDate TODAY = LocalDate.parse("2026-03-15");
    private static final int DEEP_REQUESTS = 5;

    private final TestClock clock = new TestClock(TODAY + "T12:00:00Z");

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(
            builder -> builder.clock(clock).accountCreated(FIRST_DAY).categories("sms", "calls").zeroShare(0));

    @TempDir
    Path directory;

    @Test
    void readsFarBackOnceADay() throws Exception {
        try (RecordsRoute route = start(exchange -> {})) {
            route.poll();
            assertThat(requestsOf(route)).containsExactly("2026-03-12");

            clock.advance(Duration.ofDays(1));
            assertThat(requestsOf(route)).hasSize(DEEP_REQUESTS).first().isEqualTo("2026-03-12");
            assertThat(requestsOf(route)).containsExactly("2026-03-13");
            assertThat(requestsOf(route)).containsExactly("2026-03-13");

            clock.advance(Duration.ofDays(1));
            assertThat(requestsOf(route)).hasSize(DEEP_REQUESTS).contains("2026-01-15", "2026-01-29");
        }
    }

    @Test
    void deliversLateCorrectionsOnceWithPreviousValues() throws Exception {
        try (RecordsRoute route = start(exchange -> {})) {
            route.poll();
            clock.advance(Duration.ofDays(1));
            route.poll();
            BigDecimal before = simulator().usage(TODAY.minusDays(40), "sms").price();
            simulator().correct(TODAY.minusDays(40), "sms", new BigDecimal("2"));
            int delivered = route.exchanges().size();
            clock.advance(Duration.ofHours(1));
            route.poll();
            assertThat(corrected(route, delivered)).isEmpty();

            clock.advance(Duration.ofDays(1));
            route.poll();
            assertThat(corrected(route, delivered)).singleElement().satisfies(
                    previous -> assertThat((BigDecimal) previous).isEqualByComparingTo(before));

            clock.advance(Duration.ofDays(1));
            route.poll();
            assertThat(corrected(route, delivered)).hasSize(1);
        }
    }

    @Test
    void readsFarBackOnceADayAcrossRestarts() throws Exception {
        try (RecordsRoute route = start(exchange -> {})) {
            route.poll();
            clock.advance(Duration.ofDays(1));
            route.poll();
        }
        try (RecordsRoute route = start(exchange -> {})) {
            assertThat(requestsOf(route)).containsExactly("2026-03-13");
            clock.advance(Duration.ofDays(1));
            assertThat(requestsOf(route)).hasSize(DEEP_REQUESTS);
        }
    }

    @Test
    void readsFarBackAgainUntilEverythingIsDelivered() throws Exception {
        AtomicBoolean down = new AtomicBoolean();
        try (RecordsRoute route = start(exchange -> {
            if (down.get()) {
                throw new IllegalStateException("The sink rejects the correction");
            }
        })) {
            route.poll();
            simulator().correct(TODAY.minusDays(40), "sms", new BigDecimal("2"));
            clock.advance(Duration.ofDays(1));
            assertThat(route.poll()).isPositive();
            simulator().correct(TODAY.minusDays(58), "sms", new BigDecimal("3"));
            down.set(true);
            // It is only 58 days old now, and older than deepLookback when the sink works again.
            for (int day = 0; day < 5; day++) {
                clock.advance(Duration.ofDays(1));
                pollFailing(route);
            }
            down.set(false);
            int delivered = route.exchanges().size();
            route.poll();

            assertThat(route.records().subList(delivered, route.records().size()))
                    .anySatisfy(record -> assertThat(record.startDate()).isEqualTo(TODAY.minusDays(58)));
            route.poll();
            assertThat(requestsOf(route)).hasSize(1);
        }
    }

    @Test
    void neverMovesTheWatermarkPastAFailedRecord() throws Exception {
        try (RecordsRoute route = start(exchange -> {
            if (TwilioUsageTestSupport.usage(exchange).startDate().equals(TODAY)) {
                throw new IllegalStateException("The sink rejects this day");
            }
        })) {
            pollFailing(route);
            clock.advance(Duration.ofDays(1));
            pollFailing(route);
            simulator().clearRequests();
            pollFailing(route);
            assertThat(requests()).containsExactly(TODAY.minusDays(4).toString());
        }
    }

    @Test
    void readsFarBackAgainAfterTheClockWasWrong() throws Exception {
        try (RecordsRoute route = start(exchange -> {})) {
            route.poll();
            clock.advance(Duration.ofDays(10));
            route.poll();
            clock.advance(Duration.ofDays(-9));
            assertThat(requestsOf(route)).hasSizeGreaterThanOrEqualTo(DEEP_REQUESTS);
        }
    }

    @Test
    void countsTheDaysReadFurtherBackAsProgress() throws Exception {
        try (RecordsRoute route = start(exchange -> {})) {
            route.poll();
            assertThat(route.consumer().getProgress()).contains("74 of 74 days");
            clock.advance(Duration.ofDays(1));
            route.poll();
            assertThat(route.consumer().getProgress()).containsPattern("(6\\d) of \\1 days");
            route.poll();
            assertThat(route.consumer().getProgress()).contains("4 of 4 days");
        }
    }

    @Test
    void deliversNothingAgainWhenTurnedOnLater() throws Exception {
        String options = "subresource=daily&startDate=2026-01-01&stateFile=" + directory.resolve("usage.state");
        try (RecordsRoute route = new RecordsRoute(simulator(), clock, options)) {
            route.poll();
        }
        clock.advance(Duration.ofDays(1));
        try (RecordsRoute route = start(exchange -> {})) {
            assertThat(route.poll()).isEqualTo(4);
            for (int day = 0; day < 70; day++) {
                clock.advance(Duration.ofDays(1));
                route.poll();
                assertThat(route.poll()).isZero();
            }
            // Yesterday's value grew until its end, and today is new.
            assertThat(route.exchanges()).hasSize(4 * 71);
            assertThat(requestsOf(route)).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "records?subresource=daily&deepLookback=3d | deepLookback=3d must be longer than lookback=3d",
            "records?subresource=daily&deepLookback=36h | deepLookback=36h must be a number of whole days",
            "records?subresource=thisMonth&deepLookback=60d | deepLookback cannot be combined with subresource=this",
            "records?subresource=thisMonth&lookback=60d | lookback cannot be combined with subresource=thisMonth",
            "records?lookback=2d | which is read whole by each poll: remove it",
            "triggers?deepLookback=60d | applies to records only" })
    void rejectsUselessValues(String uri, String message) {
        assertThatThrownBy(() -> new RecordsRoute(simulator().componentProperties(), clock,
                "twilio-usage:" + uri + "&startScheduler=false", null, exchange -> {}).close())
                .hasStackTraceContaining(message);
        assertThat(simulator().requests()).isEmpty();
    }

    @Test
    void listsThatAreReadWholeIgnoreDefaultsOfTheComponent() throws Exception {
        Map<String, String> component = new HashMap<>(simulator().componentProperties());
        component.put("deepLookback", "60d");
        component.put("lookback", "30d");
        try (RecordsRoute route = new RecordsRoute(component, clock,
                "twilio-usage:records?subresource=thisMonth&startScheduler=false", null, exchange -> {})) {
            route.poll();
            clock.advance(Duration.ofDays(1));
            assertThat(requestsOf(route)).isEmpty();
            assertThat(simulator().requests()).hasSize(1);
        }
    }

    private RecordsRoute start(Processor sink) throws Exception {
        return new RecordsRoute(simulator(), clock, "subresource=daily&startDate=2026-01-01&deepLookback=60d&stateFile="
                + directory.resolve("usage.state"), null, sink);
    }

    private static void pollFailing(RecordsRoute route) {
        try {
            route.poll();
        } catch (Exception e) {
            assertThat(e).hasMessageContaining("exchanges in a row");
        }
    }

    /** The first days of the windows that a poll requests. */
    private List<String> requestsOf(RecordsRoute route) throws Exception {
        simulator().clearRequests();
        route.poll();
        return requests();
    }

    private List<String> requests() {
        return simulator().requests().stream().map(ReceivedRequest::query)
                .filter(query -> query != null && query.contains("StartDate"))
                .map(query -> query.replaceAll(".*StartDate=([0-9-]*).*", "$1")).toList();
    }

    private static List<Object> corrected(RecordsRoute route, int delivered) {
        return route.exchanges().subList(delivered, route.exchanges().size()).stream()
                .filter(exchange -> TwilioUsageTestSupport.usage(exchange).startDate().equals(TODAY.minusDays(40)))
                .map(exchange -> exchange.getMessage().getHeader(TwilioUsageConstants.PREVIOUS_PRICE)).toList();
    }

    private TwilioUsageSimulator simulator() {
        return twilio.simulator();
    }
}
