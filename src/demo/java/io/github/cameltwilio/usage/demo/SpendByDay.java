package io.github.cameltwilio.usage.demo;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.github.cameltwilio.usage.TwilioUsageConstants;
import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.support.DefaultPollingConsumerPollStrategy;

/**
 * The main job: reads a week of usage through a route, shows what was spent on what, leaves the records in a file, and
 * is alerted when the day's spend passes a limit, if Twilio can call this machine, as the simulated one can.
 * Asks Twilio where the environment has {@code TWILIO_ACCOUNT_SID} and {@code TWILIO_AUTH_TOKEN}, else a simulator.
 * Ends after the first full pass; with {@code --keep-polling} it goes on and shows what changes.
 */
public final class SpendByDay extends RouteBuilder {
    private static final Path FILE = Path.of("target", "demo", "usage.jsonl");
    private static final String TOTAL = "totalprice";

    private final String delay;
    private final SpendTable table = new SpendTable();
    private final CompletableFuture<Void> firstPass = new CompletableFuture<>();
    private final CompletableFuture<Void> shown = new CompletableFuture<>();
    private int received;

    private SpendByDay(String delay) {
        this.delay = delay;
    }

    public static void main(String[] arguments) throws Exception {
        boolean keepPolling = Arrays.asList(arguments).contains("--keep-polling");
        String accountSid = System.getenv("TWILIO_ACCOUNT_SID");
        String authToken = System.getenv("TWILIO_AUTH_TOKEN");
        if (accountSid != null && authToken != null) {
            System.out.println("Reading a week of usage from Twilio");
            new SpendByDay("15m").run(Map.of("accountSid", accountSid, "authToken", authToken), keepPolling, null);
        } else {
            simulated(keepPolling);
        }
    }

    private static void simulated(boolean keepPolling) throws Exception {
        // At noon there is always something that can grow.
        Clock noon = Clock.offset(Clock.systemUTC(),
                Duration.between(LocalTime.now(ZoneOffset.UTC), LocalTime.NOON));
        try (TwilioUsageSimulator simulator = TwilioUsageSimulator.builder().clock(noon).start()) {
            System.out.println("Reading a week of usage from a simulated Twilio at " + simulator.baseUrl());
            LocalDate today = LocalDate.now(noon);
            SpendAlert alert = new SpendAlert(simulator.usage(today, TOTAL).price().multiply(new BigDecimal("1.5")));
            SpendByDay demo = new SpendByDay("2s");
            demo.shown.thenRun(() -> {
                System.out.printf("%nCreated a trigger at %s usd per day; usage now grows%n", alert.limit());
                simulator.correct(today, TOTAL, new BigDecimal("2"));
                if (keepPolling) {
                    // What Twilio does for days: the figures of a day that is over still change.
                    simulator.correct(today.minusDays(1), "sms", new BigDecimal("1.1"));
                }
            });
            demo.run(simulator.componentProperties(), keepPolling, alert);
        }
    }

    @Override
    public void configure() {
        from("twilio-usage:records?subresource=daily&startDate=-6days&pageSize=1000&initialDelay=0&delay={{demo.delay}}"
                + "&pollStrategy=#watch")
                .process(this::show)
                .to("file:" + FILE.getParent() + "?fileName=" + FILE.getFileName()
                        + "&fileExist=Append&appendChars=\\n");
    }

    private void run(Map<String, String> account, boolean keepPolling, SpendAlert alert) throws Exception {
        Files.deleteIfExists(FILE);
        Main main = new Main();
        main.configure().addRoutesBuilder(this);
        if (alert != null) {
            main.configure().addRoutesBuilder(alert);
        }
        main.bind("watch", new Watch());
        main.addInitialProperty("demo.delay", delay);
        account.forEach((option, value) -> main.addInitialProperty("camel.component.twilio-usage." + option, value));
        main.start();
        try {
            firstPass.get();
            System.out.printf("%n%n%s%n%d records are in %s%n", table, received, FILE.toAbsolutePath());
            shown.complete(null);
            if (alert != null) {
                TriggerFired fired = alert.fired().get(1, TimeUnit.MINUTES);
                System.out.printf("Alert, signed by Twilio: %s is at %s, above %s%n", fired.usageCategory(),
                        fired.currentValue().toPlainString(), fired.triggerValue().toPlainString());
            }
            if (keepPolling) {
                System.out.printf("%nPolling every %s; stop with Ctrl-C%n", delay);
                new CountDownLatch(1).await();
            }
        } catch (ExecutionException e) {
            System.err.printf("%nThe first pass failed: %s%n", e.getCause().getMessage());
            System.exit(1);
        } finally {
            main.stop();
        }
    }

    private void show(Exchange exchange) {
        Message message = exchange.getMessage();
        UsageRecord usage = message.getBody(UsageRecord.class);
        table.add(usage);
        received++;
        if (!firstPass.isDone()) {
            progress(usage.startDate());
        } else if (message.getHeader(TwilioUsageConstants.UPDATE, boolean.class)) {
            System.out.printf("%s %-30s %12s %s, was %s%n", usage.startDate(), usage.category(), usage.price(),
                    usage.priceUnit(),
                    message.getHeader(TwilioUsageConstants.PREVIOUS_PRICE, BigDecimal.class).toPlainString());
        } else {
            System.out.printf("%s %-30s %12s %s, new%n", usage.startDate(), usage.category(), usage.price(),
                    usage.priceUnit());
        }
    }

    private void progress(LocalDate day) {
        if (received % 20 == 1) {
            System.out.printf("\r%5d records, now at %s", received, day);
        }
    }

    /** Completes when the first poll ends, or fails with its error. */
    private final class Watch extends DefaultPollingConsumerPollStrategy {

        @Override
        public void commit(Consumer consumer, Endpoint endpoint, int polledMessages) {
            firstPass.complete(null);
        }

        @Override
        public boolean rollback(Consumer consumer, Endpoint endpoint, int retryCounter, Exception cause)
                throws Exception {
            firstPass.completeExceptionally(cause);
            return super.rollback(consumer, endpoint, retryCounter, cause);
        }
    }
}
