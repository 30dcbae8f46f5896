package io.github.cameltwilio.usage;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.cameltwilio.usage.ScriptedTwilio.record;
import static org.assertj.core.api.Assertions.assertThat;

/** What a consumer does with lists that Twilio does not document. */
class MalformedDataTest extends ScriptedTwilioTestSupport {
    private static final String TO_YESTERDAY = DAILY + "&endDate=yesterday";
    private static final String TRIGGERS = "twilio-usage:triggers?startScheduler=false";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = { "1,234", "1e400", "$5", "NaN",
            "9999999999999999999999999999999999999999999999999999999999999999999" })
    void deliversUnreadableFigureAndItsChanges(String figure) throws Exception {
        twilio.list(record("2026-03-14", "sms", figure));
        try (RecordsRoute route = consume(TO_YESTERDAY)) {
            assertThat(List.of(route.poll(), route.poll())).containsExactly(1, 0);
            twilio.list(record("2026-03-14", "sms", figure + "9"));
            assertThat(List.of(route.poll(), route.poll())).containsExactly(1, 0);
            twilio.list(record("2026-03-14", "sms", "5"));
            assertThat(List.of(route.poll(), route.poll())).containsExactly(1, 0);

            assertThat(headers(route, TwilioUsageConstants.FINGERPRINT)).hasSize(3).doesNotHaveDuplicates();
            assertThat(headers(route, TwilioUsageConstants.UPDATE)).containsExactly(false, true, true);
        }
    }

    @ParameterizedTest
    @CsvSource({ "file, long", "file, half", "database, long", "database, half", "bean, half" })
    void settlesUnusualUnitsAndCategories(String state, String kind) throws Exception {
        String text = kind.equals("long") ? "u".repeat(2100) : "\\ud800";
        UsageStateRepository store = state.equals("bean") ? new MemoryUsageStateRepository()
                : state.equals("database") ? new JdbcUsageStateRepository(StateDatabase.create()) : null;
        String uri = TO_YESTERDAY + (store != null ? "&stateRepository=#bean:state"
                : "&stateFile=" + directory.resolve("usage.state"));
        twilio.list(record("2026-03-13", text, "1").replace("\"usd\"", "\"" + text + "\""),
                record("2026-03-14", "sms", "1"));
        try (RecordsRoute route = new RecordsRoute(twilio.account(), clock, uri, store, exchange -> {})) {
            assertThat(List.of(route.poll(), route.poll())).containsExactly(2, 0);
            assertThat(route.records().get(0).priceUnit()).as("the body has Twilio's text").doesNotContain("-");
        }
        try (RecordsRoute route = new RecordsRoute(twilio.account(), clock, uri, store, exchange -> {})) {
            assertThat(route.poll()).isZero();
            twilio.list(record("2026-03-13", text, "1").replace("\"usd\"",
                    "\"" + (kind.equals("long") ? text + "u" : "\\ud801") + "\""), record("2026-03-14", "sms", "1"));
            assertThat(List.of(route.poll(), route.poll())).as("a changed unit").containsExactly(1, 0);
        }
    }

    @Test
    void readsTheDayOfADateTime() throws Exception {
        twilio.list(record("2026-03-13T00:00:00Z", "sms", "1"), record("2026-03-14T00:00:00Z", "sms", "2"));
        try (RecordsRoute route = consume(TO_YESTERDAY)) {
            assertThat(List.of(route.poll(), route.poll())).containsExactly(2, 0);
            assertThat(headers(route, TwilioUsageConstants.RECORD_KEY)).containsExactly(
                    ScriptedTwilio.ACCOUNT + "|all|daily|2026-03-13|sms",
                    ScriptedTwilio.ACCOUNT + "|all|daily|2026-03-14|sms");
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-14");
        }
    }

    @Test
    void keepsRecordsWithUnreadableDaysApart() throws Exception {
        twilio.list(record("13 March", "sms", "1"), record("14 March", "sms", "2"),
                record("-999999999-01-01", "sms", "3"), record("line\\nbreak", "sms", "4"));
        try (RecordsRoute route = consume(TO_YESTERDAY)) {
            assertThat(List.of(route.poll(), route.poll(), route.poll())).containsExactly(4, 0, 0);
            assertThat(headers(route, TwilioUsageConstants.RECORD_KEY)).doesNotHaveDuplicates()
                    .startsWith(ScriptedTwilio.ACCOUNT + "|all|daily|?|sms|13 March")
                    .noneMatch(key -> key.toString().contains("999999999-12-31") || key.toString().contains("\n"));
            twilio.list(record("13 March", "sms", "7"));
            assertThat(List.of(route.poll(), route.poll())).containsExactly(1, 0);
        }
    }

    @Test
    void redeliversFailedRecordWithUnreadableDay() throws Exception {
        twilio.list(record("13 March", "sms", "1"), record("2026-03-14", "sms", "1"));
        boolean[] fails = { true };
        try (RecordsRoute route = consume(TO_YESTERDAY, exchange -> {
            if (fails[0] && key(exchange).contains("13 March")) {
                throw new IllegalStateException("the sink rejects it");
            }
        })) {
            for (int day = 0; day < 10; day++) {
                route.poll();
                clock.advance(Duration.ofDays(1));
            }
            assertThat(route.consumer().getWatermark()).isLessThan("2026-03-12");
            fails[0] = false;
            route.poll();
            assertThat(headers(route, TwilioUsageConstants.RECORD_KEY)).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({ "daily,10", "daily,2", "daily,1", "monthly,1", "thisMonth,1", "none,1", "allTime,2" })
    void deliversFirstOfRecordsWithOneKey(String list, int pageSize) throws Exception {
        twilio.list(record("2026-03-14", "sms", "1"), record("2026-03-14", "calls", "5"),
                record("2026-03-14", "sms", "2"), record("2026-03-14", "sms", "1"), record("13 March", "sms", "3"),
                record("13 March", "sms", "4"));
        twilio.pageSize(pageSize);
        String uri = list.equals("thisMonth") ? DAILY : TO_YESTERDAY;
        try (RecordsRoute route = consume(uri.replace("=daily", "=" + list));
                LoggedEvents log = new LoggedEvents()) {
            assertThat(List.of(route.poll(), route.poll(), route.poll())).containsExactly(3, 0, 0);
            assertThat(route.records()).extracting(usage -> usage.count().toString()).containsExactly("1", "5", "3");
            assertThat(log.events()).filteredOn(event -> event.text().contains("twice in one list")).hasSize(1)
                    .first().satisfies(event -> assertThat(event.level()).isEqualTo(Level.WARN));

            twilio.list(record("2026-03-14", "calls", "5"), record("2026-03-14", "sms", "2"),
                    record("13 March", "sms", "3"));
            assertThat(List.of(route.poll(), route.poll())).as("a correction").containsExactly(1, 0);
        }
    }

    /** Before the look-back, the second of two values would never be delivered. */
    @Test
    void rereadsAWindowThatContradictsItself() throws Exception {
        twilio.list(march(1, 15));
        String moved = record("2026-03-02", "sms", "7");
        try (RecordsRoute route = consume(TO_YESTERDAY + "&startDate=2026-03-01")) {
            twilio.listOnce(Stream.concat(Stream.of(march(1, 14)), Stream.of(moved)).toArray(String[]::new));
            twilio.list(Stream.of(march(1, 15)).map(item -> item.contains("03-02") ? moved : item)
                    .toArray(String[]::new));
            assertThat(route.poll()).isEqualTo(14 + 1);
            assertThat(route.records().get(14).count()).isEqualByComparingTo("7");
        }
    }

    @Test
    void deliversOlderValuesOfALaggingServerUntilTheNextPoll() throws Exception {
        String newer = asOf("12:00:00", "2");
        twilio.list(newer);
        try (RecordsRoute route = consume(DAILY + "&startDate=2026-03-15")) {
            route.poll();
            twilio.listOnce(asOf("11:00:00", "1"));
            route.poll();
            route.poll();
            assertThat(route.poll()).isZero();
            assertThat(headers(route, TwilioUsageConstants.AS_OF)).extracting(Object::toString)
                    .containsExactly("2026-03-15T12:00Z", "2026-03-15T11:00Z", "2026-03-15T12:00Z");
            assertThat(route.records()).extracting(UsageRecord::count).extracting(Object::toString)
                    .containsExactly("2", "1", "2");
        }
    }

    private static String asOf(String time, String count) {
        return record("2026-03-15", "sms", count).replaceFirst("}$", ",\"as_of\":\"2026-03-15T" + time + "+00:00\"}");
    }

    @Test
    void keepsADuplicateFailedRecordDue() throws Exception {
        twilio.list(record("2026-03-14", "sms", "1"), record("2026-03-14", "calls", "1"),
                record("2026-03-14", "sms", "1"));
        twilio.pageSize(1);
        boolean[] fails = { true };
        try (RecordsRoute route = consume(TO_YESTERDAY, exchange -> {
            if (fails[0] && key(exchange).contains("sms")) {
                throw new IllegalStateException("the sink rejects it");
            }
        }); LoggedEvents log = new LoggedEvents()) {
            assertThat(route.poll()).as("one attempt per poll").isEqualTo(2);
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-13");
            fails[0] = false;
            assertThat(List.of(route.poll(), route.poll())).containsExactly(1, 0);
            assertThat(log.events()).noneMatch(event -> event.text().contains("twice in one list"));
        }
    }

    @Test
    void acceptsAnEmptyListOnlyTheSecondTime() throws Exception {
        twilio.list(record("2026-03-13", "sms", "1"), record("2026-03-14", "sms", "1"));
        try (RecordsRoute route = consume(TO_YESTERDAY)) {
            twilio.listOnce();
            assertThat(List.of(route.poll(), route.poll())).as("one mistake").containsExactly(2, 0);
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-14");
        }
        try (RecordsRoute route = consume(TO_YESTERDAY)) {
            twilio.listOnce();
            twilio.listOnce();
            assertThat(List.of(route.poll(), route.poll())).as("two in a row").containsExactly(0, 2);
        }
    }

    @Test
    void doesNotForgetAfterEmptyLists() throws Exception {
        twilio.list(record("2026-03-13", "sms", "1"), record("2026-03-14", "sms", "1"));
        for (String list : List.of("daily", "thisMonth", "none")) {
            try (RecordsRoute route = consume(
                    "twilio-usage:records?startScheduler=false&subresource=" + list)) {
                assertThat(route.poll()).isEqualTo(2);
                twilio.listOnce();
                twilio.listOnce();
                route.poll();
                assertThat(route.poll()).as(list).isZero();
            }
        }
    }

    @Test
    void keepsRecordDueIfOneListLacksIt() throws Exception {
        twilio.list(record("2026-03-10", "sms", "1"), record("2026-03-14", "sms", "1"));
        boolean[] fails = { true };
        try (RecordsRoute route = consume(TO_YESTERDAY + "&startDate=2026-03-10", exchange -> {
            if (fails[0] && key(exchange).contains("03-10")) {
                throw new IllegalStateException("the sink rejects it");
            }
        })) {
            route.poll();
            twilio.list(record("2026-03-14", "sms", "1"));
            route.poll();
            assertThat(route.consumer().getWatermark()).as("missing once").isEqualTo("2026-03-09");
            twilio.list(record("2026-03-10", "sms", "1"), record("2026-03-14", "sms", "1"));
            fails[0] = false;
            assertThat(route.poll()).isEqualTo(1);
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-14");
        }
    }

    @Test
    void givesUpRecordThatTwoListsInARowLack() throws Exception {
        twilio.list(record("2026-03-10", "sms", "1"), record("2026-03-14", "sms", "1"));
        try (RecordsRoute route = consume(TO_YESTERDAY + "&startDate=2026-03-10", exchange -> {
            if (key(exchange).contains("03-10")) {
                throw new IllegalStateException("the sink rejects it");
            }
        }); LoggedEvents log = new LoggedEvents()) {
            route.poll();
            twilio.list(record("2026-03-14", "sms", "1"));
            route.poll();
            route.poll();
            route.poll();
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-14");
            assertThat(log.events()).filteredOn(event -> event.text().contains("no longer lists it")).hasSize(1);
        }
    }

    @Test
    void remembersRecordThatBeginsBeforeTheWindow() throws Exception {
        twilio.list("{\"category\":\"sms\",\"start_date\":\"2026-03-01\",\"end_date\":\"2026-03-14\","
                + "\"count\":\"1\"}");
        String item = "{\"category\":\"sms\",\"count\":\"1\",\"end_date\":\"2026-03-14\","
                + "\"start_date\":\"2026-03-01\"}";
        try (RecordsRoute route = consume(TO_YESTERDAY + "&startDate=2026-03-10")) {
            twilio.listOnce(item);
            assertThat(route.poll()).isEqualTo(1);
            for (int poll = 0; poll < 3; poll++) {
                twilio.listOnce(item);
                assertThat(route.poll()).isZero();
            }
        }
    }

    @Test
    void expectsChangesOfRecordWithUnreadableEnd() throws Exception {
        twilio.list(record("2026-03-10", "calls", "1").replace("\"end_date\":\"2026-03-10\"", "\"end_date\":\"soon\""),
                record("2026-03-10", "sms", "1"));
        try (RecordsRoute route = consume(TO_YESTERDAY + "&startDate=2026-03-10")) {
            route.poll();
            assertThat(headers(route, TwilioUsageConstants.PROVISIONAL)).containsExactly(true, false);
        }
    }

    @Test
    void leavesOutAccountsWithInvalidSids() throws Exception {
        twilio.list(record("2026-03-14", "sms", "1"));
        try (RecordsRoute route = consume(TO_YESTERDAY + "&splitSubaccounts=true");
                LoggedEvents log = new LoggedEvents()) {
            twilio.listOnce("{\"sid\":\"AC\\n|x\"}", "{\"sid\":null}", "{}",
                    "{\"sid\":\"" + ScriptedTwilio.ACCOUNT + "\"}");
            assertThat(route.poll()).isEqualTo(1);
            assertThat(log.events()).filteredOn(event -> event.text().contains("with an invalid SID")).hasSize(3)
                    .noneMatch(event -> event.text().strip().contains("\n|x"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "once", "Fry, 13 March" })
    void deliversFiringWithUnreadableTimeOnce(String time) throws Exception {
        twilio.list(trigger("a", time), trigger("b", "Sat, 14 Mar 2026 10:00:00 +0000"), trigger("c", null));
        try (RecordsRoute route = consume(TRIGGERS); LoggedEvents log = new LoggedEvents()) {
            assertThat(List.of(route.poll(), route.poll(), route.poll())).containsExactly(2, 0, 0);
            twilio.list(trigger("a", time + " later"), trigger("b", "Sat, 14 Mar 2026 10:00:00 +0000"));
            assertThat(List.of(route.poll(), route.poll())).containsExactly(1, 0);

            assertThat(headers(route, TwilioUsageConstants.FIRING_KEY)).containsExactly(
                    ScriptedTwilio.ACCOUNT + "|UTb|2026-03-14", ScriptedTwilio.ACCOUNT + "|UTa|" + time,
                    ScriptedTwilio.ACCOUNT + "|UTa|" + time + " later");
            assertThat(log.events()).filteredOn(event -> event.text().contains("cannot read the time")).hasSize(2);
        }
    }

    @Test
    void doesNotRefireAfterEmptyOrShortLists() throws Exception {
        String old = trigger("a", "Fri, 13 Mar 2026 10:00:00 +0000");
        String recent = trigger("b", "Sun, 15 Mar 2026 10:00:00 +0000");
        twilio.list(old, recent);
        try (RecordsRoute route = consume(TRIGGERS)) {
            assertThat(route.poll()).isEqualTo(2);
            clock.advance(Duration.ofDays(30));
            for (List<String> lists : List.of(List.<String>of(), List.<String>of(), List.<String>of(),
                    List.of(recent), List.of(recent), List.of(recent))) {
                clock.advance(Duration.ofHours(8));
                twilio.listOnce(lists.toArray(String[]::new));
                assertThat(route.poll()).isZero();
            }
            assertThat(route.poll()).isZero();
        }
    }

    @Test
    void forgetsAFiringMissingFromAllListsOfAWeek() throws Exception {
        String old = trigger("a", "Fri, 13 Mar 2026 10:00:00 +0000");
        String recent = trigger("b", "Sun, 15 Mar 2026 10:00:00 +0000");
        twilio.list(old, recent);
        try (RecordsRoute route = consume(TRIGGERS)) {
            assertThat(route.poll()).isEqualTo(2);
            // Three more days, because the first lists also cover the look-back.
            for (int day = 0; day < 10; day++) {
                clock.advance(Duration.ofDays(1));
                twilio.listOnce(recent);
                assertThat(route.poll()).isZero();
            }
            assertThat(route.poll()).as("delivered as if it were new").isEqualTo(1);
        }
    }

    @Test
    void deliversADuplicateFiringOnce() throws Exception {
        String moved = trigger("a", "Sun, 15 Mar 2026 10:00:00 +0000");
        twilio.list(moved, trigger("b", "Sun, 15 Mar 2026 10:00:00 +0000"), moved);
        try (RecordsRoute route = consume(TRIGGERS)) {
            assertThat(List.of(route.poll(), route.poll())).containsExactly(2, 0);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = { "{\"a\":1};{\"b\":2}", "[\"x\"];[7]", "null;{\"a\":1}" })
    void deliversRecordsWhoseCategoriesCannotBeRead(String first, String second) throws Exception {
        try (RecordsRoute route = consume(DAILY + "&startDate=2026-03-14")) {
            twilio.list(record("2026-03-14", "X", "1").replace("\"X\"", first),
                    record("2026-03-14", "X", "1").replace("\"X\"", second));
            route.poll();
            assertThat(route.poll()).isZero();

            assertThat(route.exchanges()).hasSize(2);
        }
    }

    /** The date of the first response determines which firings a consumer begins with. */
    @ParameterizedTest
    @ValueSource(strings = { "2026-03-17T12:00:00Z", "2026-03-25T12:00:00Z", "2027-03-15T12:00:00Z" })
    void deliversFiringsAfterAWrongDateAtTheFirstPoll(String wrong) throws Exception {
        try (RecordsRoute route = consume("twilio-usage:triggers?startScheduler=false");
                LoggedEvents log = new LoggedEvents()) {
            twilio.hideToday();
            twilio.date(wrong);
            twilio.list();
            route.poll();
            twilio.date(null);
            twilio.list(trigger("a", "Sun, 15 Mar 2026 03:00:00 +0000"),
                    trigger("b", "Thu, 12 Mar 2026 03:00:00 +0000"));
            for (int poll = 0; poll < 4; poll++) {
                route.poll();
            }

            assertThat(route.exchanges()).hasSize(2);
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-15");
            assertThat(log.events()).filteredOn(event -> event.text().contains("is in the future")).hasSize(1);
        }
    }

    private static String trigger(String name, String fired) {
        return "{\"sid\":\"UT" + name + "\",\"account_sid\":\"" + ScriptedTwilio.ACCOUNT
                + "\",\"recurring\":\"daily\",\"trigger_value\":\"1\",\"date_fired\":"
                + (fired == null ? "null" : "\"" + fired + "\"") + "}";
    }
}
