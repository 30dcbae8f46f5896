package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RollupTest extends TwilioUsageTestSupport {
    private static final String TWO_DAYS = "twilio-usage:records?subresource=daily&startDate=2026-03-10&"
            + "endDate=2026-03-11";
    private static final String LEAVES = "twilio-usage:records?startScheduler=false&subresource=daily&rollup=leaf";

    @TempDir
    Path directory;

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).categories("calls", "calls-inbound", "calls-inbound-local",
                "calls-inbound-mobile",
                "calls-outbound", "calls-client", "calls-sip", "calls-sip-inbound", "sms", "recordings",
                "calls-recordings",
                "lookups", "carrier-lookups", "authy-sms-outbound", "totalprice");
    }

    @Test
    void listsEveryCategoryByDefault() {
        assertThat(list(TWO_DAYS)).hasSize(30);
    }

    @Test
    void listsOnlyTotalPriceWithRollupTotal() {
        assertThat(list(TWO_DAYS + "&rollup=total")).hasSize(2).extracting(UsageRecord::category)
                .containsOnly("totalprice");
    }

    @Test
    void leafCategoriesAddUpToTotalPrice() {
        List<UsageRecord> leaves = list(TWO_DAYS + "&rollup=leaf");

        assertThat(leaves).filteredOn(record -> record.startDate().equals(LocalDate.parse("2026-03-10")))
                .extracting(UsageRecord::category).containsExactly("calls-inbound-local", "calls-inbound-mobile",
                        "calls-outbound", "calls-client", "calls-sip-inbound", "sms", "calls-recordings",
                        "carrier-lookups",
                        "unattributed");
        assertThat(pricesByDay(leaves)).isEqualTo(pricesByDay(list(TWO_DAYS + "&rollup=total")));
    }

    @Test
    void listsRemainderOfTotalAsUnattributed() {
        simulator().override("totalprice", LocalDate.parse("2026-03-10"), "price", "\"100000\"");
        List<UsageRecord> leaves = list(TWO_DAYS + "&rollup=leaf");

        assertThat(pricesByDay(leaves).get(LocalDate.parse("2026-03-10"))).isEqualByComparingTo("100000");
        assertThat(leaves).filteredOn(record -> record.category().equals("unattributed")).first()
                .satisfies(record -> assertThat(record.price()).isPositive());
    }

    @Test
    void consumesOnlyTotalPriceWithRollupTotal() throws Exception {
        MockEndpoint mock = consume("twilio-usage:records?subresource=daily&rollup=total&startScheduler=false");
        assertThat(poll()).isEqualTo(4);
        assertThat(usage(mock)).extracting(UsageRecord::category).containsOnly("totalprice");
    }

    @Test
    void consumesLeavesThatAddUpAcrossPages() throws Exception {
        simulator().override("totalprice", LocalDate.parse("2026-03-11"), "price", "\"100000\"");
        MockEndpoint mock = consume(TWO_DAYS + "&rollup=leaf&pageSize=7&startScheduler=false");
        poll();

        assertThat(pricesByDay(usage(mock))).isEqualTo(pricesByDay(list(TWO_DAYS + "&rollup=total")));
        assertThat(usage(mock)).extracting(UsageRecord::category).doesNotContain("calls", "totalprice")
                .contains("unattributed");

        simulator().correct(LocalDate.parse("2026-03-11"), "sms", new BigDecimal("2"));
        mock.reset();
        assertThat(poll()).as("the corrected leaf and the new remainder").isEqualTo(2);
    }

    @Test
    void countsADuplicateLeafOnce() throws Exception {
        try (ScriptedTwilio scripted = new ScriptedTwilio(clock)) {
            scripted.list(priced("sms", "10"), priced("calls", "20"), priced("sms", "10"), priced("totalprice", "30"));
            try (RecordsRoute route = leaves(scripted)) {
                assertThat(route.poll()).isEqualTo(2);
                assertThat(prices(route)).containsExactly("sms 10", "calls 20");
            }
        }
    }

    @Test
    void withdrawsACategoryThatIsNoLongerALeaf() throws Exception {
        try (ScriptedTwilio scripted = new ScriptedTwilio(clock)) {
            scripted.list(priced("calls", "10"), priced("totalprice", "10"));
            try (RecordsRoute route = leaves(scripted)) {
                route.poll();
                scripted.list(priced("calls", "10"), priced("calls-new", "10"), priced("totalprice", "10"));
                assertThat(List.of(route.poll(), route.poll())).containsExactly(2, 0);
                assertThat(prices(route)).containsExactly("calls 10", "calls-new 10", "calls 0");
            }
        }
    }

    @Test
    void withdrawsACategoryThatIsNoLongerListed() throws Exception {
        try (ScriptedTwilio scripted = new ScriptedTwilio(clock)) {
            scripted.list(priced("calls", "10"), priced("calls-new", "7"), priced("totalprice", "10"));
            try (RecordsRoute route = leaves(scripted)) {
                route.poll();
                scripted.list(priced("calls", "10"), priced("totalprice", "10"));
                assertThat(List.of(route.poll(), route.poll())).containsExactly(3, 0);
                assertThat(prices(route)).containsExactly("calls-new 7", "unattributed 3", "calls 10",
                        "unattributed 0", "calls-new 0");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "bean", "file", "database" })
    void withdrawsACategoryThatIsNoLongerListedAfterARestart(String state) throws Exception {
        UsageStateRepository store = state.equals("bean") ? new MemoryUsageStateRepository()
                : state.equals("database") ? new JdbcUsageStateRepository(StateDatabase.create()) : null;
        String uri = LEAVES + (store != null ? "&stateRepository=#bean:state"
                : "&stateFile=" + directory.resolve("usage.state"));
        try (ScriptedTwilio scripted = new ScriptedTwilio(clock)) {
            scripted.list(priced("old", "10"), priced("sms", "1"), priced("totalprice", "12"));
            try (RecordsRoute route = new RecordsRoute(scripted.account(), clock, uri, store, exchange -> {})) {
                route.poll();
                assertThat(prices(route)).containsExactlyInAnyOrder("old 10", "sms 1", "unattributed 1");
            }
            scripted.list(priced("sms", "1"), priced("new", "10"), priced("totalprice", "12"));
            try (RecordsRoute route = new RecordsRoute(scripted.account(), clock, uri, store, exchange -> {})) {
                assertThat(List.of(route.poll(), route.poll())).containsExactly(2, 0);
                assertThat(prices(route)).containsExactlyInAnyOrder("old 0", "new 10");
            }
        }
    }

    @Test
    void aSinkByRecordKeySumsToTheBillAfterEachPoll() throws Exception {
        List<String> names = List.of("calls", "calls-inbound", "calls-inbound-local", "calls-client", "pv", "pv-rooms",
                "video-recordings", "group-rooms-recorded-minutes", "recordings", "calls-recordings", "sms",
                "authy-sms-outbound");
        Random random = new Random(20);
        Map<String, BigDecimal> sink = new HashMap<>();
        try (ScriptedTwilio scripted = new ScriptedTwilio(clock);
                RecordsRoute route = new RecordsRoute(scripted.account(), clock, LEAVES, null,
                        exchange -> sink.put(exchange.getMessage().getHeader("CamelTwilioUsageRecordKey", String.class),
                                exchange.getMessage().getBody(UsageRecord.class).price()))) {
            for (int poll = 0; poll < 200; poll++) {
                // The sum must be right even if the prices of categories contradict each other.
                int bill = 1 + random.nextInt(100);
                List<String> listed = new ArrayList<>(names);
                Collections.shuffle(listed, random);
                scripted.list(Stream.concat(listed.stream().limit(random.nextInt(names.size())).map(name -> priced(name,
                        String.valueOf(random.nextInt(20)))), Stream.of(priced("totalprice", String.valueOf(bill))))
                        .toArray(String[]::new));
                route.poll();

                assertThat(sink.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add)).as("poll %d", poll)
                        .isEqualByComparingTo(BigDecimal.valueOf(bill));
                assertThat(route.poll()).as("nothing changes by itself").isZero();
            }
        }
    }

    /** The second total comes after another day, so that it does not look like a record of the same period. */
    @Test
    void deliversTheFirstOfTwoTotalsOnOtherPages() throws Exception {
        try (ScriptedTwilio scripted = new ScriptedTwilio(clock)) {
            scripted.pageSize(2);
            scripted.list(priced("sms", "10"), priced("totalprice", "10"),
                    priced("sms", "1").replace("-14", "-13"), priced("totalprice", "1").replace("-14", "-13"),
                    priced("totalprice", "12"));
            try (RecordsRoute route = leaves(scripted)) {
                assertThat(List.of(route.poll(), route.poll(), route.poll())).containsExactly(2, 0, 0);
                assertThat(prices(route)).containsExactly("sms 10", "sms 1");
            }
        }
    }

    private RecordsRoute leaves(ScriptedTwilio scripted) throws Exception {
        return new RecordsRoute(scripted.account(), clock, LEAVES, null, exchange -> {});
    }

    private static String priced(String category, String price) {
        return ScriptedTwilio.record("2026-03-14", category, price).replace("\"price\":\"0\"",
                "\"price\":\"" + price + "\"");
    }

    private static List<String> prices(RecordsRoute route) {
        return route.records().stream().map(usage -> usage.category() + " " + usage.price()).toList();
    }

    @Test
    void pollEnrichReturnsLeaves() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:leaves").pollEnrich(TWO_DAYS + "&rollup=leaf", 5000);
            }
        });
        List<?> leaves = template.requestBody("direct:leaves", null, List.class);

        assertThat(leaves).isEqualTo(list(TWO_DAYS + "&rollup=leaf"));
    }

    @Test
    void rejectsOptionsIncompatibleWithRollup() {
        options();
        context.start();
        assertThatThrownBy(() -> list(TWO_DAYS + "&rollup=leaf&category=sms"))
                .hasStackTraceContaining("rollup=leaf cannot be combined with category");
        assertThatThrownBy(() -> list(TWO_DAYS + "&rollup=total&category=sms"))
                .hasStackTraceContaining("rollup=total cannot be combined with category");
        assertThatThrownBy(() -> list(TWO_DAYS + "&rollup=leaf&outputType=stream"))
                .hasStackTraceContaining("rollup=leaf cannot be combined with outputType=stream");
    }

    private static Map<LocalDate, BigDecimal> pricesByDay(List<UsageRecord> records) {
        return records.stream().collect(Collectors.toMap(UsageRecord::startDate,
                record -> record.price().stripTrailingZeros(), (sum, price) -> sum.add(price).stripTrailingZeros()));
    }

    @SuppressWarnings("unchecked")
    private List<UsageRecord> list(String uri) {
        options();
        context.start();
        return template.requestBody(uri, (Object) null, List.class);
    }
}
