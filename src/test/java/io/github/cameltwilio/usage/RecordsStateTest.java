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
    void aFileKeepsThePositionOverARestart() throws Exception {
        try (Life first = life(inFile())) {
            assertThat(first.poll()).isEqualTo(28);
        }
        simulator().correct(TODAY.minusDays(2), "sms", new BigDecimal("2"));
        clock.advance(Duration.ofDays(1));

        try (Life second = life(inFile())) {
            assertThat(second.poll()).isEqualTo(3);
            assertThat(second.records()).extracting(one -> one.category() + " " + one.startDate())
                    .containsExactly("sms 2026-03-15", "sms 2026-03-13", "calls 2026-03-15");
            assertThat(second.exchanges().get(1).getMessage().getHeaders())
                    .containsEntry(TwilioUsageConstants.UPDATE, true).containsKey(TwilioUsageConstants.PREVIOUS_PRICE);
        }
    }

    @Test
    void twentyCleanRestartsLoseNothingAndDoubleNothing() throws Exception {
        Set<String> delivered = new HashSet<>();
        for (int restart = 0; restart < 20; restart++) {
            try (Life life = life(inFile() + "&maxMessagesPerPoll=7")) {
                life.poll();
                life.poll();
                assertThat(life.records()).allSatisfy(
                        one -> assertThat(delivered.add(one.category() + one.startDate())).as("%s", one).isTrue());
            }
            clock.advance(Duration.ofHours(24));
        }
        try (Life life = life(inFile())) {
            life.poll();
            life.records().forEach(one -> assertThat(delivered.add(one.category() + one.startDate())).isTrue());
        }
        assertThat(delivered).hasSize(2 * (14 + 20));
    }

    @Test
    void twoConsumersCannotHaveOneFile() throws Exception {
        try (Life first = life(inFile())) {
            assertThat(first.poll()).isPositive();
            assertThatThrownBy(() -> life(inFile())).hasStackTraceContaining("is in use by another consumer");
        }
        life(inFile()).close();
    }

    @Test
    void aFileStaysOpenForWhatIsInFlightWhenItsRouteStops() throws Exception {
        List<Exchange> inFlight = new ArrayList<>();
        try (Life life = new Life(simulator(), clock, inFile(), null, handedOverTo(inFlight))) {
            assertThat(life.poll()).isEqualTo(28);
        }
        inFlight.subList(0, 27).forEach(RecordsStateTest::complete);
        assertThatThrownBy(() -> life(inFile())).hasStackTraceContaining("is in use");
        complete(inFlight.get(27));

        try (Life next = life(inFile())) {
            assertThat(next.poll()).isZero();
        }
    }

    @Test
    void aBeanKeepsThePositionOfSeveralConsumersApart() throws Exception {
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        String inBean = "&startDate=-2days&endDate=yesterday&stateRepository=#bean:state";
        try (Life daily = new Life(simulator(), clock, "subresource=daily" + inBean, state, one -> {});
                Life own = new Life(simulator(), clock, "subresource=daily&includeSubaccounts=false" + inBean, state,
                        one -> {});
                Life sms = new Life(simulator(), clock, "subresource=daily&category=sms" + inBean, state, one -> {})) {
            assertThat(List.of(daily.poll(), own.poll(), sms.poll())).containsExactly(4, 4, 2);
        }
        try (Life daily = new Life(simulator(), clock, "subresource=daily" + inBean, state, one -> {})) {
            assertThat(daily.poll()).isZero();
        }
    }

    @Test
    void aFileAndABeanAreNotBothTheHome() {
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        assertThatThrownBy(
                () -> new Life(simulator(), clock, inFile() + "&stateRepository=#bean:state", state, one -> {}))
                .hasStackTraceContaining("stateFile=").hasStackTraceContaining("stateRepository");
    }

    @Test
    void aStateFromTheFutureStopsNothing() throws Exception {
        ReaderId reader = new ReaderId(simulator().accountSid(), "all", Subresource.daily,
                List.of("sms", "calls"));
        try (FileUsageStateRepository state = FileUsageStateRepository.open(directory.resolve("usage.state"), reader)) {
            LocalDate never = LocalDate.parse("2999-12-31");
            state.advance(reader, new Position(never, never), never);
        }

        try (Life life = life(inFile())) {
            life.poll();
            assertThat(life.records()).extracting(UsageRecord::startDate).containsOnly(TODAY.minusDays(1),
                    TODAY.minusDays(2), TODAY.minusDays(3));
            assertThat(life.poll()).isZero();
        }
    }

    @Test
    void whatCompletesWhileTheNextPollReadsTheStateIsNotDoubled() throws Exception {
        List<Exchange> inFlight = new ArrayList<>();
        MemoryUsageStateRepository memory = new MemoryUsageStateRepository();
        UsageStateRepository state = (UsageStateRepository) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[]{ UsageStateRepository.class }, (proxy, method, arguments) -> {
                    Object answer = method.invoke(memory, arguments);
                    if (method.getName().equals("lastDelivered")) {
                        List.copyOf(inFlight).forEach(RecordsStateTest::complete);
                        inFlight.clear();
                    }
                    return answer;
                });
        // One category is one page, so the first poll reads the state once.
        String onePage = "subresource=daily&category=sms&endDate=yesterday&startDate=2026-03-01&stateRepository=#bean:state";
        try (Life life = new Life(simulator(), clock, onePage, state, handedOverTo(inFlight))) {
            assertThat(List.of(life.poll(), life.poll(), life.poll())).containsExactly(14, 0, 0);
        }
    }

    @Test
    void aCorrectionOfWhatIsInFlightIsDeliveredAfterItHoweverOldItIs() throws Exception {
        List<Exchange> inFlight = new ArrayList<>();
        try (Life life = new Life(simulator(), clock, DAILY, null, handedOverTo(inFlight))) {
            life.poll();
            simulator().correct(LocalDate.parse("2026-03-01"), "sms", new BigDecimal("2"));
            assertThat(life.poll()).isZero();
            inFlight.forEach(RecordsStateTest::complete);
            assertThat(life.poll()).isEqualTo(1);
        }
    }

    @Test
    void aHundredPollsOfWhatDidNotChangeGiveNothing() throws Exception {
        try (Life life = life(inFile())) {
            life.poll();
            for (int again = 0; again < 100; again++) {
                clock.advance(Duration.ofMinutes(5));
                assertThat(life.poll()).isZero();
            }
        }
    }

    @Test
    void whatAForcedStopCutsOffIsDeliveredByTheNextStart() throws Exception {
        CountDownLatch busy = new CountDownLatch(5);
        CountDownLatch never = new CountDownLatch(1);
        List<String> completed = new CopyOnWriteArrayList<>();
        try (Life life = new Life(simulator(), clock, inFile(), null, exchange -> {
            busy.countDown();
            if (busy.getCount() == 0) {
                never.await();
            }
            completed.add(key(exchange));
        })) {
            life.context().getShutdownStrategy().setTimeout(1);
            ExecutorService poller = Executors.newSingleThreadExecutor();
            poller.execute(() -> assertThatCode(life::poll).doesNotThrowAnyException());
            busy.await();
            life.context().getShutdownStrategy().setShutdownNowOnTimeout(true);
            poller.shutdown();
            life.context().stop();
            poller.shutdownNow();
            assertThat(poller.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(completed).hasSize(4);

        try (Life next = life(inFile())) {
            assertThat(next.poll()).isEqualTo(24);
            assertThat(next.exchanges()).extracting(RecordsStateTest::key).doesNotContainAnyElementsOf(completed);
        }
    }

    @Test
    void aGracefulStopFinishesWhatIsInTheRouteAndLeavesTheRest() throws Exception {
        CountDownLatch busy = new CountDownLatch(5);
        CountDownLatch stopping = new CountDownLatch(1);
        int delivered;
        try (Life life = new Life(simulator(), clock, inFile(), null, exchange -> {
            busy.countDown();
            if (busy.getCount() == 0) {
                stopping.await();
            }
        })) {
            ExecutorService poller = Executors.newSingleThreadExecutor();
            Future<Integer> poll = poller.submit(life::poll);
            busy.await();
            Future<?> stop = CompletableFuture.runAsync(() -> life.context().stop());
            await().until(() -> life.context().isStopping());
            stopping.countDown();
            delivered = poll.get();
            stop.get();
            poller.shutdown();
            assertThat(life.exchanges()).hasSize(delivered);
        }

        try (Life next = life(inFile())) {
            assertThat(next.poll()).isEqualTo(28 - delivered);
        }
    }

    @Test
    void threadsBehindTheConsumerKeepThePromise() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Exchange> handedOver = new ArrayList<>();
        try (Life life = new Life(simulator(), clock, inFile(), null, handedOverTo(handedOver))) {
            assertThat(life.poll()).isEqualTo(28);
            handedOver.forEach(one -> threads.execute(() -> complete(one)));
            assertThat(life.poll()).isZero();
            threads.shutdown();
            assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            assertThat(life.poll()).isZero();
        }
        try (Life next = life(inFile())) {
            assertThat(next.poll()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({ "America/New_York, 0", "Pacific/Kiritimati, 0", "Asia/Kathmandu, 0", "UTC, 26", "UTC, -26" })
    void neitherTheZoneNorTheClockOfThisMachineChangesWhatIsAsked(String zone, int hoursAhead) throws Exception {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone(zone));
        TestClock machine = new TestClock("2026-03-06T23:30:00Z");
        machine.advance(Duration.ofHours(hoursAhead));
        TestClock server = new TestClock("2026-03-06T23:30:00Z");
        // Over the change to summer time in New York.
        try (TwilioUsageSimulator simulator = TwilioUsageSimulator.builder().clock(server)
                .accountCreated(LocalDate.parse("2026-01-01")).categories("sms").zeroShare(0).start();
                Life life = new Life(simulator, machine,
                        "subresource=daily&stateFile=" + directory.resolve("zone.state"))) {
            for (int poll = 0; poll < 6; poll++) {
                life.poll();
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

    /** A route that keeps its exchanges, as a queue behind it would. */
    private static Processor handedOverTo(List<Exchange> inFlight) {
        return exchange -> inFlight.add(ExchangeHelper.createCorrelatedCopy(exchange, true));
    }

    private static void complete(Exchange exchange) {
        UnitOfWorkHelper.doneSynchronizations(exchange, exchange.getExchangeExtension().handoverCompletions());
    }

    private String inFile() {
        return DAILY + "&stateFile=" + directory.resolve("usage.state");
    }

    private Life life(String options) throws Exception {
        return new Life(simulator(), clock, options);
    }

    private TwilioUsageSimulator simulator() {
        return twilio.simulator();
    }
}
