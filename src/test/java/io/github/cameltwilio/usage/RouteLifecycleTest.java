package io.github.cameltwilio.usage;

import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.management.MBeanServer;
import javax.management.ObjectName;

import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.test.junit5.TestExecutionConfiguration;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** However Camel stops and starts a route, nothing is duplicated, lost or delivered out of order. */
class RouteLifecycleTest extends TwilioUsageTestSupport {
    private static final String DAILY = "twilio-usage:records?startScheduler=false&subresource=daily&category=sms"
            + "&endDate=yesterday&startDate=-4days";

    private JdbcDataSource database;

    @TempDir
    Path directory;

    @Override
    public void configureTest(TestExecutionConfiguration configuration) {
        super.configureTest(configuration);
        configuration.withEnableJMX();
    }

    static Stream<Arguments> restarts() {
        return Stream.of("controller", "jmx", "jmxRestart", "controlbus", "all", "remove")
                .flatMap(way -> Stream.of("file", "database", "bean").map(state -> Arguments.of(way, state)));
    }

    @ParameterizedTest
    @MethodSource("restarts")
    void goesOnAfterRestart(String way, String state) throws Exception {
        String uri = DAILY + in(state);
        consume(uri);
        assertThat(poll()).isEqualTo(4);
        for (int times = 0; times < 3; times++) {
            restart(way, uri);
            assertThat(poll()).isZero();
        }
        simulator().correct(LocalDate.parse("2026-03-13"), "sms", new BigDecimal("2"));
        assertThat(poll()).isEqualTo(1);
        assertThat(context.getComponent("twilio-usage", TwilioUsageComponent.class).consumers()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = { "file", "database", "bean", "memory" })
    void takesOverWhatIsInFlight(String state) throws Exception {
        context.getShutdownStrategy().setTimeout(1);
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(DAILY + in(state)).routeId("usage").to("seda:slow");
                from("seda:slow").routeId("slow").autoStartup(false).to("mock:usage");
            }
        });
        assertThat(poll()).isEqualTo(4);
        restart("controller", null);
        simulator().correct(LocalDate.parse("2026-03-13"), "sms", new BigDecimal("2"));
        assertThat(poll()).isZero();
        restart("controller", null);

        context.getRouteController().startRoute("slow");
        MockEndpoint mock = getMockEndpoint("mock:usage");
        await().untilAsserted(() -> assertThat(mock.getReceivedExchanges()).hasSize(4));
        await().untilAsserted(() -> assertThat(poll()).isEqualTo(1));
        await().untilAsserted(() -> assertThat(mock.getReceivedExchanges()).hasSize(5));
        assertThat(mock.getReceivedExchanges().get(4).getMessage().getHeader(TwilioUsageConstants.UPDATE))
                .isEqualTo(true);
        await().untilAsserted(() -> assertThat(poll()).isZero());
        assertThat(mock.getReceivedExchanges()).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = { "size=1", "size=1&discardWhenFull=true", "size=1&blockWhenFull=true", "size=10" })
    void deliversAgainWhatTheRouteDropped(String options) throws Exception {
        String queue = "seda:queue?" + options;
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(DAILY.replace("startScheduler=false", "initialDelay=0&delay=10") + in("file")).routeId("usage")
                        .to(queue);
                from(queue).routeId("queue").autoStartup(false).to("mock:usage");
            }
        });
        SedaEndpoint endpoint = context.getEndpoint(queue, SedaEndpoint.class);
        await().until(
                () -> endpoint.getCurrentQueueSize() == endpoint.getSize() || endpoint.getCurrentQueueSize() == 4);
        // A thread that waits for room in the queue is interrupted, and drops its exchange.
        context.getRouteController().stopRoute("usage", 100, TimeUnit.MILLISECONDS);
        if (!options.startsWith("size=1&")) {
            endpoint.purgeQueue();
        }
        context.getRouteController().startRoute("usage");
        context.getRouteController().startRoute("queue");

        await().untilAsserted(() -> {
            System.gc();
            assertThat(usageConsumer().getWatermark()).isEqualTo("2026-03-14");
        });
        assertThat(keys(getMockEndpoint("mock:usage"))).hasSize(4).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = { "file", "database", "bean" })
    void releasesWhatAnErrorInterrupted(String state) throws Exception {
        // Camel counts the exchange as in flight forever, and would wait for it when it stops.
        context.getShutdownStrategy().setTimeout(1);
        boolean[] fails = { true };
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(DAILY + in(state)).routeId("usage").process(exchange -> {
                    if (fails[0] && exchange.getProperty(Exchange.BATCH_INDEX, Integer.class) == 1) {
                        throw new AssertionError("a bug");
                    }
                }).to("mock:usage");
            }
        });
        // As when the scheduler polls, the thread ends with the error.
        Thread scheduler = new Thread(() -> assertThatThrownBy(this::poll).hasRootCauseMessage("a bug"));
        scheduler.start();
        scheduler.join();
        fails[0] = false;
        restart("controller", null);
        poll();

        assertThat(keys(getMockEndpoint("mock:usage"))).hasSize(4).doesNotHaveDuplicates();
    }

    /** An Error that escaped from a poll would end the polling for good, without a trace. */
    @Test
    void goesOnPollingAfterAnError() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(DAILY.replace("startScheduler=false", "initialDelay=0&delay=10")).routeId("usage")
                        .process(exchange -> {
                            if (calls.incrementAndGet() == 2) {
                                throw new StackOverflowError("a bug");
                            }
                        }).to("mock:usage");
            }
        });

        await().untilAsserted(() -> assertThat(usageConsumer().getWatermark()).isEqualTo("2026-03-14"));
        assertThat(keys(getMockEndpoint("mock:usage"))).hasSize(4).doesNotHaveDuplicates();
    }

    /** As documented: the Error ends Camel's thread for the queue, and a restart of its route makes a new one. */
    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void deliversAgainAfterAnErrorEndedTheThreadOfAQueue(boolean hasErrorHandler) throws Exception {
        context.getShutdownStrategy().setTimeout(1);
        AtomicInteger calls = new AtomicInteger();
        start(new RouteBuilder() {
            @Override
            public void configure() {
                if (!hasErrorHandler) {
                    errorHandler(noErrorHandler());
                }
                from(DAILY + in("file")).routeId("usage").to("seda:queue");
                from("seda:queue").routeId("queue").process(exchange -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new StackOverflowError("a bug");
                    }
                }).to("mock:usage");
            }
        });
        assertThat(poll()).isEqualTo(4);
        SedaEndpoint queue = context.getEndpoint("seda:queue", SedaEndpoint.class);
        // Awaitility would fail because of the Error.
        await().dontCatchUncaughtExceptions().during(Duration.ofMillis(200))
                .until(() -> calls.get() == 1 && queue.getCurrentQueueSize() == 3);
        context.getRouteController().stopRoute("queue");
        context.getRouteController().startRoute("queue");
        await().dontCatchUncaughtExceptions().untilAsserted(() -> {
            System.gc();
            poll();
            assertThat(usageConsumer().getWatermark()).isEqualTo("2026-03-14");
        });
        assertThat(keys(getMockEndpoint("mock:usage"))).hasSize(4).doesNotHaveDuplicates();
    }

    /** As the error says: stop the route and start it. */
    @ParameterizedTest
    @ValueSource(strings = { "usage.state", "usage.state.lock" })
    void restartHelpsAfterAFileWasReplacedWithExchangesInFlight(String replaced) throws Exception {
        context.getShutdownStrategy().setTimeout(1);
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(DAILY + in("file")).routeId("usage").to("seda:slow");
                from("seda:slow").routeId("slow").autoStartup(false).to("mock:usage");
            }
        });
        assertThat(poll()).isEqualTo(4);
        Path file = directory.resolve(replaced);
        Path copy = Files.copy(file, directory.resolve("copy"));
        Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(this::poll).hasMessageContaining("replaced");

        restart("controller", null);

        assertThat(poll()).as("what was in flight").isEqualTo(4);
    }

    @Test
    void startsAfterAFailedStart() throws Exception {
        Path missing = directory.resolve("missing");
        options();
        context.start();
        RouteBuilder route = new RouteBuilder() {
            @Override
            public void configure() {
                from(DAILY + "&stateFile=" + missing.resolve("usage.state")).routeId("usage").to("mock:usage");
            }
        };
        assertThatThrownBy(() -> context.addRoutes(route)).hasStackTraceContaining("does not exist");
        Files.createDirectory(missing);
        context.removeRoute("usage");
        context.addRoutes(route);
        assertThat(poll()).isEqualTo(4);
    }

    @Test
    void releasesTheStateWhenTheSchedulerDoesNotStart() throws Exception {
        String uri = DAILY + in("file");
        assertThatThrownBy(() -> consume(uri + "&scheduler=#bean:unknown")).isInstanceOf(Exception.class);
        context.removeRoute("usage");
        consume(uri);
        assertThat(poll()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "&skipEmpty=false", "&endDate=today", "&pageSize=10" })
    void rejectsASecondRouteOnOneState(String difference) throws Exception {
        String uri = DAILY + in("bean");
        consume(uri);
        RouteBuilder twin = new RouteBuilder() {
            @Override
            public void configure() {
                from(uri.replace("endDate=yesterday", difference.contains("endDate") ? "delay=1" : "endDate=yesterday")
                        + difference + "&initialDelay=1").routeId("twin").to("mock:twin");
            }
        };
        assertThatThrownBy(() -> context.addRoutes(twin)).hasStackTraceContaining("Another route already delivers");

        context.getRouteController().stopRoute("usage");
        context.removeRoute("twin");
        context.addRoutes(twin);
        assertThat(((UsageConsumer) context.getRoute("twin").getConsumer()).poll()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = { "bean", "database" })
    void rejectsASecondComponentOnOneState(String state) throws Exception {
        String uri = DAILY + in(state);
        consume(uri);
        TwilioUsageComponent other = new TwilioUsageComponent();
        other.setConfiguration(options().copy());
        other.setClock(clock);
        context.addComponent("other-usage", other);
        RouteBuilder twin = new RouteBuilder() {
            @Override
            public void configure() {
                from(uri.replace("twilio-usage:", "other-usage:")).routeId("twin").to("mock:twin");
            }
        };
        assertThatThrownBy(() -> context.addRoutes(twin)).hasStackTraceContaining("Another route already delivers");

        assertThat(poll()).isEqualTo(4);
        context.getRouteController().stopRoute("usage");
        context.getRouteController().startRoute("twin");
        assertThat(((UsageConsumer) context.getRoute("twin").getConsumer()).poll()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = { "bean", "database" })
    void rejectsASecondContextOnOneState(String state) throws Exception {
        String uri = DAILY + in(state);
        consume(uri, "seda:slow");
        assertThat(poll()).isEqualTo(4);
        UsageStateRepository store = context.getRegistry().lookupByNameAndType("state", UsageStateRepository.class);
        UsageStateRepository same = state.equals("bean") ? store : new JdbcUsageStateRepository(database);
        assertThatThrownBy(() -> inAnotherContext(uri, same)).hasStackTraceContaining("Another route already delivers");

        context.stop();
        try (RecordsRoute twin = inAnotherContext(uri, same)) {
            assertThat(twin.poll()).as("what was in flight in the context that stopped").isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "seda:slow", "seda:slow?size=1&discardWhenFull=true" })
    void releasesTheFileOfAContextThatStoppedWithExchangesInFlight(String queue) throws Exception {
        String uri = DAILY + in("file");
        consume(uri, queue);
        assertThat(poll()).isEqualTo(4);
        Exchange inFlight = context.getEndpoint(queue, SedaEndpoint.class).getExchanges().get(0);
        context.stop();

        try (RecordsRoute next = inAnotherContext(uri, null)) {
            assertThat(next.poll()).as("what was in flight").isEqualTo(4);
            inFlight.getExchangeExtension().handoverCompletions()
                    .forEach(completion -> completion.onComplete(inFlight));
            assertThat(next.poll()).isZero();
        }
        try (RecordsRoute next = inAnotherContext(uri, null)) {
            assertThat(next.poll()).isZero();
        }
    }

    @Test
    void releasesAFileThatTheNextContextNamesInAnotherWay() throws Exception {
        consume(DAILY + in("file"), "seda:slow");
        assertThat(poll()).isEqualTo(4);
        context.stop();
        Files.createDirectory(directory.resolve("sub"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("usage.state"));

        for (Path other : List.of(directory.resolve("sub/../usage.state"), link)) {
            try (RecordsRoute next = inAnotherContext(DAILY + "&stateFile=" + other, null)) {
                assertThat(next.poll()).as(other + "").isEqualTo(other == link ? 0 : 4);
            }
        }
    }

    private RecordsRoute inAnotherContext(String uri, UsageStateRepository store) throws Exception {
        return new RecordsRoute(simulator().componentProperties(), clock, uri, store, exchange -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = { "bean", "database" })
    void rollupsDoNotTakeRecordsFromEachOther(String state) throws Exception {
        String all = "twilio-usage:records?startScheduler=false&subresource=daily&startDate=-1days&endDate=yesterday"
                + in(state);
        assertThat(pollsOf(all, all + "&rollup=leaf")).containsExactly(2, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = { "bean", "database" })
    void keepsSplitAccountsApartFromOwnOnes(String state) throws Exception {
        String uri = DAILY + in(state);
        assertThat(pollsOf(uri + "&splitSubaccounts=true", uri + "&includeSubaccounts=false")).containsExactly(4, 4);
    }

    private List<Integer> pollsOf(String first, String second) throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(first).routeId("usage").to("mock:usage");
                from(second).routeId("second").to("mock:second");
            }
        });
        return List.of(poll(), ((UsageConsumer) context.getRoute("second").getConsumer()).poll());
    }

    private void restart(String way, String uri) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName bean = ObjectName.getInstance(
                "org.apache.camel:context=" + context.getManagementName() + ",type=routes,name=\"usage\"");
        switch (way) {
            case "controller" -> {
                context.getRouteController().stopRoute("usage");
                context.getRouteController().startRoute("usage");
            }
            case "jmx" -> {
                server.invoke(bean, "stop", null, null);
                server.invoke(bean, "start", null, null);
            }
            case "jmxRestart" -> server.invoke(bean, "restart", null, null);
            case "controlbus" -> {
                template.sendBody("controlbus:route?routeId=usage&action=restart&restartDelay=1", null);
                assertThat(context.getRouteController().getRouteStatus("usage").isStarted()).isTrue();
            }
            case "all" -> {
                context.getRouteController().stopAllRoutes();
                context.getRouteController().startAllRoutes();
            }
            default -> {
                context.getRouteController().stopRoute("usage");
                context.removeRoute("usage");
                consume(uri);
            }
        }
    }

    /** Prepares a state and returns the option that sets it. */
    private String in(String state) {
        switch (state) {
            case "file" :
                return "&stateFile=" + directory.resolve("usage.state");
            case "database" :
                database = StateDatabase.create();
                context.getRegistry().bind("state", new JdbcUsageStateRepository(database));
                return "&stateRepository=#bean:state";
            case "bean" :
                if (context.getRegistry().lookupByName("state") == null) {
                    context.getRegistry().bind("state", new MemoryUsageStateRepository());
                }
                return "&stateRepository=#bean:state";
            default :
                return "";
        }
    }

    private static List<String> keys(MockEndpoint mock) {
        return mock.getReceivedExchanges().stream()
                .map(exchange -> exchange.getMessage().getHeader(TwilioUsageConstants.RECORD_KEY, String.class))
                .toList();
    }
}
