package io.github.cameltwilio.usage;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.cameltwilio.usage.ScriptedTwilio.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** With {@code maxMessagesPerPoll}, records that change or fail often do not keep others from their turn. */
class FairPollTest extends ScriptedTwilioTestSupport {
    private final Map<String, Integer> deliveries = new HashMap<>();

    @ParameterizedTest
    @CsvSource({ "2, 1, 10", "20, 5, 20", "7, 3, 14" })
    void deliversEveryGrowingRecordInTurn(int categories, int limit, int polls) throws Exception {
        try (RecordsRoute route = consume(DAILY + "&maxMessagesPerPoll=" + limit)) {
            for (int poll = 0; poll < polls; poll++) {
                int count = poll + 1;
                twilio.list(IntStream.range(0, categories)
                        .mapToObj(category -> record("2026-03-15", "c" + category, "" + count)).toArray(String[]::new));
                assertThat(route.poll()).isEqualTo(limit);
            }
            route.records().forEach(usage -> deliveries.merge(usage.category(), 1, Integer::sum));
            assertThat(deliveries).hasSize(categories).values().allSatisfy(
                    times -> assertThat(times).isBetween(polls * limit / categories - 1,
                            polls * limit / categories + 1));
            assertThat(route.consumer().getWatermark()).as("not past what was skipped").isEqualTo("2026-03-14");
        }
    }

    @Test
    void keepsTheTurnWhenEverySecondPollFails() throws Exception {
        try (RecordsRoute route = consume(DAILY + "&maxMessagesPerPoll=1")) {
            for (int poll = 1; poll <= 8; poll++) {
                twilio.list(record("2026-03-15", "a", "" + poll), record("2026-03-14", "a", "1"),
                        record("2026-03-13", "a", "1"));
                route.poll();
                twilio.failOnce(404);
                assertThatThrownBy(route::poll).isInstanceOf(TwilioApiException.class);
            }
            assertThat(days(route)).contains("2026-03-13", "2026-03-14");
        }
    }

    @Test
    void reachesOlderDaysDespiteGrowth() throws Exception {
        try (RecordsRoute route = consume(DAILY + "&maxMessagesPerPoll=2")) {
            for (int poll = 0; poll < 6; poll++) {
                twilio.list(record("2026-03-15", "a", "" + (poll + 1)), record("2026-03-15", "b", "" + (poll + 1)),
                        record("2026-03-14", "a", "1"), record("2026-03-14", "b", "1"));
                route.poll();
            }
            assertThat(route.records()).extracting(UsageRecord::startDate).extracting(Object::toString)
                    .contains("2026-03-14");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3 })
    void deliversAllOthersWhileOneRecordAlwaysFails(int limit) throws Exception {
        twilio.list(IntStream.range(0, 15).mapToObj(category -> record("2026-03-14", "c" + category, "1"))
                .toArray(String[]::new));
        try (RecordsRoute route = consume(DAILY + "&maxMessagesPerPoll=" + limit, exchange -> {
            if (exchange.getMessage().getBody(UsageRecord.class).category().equals("c0")) {
                throw new IllegalStateException("poison");
            }
        })) {
            for (int poll = 0; poll < 20; poll++) {
                route.poll();
            }
            assertThat(route.records()).hasSize(14).doesNotHaveDuplicates();
            assertThat(route.consumer().getWatermark()).isLessThan("2026-03-14");
        }
    }

    @Test
    void deliversAllOtherFiringsWhileOneAlwaysFails() throws Exception {
        twilio.list(IntStream.range(0, 5).mapToObj(trigger -> "{\"sid\":\"UT" + trigger
                + "\",\"recurring\":\"daily\",\"date_fired\":\"Sun, 15 Mar 2026 0" + trigger + ":00:00 +0000\"}")
                .toArray(String[]::new));
        try (RecordsRoute route = consume("twilio-usage:triggers?startScheduler=false&maxMessagesPerPoll=1",
                exchange -> {
                    if (exchange.getMessage().getBody(TriggerFired.class).triggerSid().equals("UT0")) {
                        throw new IllegalStateException("poison");
                    }
                })) {
            for (int poll = 0; poll < 10; poll++) {
                route.poll();
            }
            assertThat(route.exchanges()).hasSize(4);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3 })
    void readsEveryAccountInTurn(int limit) throws Exception {
        String[] accounts = IntStream.range(0, 4).mapToObj(number -> "{\"sid\":\"AC" + ("" + number).repeat(32) + "\"}")
                .toArray(String[]::new);
        try (RecordsRoute route = consume(DAILY + "&splitSubaccounts=true&maxMessagesPerPoll=" + limit)) {
            for (int poll = 0; poll < 24; poll++) {
                twilio.list(record("2026-03-15", "a", "" + (poll + 1)), record("2026-03-15", "b", "" + (poll + 1)));
                twilio.listOnce(accounts);
                assertThat(route.poll()).isEqualTo(limit);
            }
            for (Exchange exchange : route.exchanges()) {
                deliveries.merge(key(exchange), 1, Integer::sum);
            }
            assertThat(deliveries).hasSize(8).values().allSatisfy(
                    times -> assertThat(times).isBetween(24 * limit / 8 - 2, 24 * limit / 8 + 2));
        }
    }
}
