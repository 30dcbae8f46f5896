package io.github.cameltwilio.usage.demo;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

import io.github.cameltwilio.usage.TwilioUsageConstants;
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
 * The main job: reads a week of usage through a route, shows what was spent on what, and leaves the records in a file.
 * Asks Twilio where the environment has {@code TWILIO_ACCOUNT_SID} and {@code TWILIO_AUTH_TOKEN}, else a simulator.
 * Ends after the first full pass; with {@code --keep-polling} it goes on and shows what changes.
 */
public final class SpendByDay extends RouteBuilder {
    private static final Path FILE = Path.of("target", "demo", "usage.jsonl");

    private final SpendTable table = new SpendTable();
    private final CompletableFuture<Void> firstPass = new CompletableFuture<>();
    private int received;

    public static void main(String[] arguments) throws Exception {
        boolean keepPolling = Arrays.asList(arguments).contains("--keep-polling");
        String accountSid = System.getenv("TWILIO_ACCOUNT_SID");
        String authToken = System.getenv("TWILIO_AUTH_TOKEN");
        if (accountSid != null && authToken != null) {
            System.out.println("Reading a week of usage from Twilio");
            new SpendByDay().run(Map.of("account-sid", accountSid, "auth-token", authToken), "15m", keepPolling);
            return;
        }
        try (TwilioUsageSimulator simulator = TwilioUsageSimulator.start()) {
            System.out.println("Reading a week of usage from a simulated Twilio at " + simulator.baseUrl());
            SpendByDay demo = new SpendByDay();
            if (keepPolling) {
                demo.firstPass.thenRun(() -> correctYesterday(simulator));
            }
            demo.run(Map.of("base-url", simulator.baseUrl().toString(), "account-sid", simulator.accountSid(),
                    "auth-token", simulator.authToken()), "2s", keepPolling);
        }
    }

    @Override
    public void configure() {
        from("twilio-usage:records?subresource=daily&startDate=-6days&pageSize=1000&initialDelay=0&delay={{demo.delay}}"
                + "&pollStrategy=#watch")
                .process(this::show)
                .to("file:" + FILE.getParent() + "?fileName=" + FILE.getFileName() + "&fileExist=Append&appendChars=\\n");
    }

    private void run(Map<String, String> account, String delay, boolean keepPolling) throws Exception {
        Files.deleteIfExists(FILE);
        Main main = new Main();
        main.configure().addRoutesBuilder(this);
        main.bind("watch", new Watch());
        main.addInitialProperty("demo.delay", delay);
        account.forEach((option, value) -> main.addInitialProperty("camel.component.twilio-usage." + option, value));
        main.start();
        try {
            firstPass.get();
            System.out.printf("%n%n%s%n%d records are in %s%n", table, received, FILE.toAbsolutePath());
            if (keepPolling) {
                System.out.printf("%nPolling on every %s; Ctrl-C ends it%n", delay);
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
                    usage.priceUnit(), message.getHeader(TwilioUsageConstants.PREVIOUS_PRICE, BigDecimal.class).toPlainString());
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

    /** What Twilio does for days: the figures of a day that is over still change. */
    private static void correctYesterday(TwilioUsageSimulator simulator) {
        simulator.correct(LocalDate.now(ZoneOffset.UTC).minusDays(1), "sms", new BigDecimal("1.1"));
    }

    /** Tells when the first poll is over, and how. */
    private final class Watch extends DefaultPollingConsumerPollStrategy {

        @Override
        public void commit(Consumer consumer, Endpoint endpoint, int polledMessages) {
            firstPass.complete(null);
        }

        @Override
        public boolean rollback(Consumer consumer, Endpoint endpoint, int retryCounter, Exception cause) throws Exception {
            firstPass.completeExceptionally(cause);
            return super.rollback(consumer, endpoint, retryCounter, cause);
        }
    }
}
