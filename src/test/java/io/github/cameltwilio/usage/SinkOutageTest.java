package io.github.cameltwilio.usage;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.ErrorHandlerFactory;
import org.apache.camel.builder.DefaultErrorHandlerBuilder;
import org.apache.camel.builder.NoErrorHandlerBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** A sink that is down costs a few attempts and log lines, and nothing else. */
class SinkOutageTest extends TwilioUsageTestSupport {
    private static final String DAILY = "twilio-usage:records?subresource=daily&endDate=yesterday&startDate=2026-03-01";

    private volatile boolean isDown = true;

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).categoryCount(10);
    }

    @Test
    void attemptsOneExchangePerPollAndWarnsOnce() throws Exception {
        start("&startScheduler=false");
        try (LoggedEvents log = new LoggedEvents()) {
            for (int poll = 0; poll < 60; poll++) {
                assertThatThrownBy(this::poll).hasMessageContaining("exchanges in a row");
            }
            assertThat(sink().getReceivedExchanges()).hasSize(3 + 59);
            assertThat(ours(log)).as("%s", ours(log)).hasSizeLessThan(5)
                    .filteredOn(event -> event.level() == Level.WARN).isNotEmpty();

            isDown = false;
            sink().reset();
            assertThat(poll()).isEqualTo(140);
            assertThat(poll()).isZero();
            assertThat(ours(log)).filteredOn(event -> event.text().contains("works again")).hasSize(1);
        }
        assertThat(usage(sink())).hasSize(140).doesNotHaveDuplicates();
    }

    @Test
    void warnsAgainAboutTheNextOutage() throws Exception {
        start("&startScheduler=false&maxMessagesPerPoll=10");
        try (LoggedEvents log = new LoggedEvents()) {
            for (int outage = 0; outage < 3; outage++) {
                isDown = true;
                for (int poll = 0; poll < 5; poll++) {
                    assertThatThrownBy(this::poll).hasMessageContaining("exchanges in a row");
                }
                isDown = false;
                poll();
            }
            assertThat(ours(log)).filteredOn(event -> event.text().contains("works again")).hasSize(3);
            assertThat(ours(log)).filteredOn(event -> event.level() == Level.WARN).hasSize(3);
        }
    }

    @Test
    void countsAFullQueueAsAnOutage() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(DAILY + "&startScheduler=false").routeId("usage").to("seda:queue?size=5");
            }
        });
        try (LoggedEvents log = new LoggedEvents()) {
            for (int poll = 0; poll < 20; poll++) {
                assertThatThrownBy(this::poll).hasMessageContaining("exchanges in a row");
            }
            assertThat(ours(log)).filteredOn(event -> event.text().contains("Queue full")).hasSize(1);
        }
        assertThat(context.getEndpoint("seda:queue?size=5", SedaEndpoint.class).getCurrentQueueSize()).isEqualTo(5);
    }

    @Test
    void pausesByCamelsOwnBackOffOptions() throws Exception {
        try (LoggedEvents log = new LoggedEvents()) {
            start("&initialDelay=0&delay=10&backoffMultiplier=20&backoffErrorThreshold=2");
            await().until(() -> sink().getReceivedCounter() >= 7);
            List<LoggedEvents.Logged> lines = log.events().stream()
                    .filter(event -> event.level().isMoreSpecificThan(Level.INFO)).toList();
            assertThat(lines).hasSizeLessThan(60);
            isDown = false;
            await().untilAsserted(() -> assertThat(usageConsumer().getDelivered()).isEqualTo(140));
        }
    }

    @Test
    void logsFewLinesWithShortDelay() throws Exception {
        try (LoggedEvents log = new LoggedEvents()) {
            // Camel's own error handler logs each exchange that fails.
            start("&initialDelay=0&delay=20", new DefaultErrorHandlerBuilder());
            long begin = System.nanoTime();
            await().until(() -> sink().getReceivedCounter() >= 3 + 6);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).as("six pauses, each twice as long")
                    .isGreaterThan(Duration.ofMillis(20 * (2 + 4 + 8 + 16 + 32)));
            assertThat(log.events()).filteredOn(event -> event.level().isMoreSpecificThan(Level.INFO))
                    .hasSizeLessThan(36);

            isDown = false;
            await().untilAsserted(() -> assertThat(usageConsumer().getDelivered()).isEqualTo(140));
        }
    }

    /** With the default delay, and with one that would fill a log. */
    @Tag("slow")
    @Test
    void logsAFewDozenLinesInAMinute() throws Exception {
        failWhileDown();
        try (LoggedEvents log = new LoggedEvents()) {
            start(new RouteBuilder() {
                @Override
                public void configure() {
                    from(DAILY + "&initialDelay=0").to("mock:usage");
                    from(DAILY + "&initialDelay=0&delay=1s").to("mock:usage");
                }
            });
            await().until(() -> sink().getReceivedCounter() >= 2 * 3);
            await().atMost(Duration.ofSeconds(90)).during(Duration.ofMinutes(1)).untilAsserted(() -> {
                Map<Boolean, List<String>> lines = log.events().stream()
                        .filter(event -> event.level().isMoreSpecificThan(Level.INFO)).map(LoggedEvents.Logged::text)
                        .collect(Collectors.partitioningBy(line -> line.contains("delay=1s")));
                assertThat(lines.values()).allSatisfy(ofRoute -> assertThat(ofRoute).hasSizeBetween(1, 36));
            });
        }
    }

    @Test
    void doesNotPollGreedilyWhileARecordFails() throws Exception {
        start("&startScheduler=false&greedy=true&maxMessagesPerPoll=10");
        sink().whenAnyExchangeReceived(exchange -> {
            if (usage(exchange).category().equals("category-001")) {
                throw new IllegalStateException("poison");
            }
        });
        assertThat(poll()).isZero();
        assertThat(sink().getReceivedExchanges()).hasSize(10);
    }

    private void start(String options) throws Exception {
        start(options, new NoErrorHandlerBuilder());
    }

    private void failWhileDown() {
        sink().whenAnyExchangeReceived(exchange -> {
            if (isDown) {
                throw new IllegalStateException("the sink is down");
            }
        });
    }

    private void start(String options, ErrorHandlerFactory errorHandler) throws Exception {
        failWhileDown();
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(errorHandler);
                from(DAILY + options).routeId("usage").to("mock:usage");
            }
        });
    }

    private MockEndpoint sink() {
        return getMockEndpoint("mock:usage");
    }

    /** What a user sees: the consumer's lines, and those that Camel logs for it. */
    private static List<LoggedEvents.Logged> ours(LoggedEvents log) {
        return log.events().stream().filter(event -> event.level().isMoreSpecificThan(Level.INFO))
                .filter(event -> event.text().contains("twilio-usage") || event.logger().contains("cameltwilio"))
                .toList();
    }
}
