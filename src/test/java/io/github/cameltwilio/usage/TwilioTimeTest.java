package io.github.cameltwilio.usage;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;

import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.cameltwilio.usage.ScriptedTwilio.record;
import static io.github.cameltwilio.usage.ScriptedTwilioTestSupport.days;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A wrong clock never makes a consumer skip a day, or count a future day as read. */
class TwilioTimeTest {
    private static final String DAILY = "twilio-usage:records?startScheduler=false&subresource=daily";

    private final TestClock clock = new TestClock("2026-03-15T12:00:00Z");
    private ScriptedTwilio twilio;

    @BeforeEach
    void start() throws Exception {
        twilio = new ScriptedTwilio(clock);
        listDays(1, 15);
    }

    @AfterEach
    void stop() {
        twilio.close();
    }

    @ParameterizedTest
    @ValueSource(strings = { "2026-03-25T12:00:00Z", "2027-03-15T12:00:00Z", "1970-01-01T00:00:00Z",
            "2026-03-10T12:00:00Z" })
    void losesNoDayBecauseOfOneWrongDate(String wrong) throws Exception {
        try (RecordsRoute route = consume(DAILY, clock)) {
            route.poll();
            twilio.dateOnce(wrong);
            route.poll();
            assertThat(route.consumer().getWatermark()).isLessThanOrEqualTo("2026-03-15");
            deliversEveryDayAfterAnOutage(route);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "2026-03-25T12:00:00Z", "2027-03-15T12:00:00Z", "1970-01-01T00:00:00Z" })
    void losesNoDayBecauseTheFirstDateIsWrong(String wrong) throws Exception {
        try (RecordsRoute route = consume(DAILY + "&startDate=-10days", clock)) {
            twilio.dateOnce(wrong);
            route.poll();
            assertThat(route.consumer().getWatermark()).isLessThanOrEqualTo("2026-03-15");
            deliversEveryDayAfterAnOutage(route);
        }
    }

    /** The day that Twilio lists as today decides between the two clocks. */
    @ParameterizedTest
    @CsvSource({ "2026-03-17T12:00:00Z, ''", "2026-03-17T12:00:00Z, -14days", "2026-03-16T12:00:00Z, -14days",
            "2026-06-04T12:00:00Z, -14days", "2026-03-05T12:00:00Z, -14days" })
    void beginsWithTheRightDayAlthoughTheFirstDatesAreWrong(String wrong, String startDate) throws Exception {
        String uri = startDate.isEmpty() ? DAILY : DAILY + "&startDate=" + startDate;
        try (RecordsRoute route = consume(uri, clock); LoggedEvents log = new LoggedEvents()) {
            twilio.date(wrong);
            assertThat(List.of(route.poll(), route.poll())).containsExactly(startDate.isEmpty() ? 4 : 15, 0);
            assertThat(log.events()).filteredOn(event -> event.text().contains("Twilio lists 2026-03-15 as today"))
                    .hasSize(1);
            twilio.date(null);
            assertThat(List.of(route.poll(), route.poll(), route.poll())).containsOnly(0);
            deliversEveryDayAfterAnOutage(route);
        }
    }

    @Test
    void readsTodayAlthoughAllLaterDatesAreWrong() throws Exception {
        try (RecordsRoute route = consume(DAILY, clock)) {
            route.poll();
            twilio.date("2026-03-10T12:00:00Z");
            route.poll();
            route.poll();
            clock.advance(Duration.ofDays(1));
            listDays(1, 16);
            assertThat(List.of(route.poll(), route.poll())).containsExactly(1, 0);
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-16");
        }
    }

    /** The first day is resolved once, as documented, so that a restart does not move it. */
    @ParameterizedTest
    @ValueSource(strings = { "2026-03-05T12:00:00Z", "2026-01-05T12:00:00Z" })
    void beginsEarlierWhenTheFirstDateStaysInThePast(String wrong) throws Exception {
        twilio.hideToday();
        try (RecordsRoute route = consume(DAILY + "&startDate=-2days", clock); LoggedEvents log = new LoggedEvents()) {
            twilio.date(wrong);
            route.poll();
            assertThat(log.events()).filteredOn(event -> event.text().contains("Twilio's clock is")).hasSize(1);
            twilio.date(null);
            route.poll();
            route.poll();
            assertThat(days(route)).doesNotHaveDuplicates().contains("2026-03-13", "2026-03-14", "2026-03-15")
                    .hasSizeGreaterThan(3);
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-15");
        }
    }

    @Test
    void losesNoDayBecauseOfTwoWrongDates() throws Exception {
        try (RecordsRoute route = consume(DAILY, clock)) {
            route.poll();
            twilio.dateOnce("2026-03-25T12:00:00Z", "2026-03-25T12:00:00Z", "2026-03-25T12:00:00Z");
            route.poll();
            route.poll();
            deliversEveryDayAfterAnOutage(route);
        }
    }

    @Test
    void recoversFromWrongDatesBeforeStartDate() throws Exception {
        try (RecordsRoute route = consume(DAILY + "&startDate=2026-03-12", clock)) {
            route.poll();
            twilio.dateOnce("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z");
            route.poll();
            route.poll();
            route.poll();
            route.poll();
            deliversEveryDayAfterAnOutage(route);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "2026-03-25T12:00:00Z", "1970-01-01T00:00:00Z" })
    void ignoresTheMachineWhenAGatewayFails(String machineTime) throws Exception {
        TestClock machine = new TestClock(machineTime);
        try (RecordsRoute route = consume(DAILY, machine)) {
            twilio.failOnce(502);
            route.poll();
            assertThat(twilio.windows()).containsOnly("2026-03-12/2026-03-15");
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-15");
        }
    }

    @Test
    void waitsForADayThatTwilioDoesNotHaveYet() throws Exception {
        try (RecordsRoute route = consume(DAILY + "&startDate=today", clock)) {
            twilio.failOnce(404);
            assertThat(route.poll()).isZero();
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-14");
            assertThat(route.poll()).isEqualTo(1);
        }
    }

    @Test
    void failsWhenTwilioDoesNotHaveMoreThanToday() throws Exception {
        try (RecordsRoute route = consume(DAILY, clock)) {
            twilio.failOnce(404);
            assertThatThrownBy(route::poll).hasMessageContaining("404");
        }
    }

    @Test
    void neverReadsAWindowOfTodayAlone() throws Exception {
        try (RecordsRoute route = consume(DAILY + "&startDate=-14days", clock)) {
            route.poll();
            assertThat(twilio.windows()).hasSize(1).containsOnly("2026-03-01/2026-03-15");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "2026-03-14T12:00:00Z", "2026-03-09T12:00:00Z", "2025-03-15T12:00:00Z",
            "1970-01-01T00:00:00Z" })
    void deliversNothingAgainAfterADateThatStaysInThePast(String wrong) throws Exception {
        twilio.hideToday();
        for (String start : List.of("", "&startDate=2026-03-12", "&startDate=2026-02-20", "&startDate=-20days")) {
            clock.set("2026-03-15T12:00:00Z");
            listDays(1, 15);
            try (RecordsRoute route = consume(DAILY + start, clock)) {
                route.poll();
                twilio.date(wrong);
                assertThat(List.of(route.poll(), route.poll(), route.poll())).as(start).containsOnly(0);
                assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-15");
                twilio.list(record("2026-03-13", "sms", "2"), record("2026-03-15", "sms", "1"));
                assertThat(route.poll()).as("corrections").isEqualTo(1);

                twilio.date(null);
                listDays(1, 15);
                route.poll();
                int delivered = route.records().size();
                deliversEveryDayAfterAnOutage(route);
                assertThat(route.records()).as(start).hasSize(delivered + 5);
            }
        }
    }

    /** While Twilio lists nothing, neither the position nor the clock can be checked. */
    @ParameterizedTest
    @CsvSource({ "1, false", "3, false", "1, true", "3, true" })
    void deliversNothingAgainAfterADateInThePastAndEmptyLists(int emptyPolls, boolean restarts) throws Exception {
        String[] all = daysOf2026(74);
        for (String start : List.of("&startDate=2026-03-01", "&startDate=-14days")) {
            MemoryUsageStateRepository state = new MemoryUsageStateRepository();
            twilio.list(all);
            twilio.date(null);
            RecordsRoute route = consume(DAILY + start, clock, state);
            assertThat(List.of(route.poll(), route.poll())).containsExactly(15, 0);
            if (restarts) {
                route.close();
                route = consume(DAILY + start, clock, state);
            }
            try (RecordsRoute last = route) {
                int delivered = last.exchanges().size();
                twilio.hideToday();
                twilio.date("2026-01-20T12:00:00Z");
                twilio.list();
                for (int polls = 0; polls < emptyPolls; polls++) {
                    last.poll();
                }
                twilio.list(all);
                last.poll();
                twilio.date(null);
                for (int polls = 0; polls < 4; polls++) {
                    last.poll();
                }
                assertThat(last.exchanges()).as(start).hasSize(delivered);
                assertThat(last.consumer().getWatermark()).isEqualTo("2026-03-15");
            }
        }
    }

    @Test
    void warnsOnceWhileNeitherTheClockNorThePositionCanBeChecked() throws Exception {
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        try (RecordsRoute route = consume(DAILY, clock, state)) {
            route.poll();
        }
        twilio.hideToday();
        twilio.date("2026-01-20T12:00:00Z");
        twilio.list();
        try (RecordsRoute route = consume(DAILY, clock, state); LoggedEvents log = new LoggedEvents()) {
            assertThat(List.of(route.poll(), route.poll())).containsOnly(0);
            assertThat(log.events()).filteredOn(event -> event.text().contains("by Twilio's clock it is 2026-01-20, but"
                    + " the stored position is") && event.text().contains("watermark=2026-03-15")).hasSize(1);
        }
    }

    /** One empty list for a day that Twilio does list. */
    @Test
    void deliversNothingAgainAfterADateInThePastAndOneEmptyList() throws Exception {
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        twilio.list(daysOf2026(74));
        try (RecordsRoute route = consume(DAILY + "&startDate=2026-03-01", clock, state)) {
            assertThat(List.of(route.poll(), route.poll())).as("the second poll forgets").containsExactly(15, 0);
        }
        twilio.hideToday();
        twilio.date("2026-01-20T12:00:00Z");
        twilio.listOnce();
        try (RecordsRoute route = consume(DAILY + "&startDate=2026-03-01", clock, state)) {
            assertThat(List.of(route.poll(), route.poll())).containsOnly(0);
            twilio.date(null);
            assertThat(List.of(route.poll(), route.poll(), route.poll())).containsOnly(0);
        }
    }

    private static String[] daysOf2026(int days) {
        return IntStream.range(0, days).mapToObj(day -> record(LocalDate.parse("2026-01-01").plusDays(day).toString(),
                "sms", "1")).toArray(String[]::new);
    }

    @Test
    void warnsOnceOfADateThatStaysInThePast() throws Exception {
        try (RecordsRoute route = consume(DAILY, clock)) {
            route.poll();
            twilio.hideToday();
            twilio.date("2026-03-10T12:00:00Z");
            try (LoggedEvents log = new LoggedEvents()) {
                for (int polls = 0; polls < 5; polls++) {
                    route.poll();
                }
                assertThat(log.events())
                        .filteredOn(event -> event.text().contains("by Twilio's clock it is 2026-03-10"))
                        .hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "2026-03-15T12:00:00Z", "1970-01-01T00:00:00Z", "2030-01-01T00:00:00Z" })
    void waitsForFirstDayThatIsNotOver(String machineTime) throws Exception {
        TestClock machine = new TestClock(machineTime);
        try (RecordsRoute route = consume(DAILY + "&startDate=2026-03-15&endDate=yesterday", machine)) {
            assertThat(route.poll()).isZero();
            clock.advance(Duration.ofDays(1));
            machine.advance(Duration.ofDays(1));
            listDays(1, 16);
            assertThat(route.poll()).isEqualTo(1);
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-15");
        }
    }

    /** Five days without a poll. */
    private void deliversEveryDayAfterAnOutage(RecordsRoute route) throws Exception {
        clock.advance(Duration.ofDays(5));
        listDays(1, 20);
        route.poll();
        route.poll();
        assertThat(days(route)).contains(
                IntStream.rangeClosed(12, 20).mapToObj(day -> "2026-03-" + day).toArray(String[]::new));
        assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-20");
    }

    private void listDays(int first, int last) {
        twilio.list(IntStream.rangeClosed(first, last)
                .mapToObj(day -> record("2026-03-%02d".formatted(day), "sms", "1")).toArray(String[]::new));
    }

    private RecordsRoute consume(String uri, TestClock machine) throws Exception {
        return consume(uri, machine, new MemoryUsageStateRepository());
    }

    private RecordsRoute consume(String uri, TestClock machine, MemoryUsageStateRepository state) throws Exception {
        return new RecordsRoute(twilio.account(), machine, uri + "&stateRepository=#bean:state", state,
                exchange -> {});
    }
}
