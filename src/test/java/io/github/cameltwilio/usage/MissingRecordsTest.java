package io.github.cameltwilio.usage;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.cameltwilio.usage.ScriptedTwilio.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a list lacks by mistake is delivered later, and what does not exist keeps no watermark back for good. */
class MissingRecordsTest extends ScriptedTwilioTestSupport {
    private static final String SINCE_FEBRUARY = DAILY + "&startDate=2026-02-01";

    @Test
    void neverAcceptsAnEmptyListForAWindowThatHadRecords() throws Exception {
        twilio.list(march(1, 20));
        try (RecordsRoute route = consume(DAILY); LoggedEvents log = new LoggedEvents()) {
            route.poll();
            // Days without a poll, so that the next window has days that no poll has read.
            clock.advance(Duration.ofDays(5));
            for (int poll = 0; poll < 4; poll++) {
                twilio.listOnce();
                twilio.listOnce();
                assertThat(route.poll()).isZero();
                assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-15");
            }
            assertThat(log.events()).filteredOn(event -> event.level() == Level.WARN
                    && event.text().contains("no longer lists anything for")
                    && event.text().contains("from 2026-03-12 to 2026-03-20. ")).hasSize(4);

            assertThat(route.poll()).isEqualTo(5);
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-20");
        }
    }

    @Test
    void doesNotAcceptEmptyListsOfASinglePoll() throws Exception {
        twilio.list(sinceFebruary());
        try (RecordsRoute route = consume(SINCE_FEBRUARY)) {
            for (int list = 0; list < 4; list++) {
                twilio.listOnce();
            }
            assertThat(route.poll()).as("three windows, and the first again").isZero();
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-01-31");
            assertThat(route.poll()).isEqualTo(28 + 15);
        }
    }

    @Test
    void rereadsAnEmptyWindowBetweenOthers() throws Exception {
        twilio.list(sinceFebruary());
        try (RecordsRoute route = consume(SINCE_FEBRUARY)) {
            twilio.listOnce(Stream.of(sinceFebruary()).limit(14).toArray(String[]::new));
            twilio.listOnce();
            assertThat(route.poll()).isEqualTo(28 + 15);
            assertThat(days(route)).doesNotHaveDuplicates();
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-15");
        }
    }

    @Test
    void passesEmptyWindowsBeforeTheFirstRecord() throws Exception {
        twilio.list(march(1, 15));
        try (RecordsRoute route = consume(SINCE_FEBRUARY)) {
            assertThat(route.poll()).isEqualTo(15);
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-15");
            assertThat(twilio.windows().stream().distinct()).hasSize(3);
            assertThat(twilio.windows()).as("two empty windows twice, and one that begins with a gap")
                    .hasSizeLessThanOrEqualTo(6);
        }
    }

    @Test
    void passesListsThatStayEmpty() throws Exception {
        try (RecordsRoute route = consume(SINCE_FEBRUARY)) {
            route.poll();
            route.poll();
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-15");
            int requests = twilio.windows().size();
            route.poll();
            assertThat(twilio.windows()).hasSize(requests + 2);
        }
    }

    /** As documented: the state has values and positions, but not what Twilio listed without delivering it. */
    @Test
    void countsTwoPollsWithoutRecordsAfterARestart() throws Exception {
        twilio.list(march(1, 15));
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        try (RecordsRoute route = consume(DAILY, state)) {
            route.poll();
        }
        clock.advance(Duration.ofDays(2));
        twilio.list();
        try (RecordsRoute route = consume(DAILY, state); LoggedEvents log = new LoggedEvents()) {
            route.poll();
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-15");
            route.poll();
            route.poll();
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-17");
            assertThat(log.events()).filteredOn(event -> event.text().contains("two polls in a row")).hasSize(1)
                    .first().satisfies(event -> assertThat(event.level()).isEqualTo(Level.INFO));

            twilio.list(march(1, 17));
            assertThat(route.poll()).as("the look-back still brings them").isEqualTo(2);
        }
    }

    /** Otherwise the first poll would never be complete, and all would read that far back. */
    @ParameterizedTest
    @ValueSource(booleans = { false, true })
    void readsFarBackOnceADayAlthoughEarlierDaysAreEmpty(boolean hasGap) throws Exception {
        twilio.list(hasGap ? Stream.concat(Stream.of(record("2026-01-20", "sms", "1")), Stream.of(march(2, 18)))
                .toArray(String[]::new) : march(1, 18));
        try (RecordsRoute route = consume(DAILY + "&startDate=2026-01-15&deepLookback=60d");
                LoggedEvents log = new LoggedEvents()) {
            route.poll();
            for (int day = 0; day < 3; day++) {
                clock.advance(Duration.ofDays(1));
                route.poll();
                int requests = twilio.windows().size();
                route.poll();
                assertThat(twilio.windows()).as("look-back only").hasSize(requests + 1);
            }
            assertThat(route.exchanges()).hasSize(18);
            assertThat(log.events()).noneMatch(event -> event.level() == Level.WARN);
        }
    }

    @Test
    void passesEmptyWindowsAfterAFirstPassThatFailed() throws Exception {
        twilio.list(march(1, 16));
        try (RecordsRoute route = consume(SINCE_FEBRUARY); LoggedEvents log = new LoggedEvents()) {
            twilio.listOnce();
            twilio.listOnce();
            twilio.listOnce(march(1, 15));
            // The first empty window is read again.
            twilio.failOnce(404);
            assertThatThrownBy(route::poll).isInstanceOf(TwilioApiException.class);
            clock.advance(Duration.ofDays(1));
            route.poll();
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-16");
            assertThat(days(route)).doesNotHaveDuplicates().hasSize(16);
            assertThat(log.events()).noneMatch(event -> event.text().contains("no longer lists"));
        }
    }

    @Test
    void passesEmptyWindowsAfterTheStoreFailedOnce() throws Exception {
        twilio.list(march(1, 15));
        MemoryUsageStateRepository memory = new MemoryUsageStateRepository();
        AtomicBoolean failed = new AtomicBoolean();
        UsageStateRepository store = (UsageStateRepository) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[]{ UsageStateRepository.class }, (proxy, method, args) -> {
                    if (method.getName().equals("advance") && twilio.windows().contains("2026-03-01/2026-03-15")
                            && !failed.getAndSet(true)) {
                        throw new IllegalStateException("The disk is full");
                    }
                    return method.getName().equals("equals") ? proxy == args[0] : method.invoke(memory, args);
                });
        try (RecordsRoute route = new RecordsRoute(twilio.account(), clock,
                SINCE_FEBRUARY + "&stateRepository=#bean:state", store, exchange -> {})) {
            assertThatThrownBy(route::poll).hasMessage("The disk is full");
            route.poll();
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-15");
            assertThat(route.exchanges()).hasSize(15);
        }
    }

    /** Two mistakes in one poll: the stored values show that there were records. */
    @Test
    void rereadsDeepWindowThatHadRecordsBeforeARestart() throws Exception {
        twilio.list(sinceFebruary());
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        String deep = SINCE_FEBRUARY + "&deepLookback=40d";
        try (RecordsRoute route = consume(deep, state)) {
            route.poll();
        }
        clock.advance(Duration.ofDays(1));
        String[] corrected = sinceFebruary();
        corrected[5] = record("2026-02-06", "sms", "2");
        twilio.list(corrected);
        try (RecordsRoute route = consume(deep, state); LoggedEvents log = new LoggedEvents()) {
            twilio.listOnce(march(12, 15));
            // Three windows, and the first again.
            for (int list = 0; list < 4; list++) {
                twilio.listOnce();
            }
            route.poll();
            assertThat(log.events()).filteredOn(event -> event.text().contains("no longer lists anything for"))
                    .hasSize(1);
            route.poll();
            assertThat(days(route)).containsExactly("2026-02-06");
            int requests = twilio.windows().size();
            route.poll();
            assertThat(twilio.windows()).hasSize(requests + 1);
        }
    }

    private RecordsRoute consume(String uri, MemoryUsageStateRepository state) throws Exception {
        return new RecordsRoute(twilio.account(), clock, uri + "&stateRepository=#bean:state", state, exchange -> {});
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 10, 14, 15, 28 })
    void deliversADayMissingFromOneListBeforeTheLookBack(int day) throws Exception {
        twilio.list(sinceFebruary());
        try (RecordsRoute route = consume(SINCE_FEBRUARY)) {
            String missing = record("2026-02-%02d".formatted(day), "sms", "1");
            int window = (day - 1) / 14;
            for (int before = 0; before <= window; before++) {
                twilio.listOnce(
                        Stream.of(sinceFebruary()).skip(14L * before).limit(14).filter(item -> !item.equals(missing))
                                .toArray(String[]::new));
            }
            assertThat(route.poll()).isEqualTo(28 + 15);
            assertThat(days(route)).doesNotHaveDuplicates();
        }
    }

    @Test
    void deliversACategoryMissingFromOneListBeforeTheLookBack() throws Exception {
        String[] all = IntStream.rangeClosed(1, 15).boxed().flatMap(day -> Stream.of("sms", "calls")
                .map(category -> record("2026-03-%02d".formatted(day), category, "1"))).toArray(String[]::new);
        twilio.list(all);
        try (RecordsRoute route = consume(DAILY + "&startDate=2026-03-01")) {
            twilio.listOnce(Stream.of(all).skip(1).toArray(String[]::new));
            assertThat(route.poll()).isEqualTo(30);
        }
    }

    @Test
    void readsSparseWindowsAtMostTwice() throws Exception {
        twilio.list(record("2026-02-03", "sms", "1"), record("2026-02-20", "sms", "1"),
                record("2026-02-27", "calls", "1"), record("2026-03-15", "sms", "1"));
        try (RecordsRoute route = consume(SINCE_FEBRUARY)) {
            assertThat(route.poll()).isEqualTo(4);
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-15");
            assertThat(twilio.windows()).hasSizeLessThanOrEqualTo(6);
            int requests = twilio.windows().size();
            assertThat(route.poll()).isZero();
            assertThat(twilio.windows()).hasSize(requests + 1);
        }
    }

    @Test
    void deliversAMonthMissingFromOneList() throws Exception {
        String[] months = IntStream.rangeClosed(1, 12).mapToObj(month -> record("2025-%02d-01".formatted(month), "sms",
                "1")).toArray(String[]::new);
        twilio.list(months);
        try (RecordsRoute route = consume(DAILY.replace("daily", "monthly") + "&startDate=2025-01-01")) {
            twilio.listOnce(Stream.of(months).filter(item -> !item.contains("2025-07")).toArray(String[]::new));
            assertThat(route.poll()).isEqualTo(12);
        }
    }

    @Test
    void warnsOnceOfACategoryThatNoResponseHad() throws Exception {
        twilio.list(march(1, 15));
        try (RecordsRoute route = consume(DAILY + "&category=SMS,sns"); LoggedEvents log = new LoggedEvents()) {
            for (int poll = 0; poll < 3; poll++) {
                route.poll();
            }
            assertThat(log.events()).filteredOn(event -> event.level() == Level.WARN)
                    .extracting(event -> event.text().replaceAll(".*(category \\S+).*\\s*", "$1"))
                    .as("names are compared as the record keys are").containsExactly("category sns");
        }
    }

    /** One record for each day from the first of February to the fifteenth of March. */
    private static String[] sinceFebruary() {
        return Stream.concat(IntStream.rangeClosed(1, 28)
                .mapToObj(day -> record("2026-02-%02d".formatted(day), "sms", "1")), Stream.of(march(1, 15)))
                .toArray(String[]::new);
    }

    /** It would look as if the consumer lagged behind, for ever. */
    @Test
    void showsNoWatermarkOfAnAccountThatIsGone() throws Exception {
        String[] accounts = IntStream.of(1, 2).mapToObj(number -> "{\"sid\":\"AC" + ("" + number).repeat(32) + "\"}")
                .toArray(String[]::new);
        try (RecordsRoute route = consume(DAILY + "&splitSubaccounts=true")) {
            twilio.list(march(12, 15));
            twilio.listOnce(accounts);
            route.poll();
            clock.advance(Duration.ofDays(5));
            twilio.list(march(12, 20));
            for (int poll = 0; poll < 3; poll++) {
                twilio.listOnce(accounts[0]);
                route.poll();
            }

            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-20");
        }
    }
}
