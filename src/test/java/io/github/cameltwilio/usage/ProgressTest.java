package io.github.cameltwilio.usage;

import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import javax.management.JMException;

import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.console.DevConsole;
import org.apache.camel.console.DevConsoleRegistry;
import org.apache.camel.test.junit5.TestExecutionConfiguration;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

class ProgressTest extends TwilioUsageTestSupport {
    private static final String DAILY = "twilio-usage:records?startScheduler=false&subresource=daily&category=sms"
            + "&endDate=yesterday";

    @Override
    public void configureTest(TestExecutionConfiguration configuration) {
        super.configureTest(configuration);
        configuration.withEnableJMX();
    }

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        for (int number = 0; number < 40; number++) {
            simulator.subaccount("sub" + number, LocalDate.parse("2026-01-01"));
        }
        return super.simulated(simulator);
    }

    @Test
    void logsFirstPassAtGrowingGapsAndItsEnd() throws Exception {
        consume(DAILY + "&startDate=2026-01-01&splitSubaccounts=true");
        try (LoggedEvents log = new LoggedEvents()) {
            poll();
            List<String> lines = lines(log, Level.INFO);
            // 41 accounts of six windows each: after 1, 2, 4, ... 128 of them, and at the end.
            assertThat(lines).hasSize(9).element(0).asString().contains("is catching up: 0 of 41 accounts done",
                    "14 of 73 days", "14 exchanges", "per second", "left");
            assertThat(lines.get(8)).contains("has caught up: 2993 exchanges from 41 accounts in PT");
            assertThat(lines(log, Level.DEBUG)).filteredOn(line -> line.contains("accounts done")).hasSize(41 * 6);

            poll();
            assertThat(lines(log, Level.INFO)).as("nothing to catch up on").hasSize(9);
        }
        assertThat(usageConsumer().getProgress()).startsWith("41 of 41 accounts done");
    }

    @Test
    void showsProgressDuringAPoll() throws Exception {
        consume(DAILY + "&startDate=2026-01-01&splitSubaccounts=true").whenExchangeReceived(73 * 2 + 20, exchange -> {
            assertThat(usageConsumer().getProgress()).startsWith("2 of 41 accounts done, 14 of 73 days")
                    .contains(" per second, about PT");
        });
        assertThat(poll()).isEqualTo(41 * 73);
        assertThat(usageConsumer().getDelivered()).isEqualTo(41 * 73);
    }

    @Test
    void showsTheSameInJmxConsoleAndLog() throws Exception {
        List<String> seen = new ArrayList<>();
        consume(DAILY + "&startDate=2026-01-01&splitSubaccounts=true").whenExchangeReceived(27 * 73 + 29, exchange -> {
            seen.add(jmx());
            seen.add(console());
        });
        try (LoggedEvents log = new LoggedEvents()) {
            poll();
            assertThat(lines(log, Level.INFO)).last(as(STRING))
                    .contains("has caught up: 2993 exchanges from 41 accounts");
        }
        assertThat(seen).hasSize(2).allSatisfy(progress -> assertThat(progress)
                .containsPattern(
                        "27 of 41 accounts done, 28 of 73 days of the current one, 1999 exchanges, \\d+ per second,"
                                + " about PT\\S+ left"));
        assertThat(List.of(jmx(), console())).allSatisfy(
                progress -> assertThat(progress).contains("41 of 41 accounts done").doesNotContain("left"));
    }

    @Test
    void countsAnAccountOnceThatIsReadInTwoParts() throws Exception {
        consume(DAILY + "&startDate=2026-03-10&maxMessagesPerPoll=3");
        assertThat(poll()).isEqualTo(3);
        // One part begins after the last record, the other one has those before it.
        simulator().correct(LocalDate.parse("2026-03-14"), "sms", new BigDecimal("2"));
        assertThat(poll()).isEqualTo(3);
        assertThat(usageConsumer().getProgress()).startsWith("1 of 1 account done");
    }

    @Test
    void doesNotClaimToHaveCaughtUpIfAnAccountFailed() throws Exception {
        consume(DAILY + "&startDate=2026-02-01&splitSubaccounts=true");
        simulator().fail(Fault.notFound().onAccount(simulator().subaccountSids().get(0)));
        try (LoggedEvents log = new LoggedEvents()) {
            poll();
            assertThat(lines(log, Level.INFO)).isNotEmpty().noneMatch(line -> line.contains("has caught up"));
            poll();
            assertThat(lines(log, Level.INFO)).last(as(STRING)).contains("has caught up");
        }
    }

    private String jmx() throws JMException {
        return (String) ManagementFactory.getPlatformMBeanServer().getAttribute(context.getManagementStrategy()
                .getManagementObjectNameStrategy().getObjectNameForConsumer(context, usageConsumer()), "Progress");
    }

    private String console() {
        return (String) context.getCamelContextExtension().getContextPlugin(DevConsoleRegistry.class)
                .resolveById("twilio-usage").call(DevConsole.MediaType.TEXT);
    }

    @Test
    void estimatesTheTimeLeft() {
        AtomicLong nanos = new AtomicLong();
        Progress progress = new Progress(null, 4, nanos::get);
        progress.beginAccount(100, true);
        assertThat(progress).hasToString("0 of 4 accounts done, 0 of 100 days of the current one, 0 exchanges,"
                + " 0 per second");
        progress.endAccount(false);
        progress.beginAccount(100, true);
        nanos.set(Duration.ofMinutes(5).toNanos());
        progress.countDelivered(600);
        assertThat(progress).hasToString("1 of 4 accounts done, 0 of 100 days of the current one, 600 exchanges,"
                + " 2 per second, about PT15M left");
    }

    private static List<String> lines(LoggedEvents log, Level level) {
        return log.events().stream().filter(event -> event.level() == level && event.logger().endsWith(".Progress"))
                .map(LoggedEvents.Logged::text).toList();
    }
}
