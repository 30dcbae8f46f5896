package io.github.cameltwilio.usage;

import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import io.github.cameltwilio.usage.state.FileUsageStateRepository;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.Scope;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.UnitOfWorkHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class RecordsStateTest {
    private static final String DAILY = "subresource=daily&category=sms,calls&endDate=yesterday&startDate=2026-03-01";
    private static final LocalDate TODAY = LocalDate.parse("2026-03-15");

    private final TestClock clock = new TestClock("2026-03-15T12:00:00Z");

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(builder -> builder.clock(clock)
            .accountCreated(LocalDate.parse("2026-01-01")).categories("sms", "calls").zeroShare(0));

    @TempDir
    Path directory;

    @Test
    void resumesFromFileAfterRestart() throws Exception {
        try (RecordsRoute first = start(inFile())) {
            assertThat(first.poll()).isEqualTo(28);
        }
        simulator().correct(TODAY.minusDays(2), "sms", new BigDecimal("2"));
        clock.advance(Duration.ofDays(1));

        try (RecordsRoute second = start(inFile())) {
            assertThat(second.poll()).isEqualTo(3);
            assertThat(second.records()).extracting(record -> record.category() + " " + record.startDate())
                    .containsExactly("sms 2026-03-15", "sms 2026-03-13", "calls 2026-03-15");
            assertThat(second.exchanges().get(1).getMessage().getHeaders())
                    .containsEntry(TwilioUsageConstants.UPDATE, true).containsKey(TwilioUsageConstants.PREVIOUS_PRICE);
        }
    }

    @Test
    void losesAndDuplicatesNothingOverTwentyRestarts() throws Exception {
        Set<String> delivered = new HashSet<>();
        for (int restart = 0; restart < 20; restart++) {
            try (RecordsRoute route = start(inFile() + "&maxMessagesPerPoll=7")) {
                route.poll();
                route.poll();
                assertThat(route.records()).allSatisfy(
                        record -> assertThat(delivered.add(record.category() + record.startDate())).as("%s", record)
                                .isTrue());
            }
            clock.advance(Duration.ofHours(24));
        }
        try (RecordsRoute route = start(inFile())) {
            route.poll();
            route.records()
                    .forEach(record -> assertThat(delivered.add(record.category() + record.startDate())).isTrue());
        }
        assertThat(delivered).hasSize(2 * (14 + 20));
    }

    @Test
    void rejectsFileInUseByAnotherConsumer() throws Exception {
        try (RecordsRoute first = start(inFile())) {
            assertThat(first.poll()).isPositive();
            assertThatThrownBy(() -> start(inFile())).hasStackTraceContaining("is in use by another consumer");
        }
        start(inFile()).close();
    }

    @Test
    void storesWhatCompletesAfterTheContextStopped() throws Exception {
        List<Exchange> inFlight = new ArrayList<>();
        try (RecordsRoute route = new RecordsRoute(simulator(), clock, inFile(), null, handOverTo(inFlight))) {
            assertThat(route.poll()).isEqualTo(28);
        }
        inFlight.subList(0, 27).forEach(RecordsStateTest::complete);

        try (RecordsRoute next = start(inFile())) {
            assertThat(next.poll()).as("what is still in flight").isEqualTo(1);
            complete(inFlight.get(27));
            assertThat(next.poll()).isZero();
        }
        try (RecordsRoute next = start(inFile())) {
            assertThat(next.poll()).isZero();
        }
    }

    @Test
    void keepsPositionsOfConsumersApartInOneBean() throws Exception {
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        String inBean = "&startDate=-2days&endDate=yesterday&stateRepository=#bean:state";
        try (RecordsRoute daily = new RecordsRoute(simulator(), clock, "subresource=daily" + inBean, state,
                exchange -> {});
                RecordsRoute ownUsage = new RecordsRoute(simulator(), clock,
                        "subresource=daily&includeSubaccounts=false" + inBean, state,
                        exchange -> {});
                RecordsRoute sms = new RecordsRoute(simulator(), clock, "subresource=daily&category=sms" + inBean,
                        state, exchange -> {})) {
            assertThat(List.of(daily.poll(), ownUsage.poll(), sms.poll())).containsExactly(4, 4, 2);
        }
        try (RecordsRoute daily = new RecordsRoute(simulator(), clock, "subresource=daily" + inBean, state,
                exchange -> {})) {
            assertThat(daily.poll()).isZero();
        }
    }

    @Test
    void rejectsStateFileTogetherWithStateRepository() {
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        assertThatThrownBy(
                () -> new RecordsRoute(simulator(), clock, inFile() + "&stateRepository=#bean:state", state,
                        exchange -> {}))
                .hasStackTraceContaining("stateFile=").hasStackTraceContaining("stateRepository");
    }

    @Test
    void deliversNothingAgainWithLongerLookBack() throws Exception {
        try (RecordsRoute route = start(inFile())) {
            assertThat(route.poll()).isPositive();
            assertThat(route.poll()).as("the poll that forgets what is before the look-back").isZero();
        }
        try (RecordsRoute route = start(inFile() + "&lookback=10d")) {
            assertThat(route.poll()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "2026-02-28", "-20days" })
    void rejectsAStartDateBeforeTheStoredOne(String startDate) throws Exception {
        try (RecordsRoute route = start(inFile())) {
            assertThat(route.poll()).isEqualTo(28);
        }
        try (RecordsRoute route = start(inFile().replace("2026-03-01", startDate))) {
            assertThatThrownBy(route::poll).hasMessageContaining("startDate=" + startDate + " is before 2026-03-01");
            assertThat(route.exchanges()).isEmpty();
        }
        for (String later : List.of("2026-03-01", "2026-03-10", "-3days")) {
            try (RecordsRoute route = start(inFile().replace("2026-03-01", later))) {
                assertThat(route.poll()).as(later).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "rollup=leaf", "rollup=total", "category=sms", "includeSubaccounts=false",
            "splitSubaccounts=true", "subresource=monthly" })
    void rejectsAFileAfterAnOptionChangedThatSelectsRecords(String option) throws Exception {
        String file = "endDate=yesterday&stateFile=" + directory.resolve("usage.state");
        try (RecordsRoute route = start(file + "&subresource=daily")) {
            route.poll();
        }
        String changed = option.startsWith("subresource") ? option : "subresource=daily&" + option;
        assertThatThrownBy(() -> start(file + "&" + changed)).hasStackTraceContaining("belongs to another consumer");
    }

    @ParameterizedTest
    @CsvSource({ "ie1,false", "au1,false", "us1,true" })
    void keepsRegionsApart(String region, boolean isDefault) {
        TwilioUsageConfiguration options = new TwilioUsageConfiguration();
        ReaderId records = RecordsOptions.reader(options, List.of(), "AC1");
        ReaderId triggers = TriggerOptions.reader(options);
        options.setRegion(region);

        assertThat(RecordsOptions.reader(options, List.of(), "AC1").equals(records)).isEqualTo(isDefault);
        assertThat(TriggerOptions.reader(options).equals(triggers)).isEqualTo(isDefault);
    }

    @Test
    void recoversFromWatermarkInFuture() throws Exception {
        ReaderId reader = new ReaderId(simulator().accountSid(), Scope.all, Subresource.daily,
                List.of("sms", "calls"));
        try (FileUsageStateRepository state = FileUsageStateRepository.open(directory.resolve("usage.state"), reader)) {
            LocalDate firstDay = TODAY.minusDays(20);
            state.advance(reader, new Position(firstDay, LocalDate.parse("2999-12-31")), firstDay);
        }

        try (RecordsRoute route = start(inFile())) {
            route.poll();
            assertThat(route.records()).extracting(UsageRecord::startDate).containsOnly(TODAY.minusDays(1),
                    TODAY.minusDays(2), TODAY.minusDays(3));
            assertThat(route.poll()).isZero();
        }
    }

    @Test
    void doesNotDuplicateExchangeCompletingDuringNextPoll() throws Exception {
        List<Exchange> inFlight = new ArrayList<>();
        MemoryUsageStateRepository memory = new MemoryUsageStateRepository();
        UsageStateRepository state = (UsageStateRepository) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[]{ UsageStateRepository.class }, (proxy, method, arguments) -> {
                    Object result = method.invoke(memory, arguments);
                    if (method.getName().equals("lastDelivered")) {
                        List.copyOf(inFlight).forEach(RecordsStateTest::complete);
                        inFlight.clear();
                    }
                    return result;
                });
        // A single category fits on one page, so that the first poll reads the state only once.
        String onePage = "subresource=daily&category=sms&endDate=yesterday&startDate=2026-03-01&"
                + "stateRepository=#bean:state";
        try (RecordsRoute route = new RecordsRoute(simulator(), clock, onePage, state, handOverTo(inFlight))) {
            assertThat(List.of(route.poll(), route.poll(), route.poll())).containsExactly(14, 0, 0);
        }
    }

    @Test
    void deliversCorrectionAfterInFlightRecordCompletes() throws Exception {
        List<Exchange> inFlight = new ArrayList<>();
        try (RecordsRoute route = new RecordsRoute(simulator(), clock, DAILY, null, handOverTo(inFlight))) {
            route.poll();
            simulator().correct(LocalDate.parse("2026-03-01"), "sms", new BigDecimal("2"));
            assertThat(route.poll()).isZero();
            inFlight.forEach(RecordsStateTest::complete);
            assertThat(route.poll()).isEqualTo(1);
        }
    }

    @Test
    void deliversNothingInHundredPollsWithoutChange() throws Exception {
        try (RecordsRoute route = start(inFile())) {
            route.poll();
            for (int poll = 0; poll < 100; poll++) {
                clock.advance(Duration.ofMinutes(5));
                assertThat(route.poll()).isZero();
            }
        }
    }

    @Test
    void deliversRecordsCutOffByForcedStopAfterRestart() throws Exception {
        CountDownLatch fifthExchangeStarted = new CountDownLatch(5);
        CountDownLatch neverReleased = new CountDownLatch(1);
        List<String> completed = new CopyOnWriteArrayList<>();
        try (RecordsRoute route = new RecordsRoute(simulator(), clock, inFile(), null, exchange -> {
            fifthExchangeStarted.countDown();
            if (fifthExchangeStarted.getCount() == 0) {
                neverReleased.await();
            }
            completed.add(key(exchange));
        })) {
            route.context().getShutdownStrategy().setTimeout(1);
            ExecutorService poller = Executors.newSingleThreadExecutor();
            poller.execute(() -> assertThatCode(route::poll).doesNotThrowAnyException());
            fifthExchangeStarted.await();
            route.context().getShutdownStrategy().setShutdownNowOnTimeout(true);
            poller.shutdown();
            route.context().stop();
            poller.shutdownNow();
            assertThat(poller.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(completed).hasSize(4);

        try (RecordsRoute next = start(inFile())) {
            assertThat(next.poll()).isEqualTo(24);
            assertThat(next.exchanges()).extracting(RecordsStateTest::key).doesNotContainAnyElementsOf(completed);
        }
    }

    @Test
    void finishesCurrentExchangeOnGracefulStop() throws Exception {
        CountDownLatch fifthExchangeStarted = new CountDownLatch(5);
        CountDownLatch stopping = new CountDownLatch(1);
        int delivered;
        try (RecordsRoute route = new RecordsRoute(simulator(), clock, inFile(), null, exchange -> {
            fifthExchangeStarted.countDown();
            if (fifthExchangeStarted.getCount() == 0) {
                stopping.await();
            }
        })) {
            ExecutorService poller = Executors.newSingleThreadExecutor();
            Future<Integer> poll = poller.submit(route::poll);
            fifthExchangeStarted.await();
            Future<?> stop = CompletableFuture.runAsync(() -> route.context().stop());
            await().until(() -> route.context().isStopping());
            stopping.countDown();
            delivered = poll.get();
            stop.get();
            poller.shutdown();
            assertThat(route.exchanges()).hasSize(delivered);
        }

        try (RecordsRoute next = start(inFile())) {
            assertThat(next.poll()).isEqualTo(28 - delivered);
        }
    }

    @Test
    void losesAndDuplicatesNothingWithDownstreamThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Exchange> handedOver = new ArrayList<>();
        try (RecordsRoute route = new RecordsRoute(simulator(), clock, inFile(), null, handOverTo(handedOver))) {
            assertThat(route.poll()).isEqualTo(28);
            handedOver.forEach(exchange -> threads.execute(() -> complete(exchange)));
            assertThat(route.poll()).isZero();
            threads.shutdown();
            assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            assertThat(route.poll()).isZero();
        }
        try (RecordsRoute next = start(inFile())) {
            assertThat(next.poll()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({ "America/New_York, 0", "Pacific/Kiritimati, 0", "Asia/Kathmandu, 0", "UTC, 26", "UTC, -26" })
    void requestsSameDaysWhateverLocalZoneAndClock(String zone, int hoursAhead) throws Exception {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone(zone));
        TestClock machine = new TestClock("2026-03-06T23:30:00Z");
        machine.advance(Duration.ofHours(hoursAhead));
        TestClock server = new TestClock("2026-03-06T23:30:00Z");
        // The polls span the start of daylight saving time in New York on 8 March.
        try (TwilioUsageSimulator simulator = TwilioUsageSimulator.builder().clock(server)
                .accountCreated(LocalDate.parse("2026-01-01")).categories("sms").zeroShare(0).start();
                RecordsRoute route = new RecordsRoute(simulator, machine,
                        "subresource=daily&stateFile=" + directory.resolve("zone.state"))) {
            for (int poll = 0; poll < 6; poll++) {
                route.poll();
                server.advance(Duration.ofHours(11));
                machine.advance(Duration.ofHours(11));
            }
            assertThat(simulator.requests()).filteredOn(request -> request.path().endsWith("/Daily.json"))
                    .extracting(request -> request.query().replaceAll("&Incl.*", "")).containsExactly(
                            "StartDate=2026-03-03&EndDate=2026-03-06",
                            "StartDate=2026-03-03&EndDate=2026-03-07",
                            "StartDate=2026-03-04&EndDate=2026-03-07",
                            "StartDate=2026-03-04&EndDate=2026-03-08",
                            "StartDate=2026-03-05&EndDate=2026-03-08",
                            "StartDate=2026-03-05&EndDate=2026-03-09");
        } finally {
            TimeZone.setDefault(before);
        }
    }

    private static String key(Exchange exchange) {
        return exchange.getMessage().getHeader(TwilioUsageConstants.RECORD_KEY, String.class);
    }

    /** Takes over the completion of each exchange, as a SEDA queue does, until the test calls {@link #complete}. */
    private static Processor handOverTo(List<Exchange> inFlight) {
        return exchange -> inFlight.add(ExchangeHelper.createCorrelatedCopy(exchange, true));
    }

    private static void complete(Exchange exchange) {
        UnitOfWorkHelper.doneSynchronizations(exchange, exchange.getExchangeExtension().handoverCompletions());
    }

    private String inFile() {
        return DAILY + "&stateFile=" + directory.resolve("usage.state");
    }

    private RecordsRoute start(String options) throws Exception {
        return new RecordsRoute(simulator(), clock, options);
    }

    private TwilioUsageSimulator simulator() {
        return twilio.simulator();
    }
}
