package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageChange;
import io.github.cameltwilio.usage.state.UsageValues;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.UnitOfWorkHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.github.cameltwilio.usage.ScriptedTwilio.record;
import static org.assertj.core.api.Assertions.assertThat;

/** In the end, the sink has the value that Twilio lists, whatever came in between. */
class LastValueTest extends ScriptedTwilioTestSupport {
    private static final LocalDate FIRST_DAY = LocalDate.parse("2026-02-01");

    private final Map<String, String> sink = new HashMap<>();

    @Test
    void followsACorrectionThatIsTakenBackWhileInFlight() throws Exception {
        List<Exchange> held = new ArrayList<>();
        try (RecordsRoute route = consume(DAILY, exchange -> {
            if (count(exchange).equals("2")) {
                // As seda: does.
                held.add(ExchangeHelper.createCorrelatedCopy(exchange, true));
            } else {
                put(exchange);
            }
            if (day(exchange).equals("2026-03-16")) {
                held.forEach(LastValueTest::complete);
                held.forEach(this::put);
            }
        })) {
            twilio.list(march(12, 15));
            route.poll();
            twilio.list(corrected());
            route.poll();
            assertThat(held).hasSize(1);

            clock.advance(Duration.ofDays(1));
            twilio.list(march(12, 16));
            route.poll();
            assertThat(sink).as("the correction has just arrived").containsEntry("2026-03-12", "2");
            route.poll();
        }
        assertThat(sink).containsEntry("2026-03-12", "1");
    }

    @Test
    void deliversAnOldValueAgainAfterAFailedCorrection() throws Exception {
        AtomicBoolean fails = new AtomicBoolean();
        try (RecordsRoute route = consume(DAILY, exchange -> putAndFail(exchange, fails))) {
            twilio.list(march(12, 15));
            route.poll();
            fails.set(true);
            twilio.list(corrected());
            route.poll();
            assertThat(sink).containsEntry("2026-03-12", "2");

            fails.set(false);
            twilio.list(march(12, 15));
            assertThat(route.poll()).isEqualTo(1);
            assertThat(route.poll()).isZero();
        }
        assertThat(sink).containsEntry("2026-03-12", "1");
    }

    @Test
    void deliversAZeroAfterAFailedFirstDelivery() throws Exception {
        AtomicBoolean fails = new AtomicBoolean(true);
        try (RecordsRoute route = consume(DAILY, exchange -> putAndFail(exchange, fails))) {
            twilio.list(march(15, 15));
            route.poll();
            fails.set(false);
            twilio.list(record("2026-03-15", "sms", "0"));
            assertThat(route.poll()).isEqualTo(1);
            assertThat(route.poll()).isZero();
        }
        assertThat(sink).containsEntry("2026-03-15", "0");
    }

    /** Another node has delivered all days while this one was paused in its first window. */
    @Test
    void leavesDaysToAnotherNodeThatHasPassedThem() throws Exception {
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        AtomicReference<ReaderId> reader = new AtomicReference<>();
        twilio.list(sinceFebruary("1"));
        try (RecordsRoute route = new RecordsRoute(twilio.account(), clock,
                DAILY + "&startDate=2026-02-01&pageSize=1000&stateRepository=#bean:state", state, exchange -> {
                    if (sink.isEmpty()) {
                        deliverAll(state, reader.get(), "2");
                    }
                    put(exchange);
                });
                LoggedEvents log = new LoggedEvents()) {
            reader.set(route.consumer().reader());
            assertThat(route.poll()).as("the first window").isEqualTo(14);
            assertThat(log.events()).anyMatch(event -> event.text().contains("another node")
                    && event.text().contains("has passed 2026-02-15"));
            twilio.list(sinceFebruary("2"));
            assertThat(route.poll()).isZero();
            assertThat(route.consumer().getWatermark()).isEqualTo("2026-03-15");
        }
        assertThat(sink).containsEntry("2026-02-15", "2").containsEntry("2026-03-10", "2");
    }

    @ParameterizedTest
    @CsvSource({ "thisMonth, 2026-03-01, 2026-04-01", "yesterday, 2026-03-14, 2026-03-15" })
    void knowsTheLastPeriodWhenAServerThatLagsListsItOnceMore(String list, String last, String current)
            throws Exception {
        twilio.list(record(last, "sms", "5"));
        try (RecordsRoute route = consume(DAILY.replace("daily", list))) {
            assertThat(route.poll()).isEqualTo(1);
            clock.set((list.equals("yesterday") ? "2026-03-16" : current) + "T00:05:00Z");
            twilio.list(record(current, "sms", "1"));
            assertThat(route.poll()).isEqualTo(1);
            twilio.list(record(last, "sms", "5"));
            assertThat(route.poll()).as("delivered already").isZero();
            twilio.list(record(current, "sms", "1"));
            assertThat(route.poll()).isZero();
        }
    }

    private static String[] corrected() {
        return new String[]{ record("2026-03-12", "sms", "2"), record("2026-03-13", "sms", "1"),
                record("2026-03-14", "sms", "1"), record("2026-03-15", "sms", "1") };
    }

    private static String[] sinceFebruary(String count) {
        return FIRST_DAY.datesUntil(LocalDate.parse("2026-03-16")).map(day -> record(day.toString(), "sms", count))
                .toArray(String[]::new);
    }

    private void deliverAll(MemoryUsageStateRepository state, ReaderId reader, String count) {
        twilio.list(sinceFebruary(count));
        LocalDate today = LocalDate.parse("2026-03-15");
        UsageValues values = new UsageValues(new BigDecimal(count), null, BigDecimal.ZERO, null, BigDecimal.ZERO,
                "usd");
        FIRST_DAY.datesUntil(today.plusDays(1)).forEach(day -> {
            sink.put(day.toString(), count);
            state.delivered(reader, List.of(new UsageChange(new RecordKey(reader.accountSid(), reader.scope(),
                    reader.list(), day, "sms"), Optional.empty(), values)));
        });
        state.advance(reader, state.position(reader).orElseThrow().advancedTo(today), today.minusDays(3));
    }

    private static void complete(Exchange exchange) {
        UnitOfWorkHelper.doneSynchronizations(exchange, exchange.getExchangeExtension().handoverCompletions());
    }

    private void put(Exchange exchange) {
        sink.put(day(exchange), count(exchange));
    }

    private void putAndFail(Exchange exchange, AtomicBoolean fails) {
        put(exchange);
        if (fails.get()) {
            throw new IllegalStateException("The step after the sink failed");
        }
    }

    private static String day(Exchange exchange) {
        return exchange.getMessage().getBody(UsageRecord.class).startDate().toString();
    }

    private static String count(Exchange exchange) {
        return exchange.getMessage().getBody(UsageRecord.class).count().toString();
    }
}
