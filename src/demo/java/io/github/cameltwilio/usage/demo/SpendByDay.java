package io.github.cameltwilio.usage.demo;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.github.cameltwilio.usage.TwilioUsageConstants;
import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.Main;
import org.apache.camel.support.DefaultPollingConsumerPollStrategy;

/**
 * The main job: reads the usage of this month and the last one through a route, shows what was spent on what, leaves
 * the records in a file and a page to look at, and is alerted when the day's spend passes a limit, if Twilio can call
 * this machine, as the simulated one can. Asks Twilio where the environment has {@code TWILIO_ACCOUNT_SID} and
 * {@code TWILIO_AUTH_TOKEN}, else a simulator. Ends once it has shown what Twilio corrects; with {@code --keep-polling}
 * it goes on.
 */
public final class SpendByDay extends RouteBuilder {
    static final Path FILE = Path.of("target", "demo", "usage.jsonl");
    static final Path PAGE = Path.of("target", "demo", "usage.html");
    private static final String TOTAL = "totalprice";
    // What an account may use that sends messages and makes calls, and what contains it.
    private static final String[] CATEGORIES = { "calls", "calls-inbound", "calls-inbound-local", "calls-outbound",
            "calls-recordings", "carrier-lookups", "lookups", "phonenumbers", "phonenumbers-local", "recordings", "sms",
            "sms-inbound", "sms-inbound-longcode", "sms-messages-carrierfees", "sms-outbound", "sms-outbound-longcode",
            "transcriptions", TOTAL };

    private final Clock clock;
    private final String delay;
    private final boolean keepPolling;
    private final SpendTable table = new SpendTable();
    private final SpendPage page = new SpendPage();
    private final CompletableFuture<Void> firstPass = new CompletableFuture<>();
    private final CompletableFuture<Void> corrections = new CompletableFuture<>();
    private LocalDate firstDay;
    private ProducerTemplate template;
    private int received;
    private boolean corrected;

    private SpendByDay(Clock clock, String delay, boolean keepPolling) {
        this.clock = clock;
        this.delay = delay;
        this.keepPolling = keepPolling;
        // Last month is complete, so that this month can be compared with it.
        firstDay = LocalDate.now(clock).withDayOfMonth(1).minusMonths(1);
    }

    public static void main(String[] arguments) throws Exception {
        boolean keepPolling = Arrays.asList(arguments).contains("--keep-polling");
        String accountSid = System.getenv("TWILIO_ACCOUNT_SID");
        String authToken = System.getenv("TWILIO_AUTH_TOKEN");
        if ((accountSid == null) != (authToken == null)) {
            throw new IllegalArgumentException((accountSid == null ? "TWILIO_ACCOUNT_SID" : "TWILIO_AUTH_TOKEN")
                    + " is not set: set it too, or unset the other variable to read from a simulated Twilio");
        }
        if (accountSid != null) {
            System.out.println("Reading the usage of two months from Twilio");
            new SpendByDay(Clock.systemUTC(), "15m", keepPolling).run(
                    Map.of("accountSid", accountSid, "authToken", authToken), null, null);
        } else {
            // At noon there is always something that can grow.
            simulated(keepPolling, Clock.offset(Clock.systemUTC(),
                    Duration.between(LocalTime.now(ZoneOffset.UTC), LocalTime.NOON)));
        }
    }

    static void simulated(boolean keepPolling, Clock clock) throws Exception {
        SpendByDay demo = new SpendByDay(clock, "1s", keepPolling);
        try (TwilioUsageSimulator simulator = TwilioUsageSimulator.builder().clock(clock)
                .accountCreated(demo.firstDay).categories(CATEGORIES).zeroShare(0.1).start()) {
            System.out.println("Reading the usage of two months from a simulated Twilio at " + simulator.baseUrl());
            LocalDate today = LocalDate.now(clock);
            BigDecimal highest = demo.firstDay.datesUntil(today).map(day -> simulator.usage(day, TOTAL).price())
                    .max(BigDecimal::compareTo).orElseThrow();
            SpendAlert alert = new SpendAlert(highest.multiply(new BigDecimal("1.1")));
            demo.run(simulator.componentProperties(), alert, () -> {
                String ofYesterday = demo.table.mostExpensive(today.minusDays(1));
                String ofTheDayBefore = demo.table.mostExpensive(today.minusDays(2));
                System.out.printf("%nCreated a trigger at %s usd per day; usage now grows%n", alert.limit());
                simulator.correct(today, TOTAL, alert.limit().multiply(new BigDecimal("1.1"))
                        .divide(simulator.usage(today, TOTAL).price(), 0, RoundingMode.UP));
                // What Twilio does for days: the figures of a day that is over still change.
                simulator.correct(today.minusDays(2), ofTheDayBefore, new BigDecimal("0.8"));
                simulator.correct(today.minusDays(1), ofYesterday, new BigDecimal("1.25"));
            });
        }
    }

    @Override
    public void configure() {
        from("twilio-usage:records?subresource=daily&rollup=leaf&pageSize=1000&initialDelay=0&delay={{demo.delay}}"
                + "&pollStrategy=#watch&startDate=" + firstDay)
                .process(this::show)
                .to("file:" + FILE.getParent() + "?fileName=" + FILE.getFileName()
                        + "&fileExist=Append&appendChars=\\n");
    }

    /** @param life what goes on at a simulated Twilio after the first pass, or null */
    private void run(Map<String, String> account, SpendAlert alert, Runnable life) throws Exception {
        Files.deleteIfExists(FILE);
        Main main = new Main();
        main.bind("watch", new Watch());
        account.forEach((option, value) -> main.addInitialProperty("camel.component.twilio-usage." + option, value));
        main.addInitialProperty("demo.delay", delay);
        main.start();
        try {
            template = main.getCamelTemplate();
            firstDay = firstDayOf(account.get("accountSid"));
            if (alert != null) {
                main.getCamelContext().addRoutes(alert);
            }
            main.getCamelContext().addRoutes(this);
            firstPass.get();
            System.out.printf("%n%n%s%n", table);
            if (alert != null) {
                life.run();
                TriggerFired fired = alert.fired().get(1, TimeUnit.MINUTES);
                System.out.printf("Alert, signed by Twilio: %s is at %s, above %s%n", fired.usageCategory(),
                        fired.currentValue().toPlainString(), fired.triggerValue().toPlainString());
                corrections.get(1, TimeUnit.MINUTES);
            }
            if (keepPolling) {
                System.out.printf("%nPolling every %s into %s; stop with Ctrl-C%n", delay, PAGE.toAbsolutePath());
                new CountDownLatch(1).await();
            }
            main.stop();
            System.out.printf("%n%d records are in %s%n", received, FILE.toAbsolutePath());
            System.out.printf("Open in a browser: %s%n", PAGE.toAbsolutePath());
        } catch (ExecutionException e) {
            System.err.printf("%nThe first pass failed: %s%n", e.getCause().getMessage());
            System.exit(1);
        } finally {
            main.stop();
        }
    }

    /** Twilio rejects days before the account was created. */
    private LocalDate firstDayOf(String accountSid) {
        List<?> accounts = template.requestBody("twilio-usage:accounts", (Object) null, List.class);
        return accounts.stream().map(Account.class::cast).filter(account -> accountSid.equals(account.sid()))
                .map(Account::firstDay).filter(firstDay::isBefore).findFirst().orElse(firstDay);
    }

    private void show(Exchange exchange) {
        Message message = exchange.getMessage();
        UsageRecord usage = message.getBody(UsageRecord.class);
        table.add(usage);
        page.add(usage);
        received++;
        LocalDate today = LocalDate.now(clock);
        if (!firstPass.isDone()) {
            progress(usage.startDate());
        } else if (keepPolling || usage.startDate().isBefore(today)) {
            boolean update = message.getHeader(TwilioUsageConstants.UPDATE, boolean.class);
            System.out.printf("%s %-30s %12s %s, %s%n", usage.startDate(), usage.category(),
                    usage.price().toPlainString(), usage.priceUnit(), update ? "was " + message
                            .getHeader(TwilioUsageConstants.PREVIOUS_PRICE, BigDecimal.class).toPlainString() : "new");
            // The simulator corrects yesterday last.
            corrected |= update && usage.startDate().equals(today.minusDays(1));
        }
    }

    private void progress(LocalDate day) {
        if (received % 20 == 1) {
            System.out.printf("\r%5d records, now at %s", received, day);
        }
    }

    private void writePage() {
        List<?> triggers = template.requestBody("twilio-usage:triggers?action=list", (Object) null, List.class);
        page.write(PAGE, LocalDate.now(clock), triggers.stream().map(UsageTrigger.class::cast).toList());
    }

    /** Writes the page after each poll, and completes when the first poll ends, or fails with its error. */
    private final class Watch extends DefaultPollingConsumerPollStrategy {

        @Override
        public void commit(Consumer consumer, Endpoint endpoint, int polledMessages) {
            if (polledMessages > 0) {
                writePage();
            }
            firstPass.complete(null);
            if (corrected) {
                corrections.complete(null);
            }
        }

        @Override
        public boolean rollback(Consumer consumer, Endpoint endpoint, int retryCounter, Exception cause)
                throws Exception {
            firstPass.completeExceptionally(cause);
            return super.rollback(consumer, endpoint, retryCounter, cause);
        }
    }
}
