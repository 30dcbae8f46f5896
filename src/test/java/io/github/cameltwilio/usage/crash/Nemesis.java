package io.github.cameltwilio.usage.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.github.cameltwilio.usage.SimulatedTime;
import io.github.cameltwilio.usage.TwilioUsageComponent;
import io.github.cameltwilio.usage.TwilioUsageConfiguration;
import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.awaitility.core.ConditionTimeoutException;

import static org.awaitility.Awaitility.await;

/**
 * Lets the world fail around a consumer whose process lives on and which reads a {@link ChangingTwilio}. When the world
 * works again and the consumer has caught up, its deliveries are compared with the simulator's data.
 */
final class Nemesis implements AutoCloseable {

    /** What fails for the time of a round. */
    enum Trouble {
        DISK_FULL,
        STORE_FAILS,
        DATABASE_READ_ONLY,
        DATABASE_LOCKED,
        WRONG_DATE_ONCE,
        WRONG_DATE,
        NO_DATE,
        ROUTE_RESTARTED,
        ROUTE_REPLACED,
        EXCHANGES_FAIL,
        EXCHANGES_ROLLED_BACK,
        ROUTE_INTERRUPTED,
        SINK_DOWN,
        SINK_DOWN_FOR_A_WEEK
    }

    /**
     * @param neverDelivered records of which no delivery was found; like {@code stale} and {@code disordered}, always 0
     *                       for a correct consumer
     * @param stale          records whose last delivery is out of date
     * @param disordered     deliveries of values that Twilio listed before those of the delivery before
     * @param repeats        deliveries equal to the one before, at most as many as were in flight when something failed
     * @param keys           records that were compared
     */
    record Outcome(boolean caughtUp, int neverDelivered, int stale, int disordered, int repeats, int inFlight, int keys,
            int deliveries) {

        static Outcome parse(String text) {
            String[] fields = text.split(" ");
            int[] figures = List.of(fields).subList(1, fields.length).stream().mapToInt(Integer::parseInt).toArray();
            return new Outcome(Boolean.parseBoolean(fields[0]), figures[0], figures[1], figures[2], figures[3],
                    figures[4], figures[5], figures[6]);
        }

        String text() {
            return caughtUp + " " + neverDelivered + " " + stale + " " + disordered + " " + repeats + " " + inFlight
                    + " " + keys + " " + deliveries;
        }
    }

    private static final LocalDate TODAY = LocalDate.parse("2026-02-10");
    private static final Duration TICK = Duration.ofMillis(10);
    private static final List<String> SINKS = List.of("direct:sink", "seda:sink", "seda:sinks?concurrentConsumers=3",
            "seda:small?size=5", "seda:discarding?size=5&discardWhenFull=true");
    // Long enough that a slow machine does not look like a lost record.
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int[] MAX_MESSAGES_PER_POLL = { 0, 0, 5, 17 };

    private final Random random;
    private final Variant variant;
    private final ChangingTwilio twilio;
    private final Gateway gateway;
    private final Sink sink;
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final Path file;
    private final SharedDatabase database;
    private final UnreliableStore store;
    private final Duration patience;
    private final EnumSet<Trouble> active = EnumSet.noneOf(Trouble.class);
    private final List<String> log = new ArrayList<>();
    private Connection lock;
    private int inFlightAtFailures;

    /**
     * @param file     where the consumer keeps its state, or null
     * @param database where the consumer keeps its state if there is no file, or null for its memory
     */
    Nemesis(long seed, Variant variant, Path file, SharedDatabase database) throws Exception {
        this.random = new Random(seed);
        this.variant = variant;
        this.twilio = new ChangingTwilio(seed, random, TODAY);
        this.gateway = new Gateway(twilio.baseUrl(), twilio.clock());
        this.sink = new Sink(random, variant);
        this.file = file;
        this.database = database;
        UsageStateRepository repository = database == null ? new MemoryUsageStateRepository()
                : new JdbcUsageStateRepository(database.user());
        this.store = new UnreliableStore(repository, random, variant, twilio::today,
                () -> LocalDate.ofInstant(twilio.clock().instant().plus(gateway.deviation()), ZoneOffset.UTC));
        // A defective variant may never catch up with what failed.
        this.patience = variant == Variant.PRODUCTION ? PATIENCE : Duration.ofSeconds(3);
        startContext();
        isCaughtUp(PATIENCE);
    }

    /** Runs in a process of its own whose files can be limited in size. */
    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[0]);
        try (Nemesis nemesis = new Nemesis(seed, Variant.PRODUCTION, Path.of(arguments[2]), null)) {
            String outcome = nemesis.run(Integer.parseInt(arguments[1])).text();
            nemesis.log.forEach(System.out::println);
            System.out.println(outcome);
        }
        System.exit(0);
    }

    Outcome run(int rounds) throws Exception {
        List<Trouble> possible = new ArrayList<>(EnumSet.allOf(Trouble.class));
        possible.removeAll(file != null
                ? EnumSet.of(Trouble.STORE_FAILS, Trouble.DATABASE_READ_ONLY, Trouble.DATABASE_LOCKED)
                : EnumSet.of(Trouble.DISK_FULL));
        for (int round = 0; round < rounds; round++) {
            Collections.shuffle(possible, random);
            run(possible.subList(0, 1 + random.nextInt(3)));
            if (random.nextInt(3) == 0) {
                isCaughtUp(patience);
            }
        }
        return catchUpAndCompare();
    }

    /** Runs one round with the given troubles at once. */
    void run(Collection<Trouble> troubles) throws Exception {
        log.add(twilio.clock().instant() + " " + troubles);
        for (Trouble trouble : troubles) {
            inFlightAtFailures += sink.inFlight();
            active.add(trouble);
            begin(trouble);
            tick(1 + random.nextInt(5));
        }
        int requests = gateway.requests();
        for (int ticks = 5 + random.nextInt(20); ticks > 0
                || gateway.requests() < requests + 5 && ticks > -20; ticks--) {
            tick(1);
        }
        List<Trouble> ended = new ArrayList<>(troubles);
        Collections.shuffle(ended, random);
        for (Trouble trouble : ended) {
            inFlightAtFailures += sink.inFlight();
            end(trouble);
            active.remove(trouble);
            tick(random.nextInt(3));
        }
        ensureStarted();
    }

    /** Catches up, corrects each of the last three days once more, and catches up again. */
    Outcome catchUpAndCompare() throws Exception {
        boolean caughtUp = isCaughtUp(patience);
        twilio.correctTheLastDays();
        return compare(caughtUp && isCaughtUp(patience));
    }

    private void begin(Trouble trouble) throws Exception {
        switch (trouble) {
            case DISK_FULL -> limitFiles(Long.toString(Files.size(file) + random.nextInt(400)));
            case STORE_FAILS -> store.setFailing(true);
            case DATABASE_READ_ONLY -> database.setReadOnly(true);
            case DATABASE_LOCKED -> lock = lock();
            case WRONG_DATE_ONCE -> gateway.deviateOnce(anyTime());
            case WRONG_DATE -> gateway.deviate(anyTime());
            case NO_DATE -> gateway.fail(1 + random.nextInt(20));
            case ROUTE_RESTARTED -> {
                sink.setSlowness(1 + random.nextInt(20));
                stopRoute();
                tick(random.nextInt(4));
                startRoute();
            }
            case ROUTE_REPLACED -> {
                sink.setSlowness(1 + random.nextInt(20));
                stopRoute();
                tick(random.nextInt(4));
                replaceRoute();
            }
            case EXCHANGES_FAIL -> sink
                    .setFates(EnumSet.of(Sink.Fate.FAILED, Sink.Fate.FAILED_LATE, Sink.Fate.ENDED_BY_ERROR));
            case EXCHANGES_ROLLED_BACK -> sink.setFates(EnumSet.of(Sink.Fate.ROLLED_BACK, Sink.Fate.ROLLED_BACK_LAST,
                    Sink.Fate.HANDLED_AND_ROLLED_BACK));
            case ROUTE_INTERRUPTED -> sink.setFates(EnumSet.of(Sink.Fate.INTERRUPTED));
            case SINK_DOWN -> sink.setDown(true);
            case SINK_DOWN_FOR_A_WEEK -> {
                sink.setDown(true);
                for (int days = 6 + random.nextInt(4); days > 0; days--) {
                    twilio.skip(1);
                    tick(1);
                }
            }
        }
    }

    private void end(Trouble trouble) throws Exception {
        switch (trouble) {
            case DISK_FULL -> limitFiles("unlimited");
            case STORE_FAILS -> store.setFailing(false);
            case DATABASE_READ_ONLY -> database.setReadOnly(false);
            case DATABASE_LOCKED -> {
                if (lock != null) {
                    lock.close();
                }
            }
            case WRONG_DATE_ONCE -> gateway.deviateOnce(Duration.ZERO);
            case WRONG_DATE -> gateway.deviate(Duration.ZERO);
            case NO_DATE -> gateway.fail(0);
            case ROUTE_RESTARTED, ROUTE_REPLACED -> sink.setSlowness(0);
            case EXCHANGES_ROLLED_BACK, ROUTE_INTERRUPTED -> sink.setFates(Set.of());
            case EXCHANGES_FAIL -> {
                sink.setFates(Set.of());
                // Camel stops polling after an Error.
                stopRoute();
            }
            case SINK_DOWN, SINK_DOWN_FOR_A_WEEK -> sink.setDown(active.contains(Trouble.SINK_DOWN)
                    && active.contains(Trouble.SINK_DOWN_FOR_A_WEEK));
        }
    }

    /** Up to a month in either direction, or much more. */
    private Duration anyTime() {
        if (variant == Variant.FUTURE_WATERMARK_IS_KEPT) {
            return Duration.ofDays(30);
        }
        Duration time = random.nextInt(4) == 0 ? Duration.ofDays(365 * (1 + random.nextInt(50)))
                : Duration.ofHours(1 + random.nextInt(30 * 24));
        return random.nextBoolean() ? time : time.negated();
    }

    private void tick(int ticks) throws InterruptedException {
        for (int tick = 0; tick < ticks; tick++) {
            gateway.awaitRequest(TICK);
            twilio.tick();
        }
    }

    /** As {@code ulimit -f} does, but for a process that runs. */
    private static void limitFiles(String bytes) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("prlimit", "--pid", Long.toString(ProcessHandle.current().pid()),
                "--fsize=" + bytes + ":").inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IOException("prlimit failed");
        }
    }

    /** Returns null if the consumer is writing at this moment. */
    private Connection lock() {
        try {
            return database.lock();
        } catch (SQLException e) {
            return null;
        }
    }

    private void startContext() throws Exception {
        TwilioUsageComponent component = context.getComponent("twilio-usage", TwilioUsageComponent.class);
        SimulatedTime.set(component, twilio.clock());
        TwilioUsageConfiguration options = component.getConfiguration();
        options.setBaseUrl(gateway.baseUrl().toString());
        options.setAccountSid(twilio.simulator().accountSid());
        options.setAuthToken(twilio.simulator().authToken());
        if (file == null) {
            options.setStateRepository(store.repository());
        }
        context.getShutdownStrategy().setTimeUnit(TimeUnit.MILLISECONDS);
        context.getShutdownStrategy().setTimeout(2000);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                handleFailures(this);
                SINKS.forEach(uri -> from(uri).process(sink::deliver));
            }
        });
        context.getManagementStrategy().addEventNotifier(new InterruptsEnd());
        replaceRoute();
        context.start();
    }

    private static void handleFailures(RouteBuilder routes) {
        // A failure is expected, so its stack trace would say nothing.
        routes.errorHandler(routes.defaultErrorHandler().logExhausted(false));
        routes.onException(Sink.RejectedException.class).handled(true).markRollbackOnly();
    }

    private void replaceRoute() throws Exception {
        if (context.getRoute("usage") != null && !context.removeRoute("usage")) {
            return;
        }
        // A defective variant must fail because of its defect, at the first opportunity.
        String to = variant == Variant.PRODUCTION ? SINKS.get(random.nextInt(SINKS.size())) : SINKS.get(0);
        int max = MAX_MESSAGES_PER_POLL[random.nextInt(MAX_MESSAGES_PER_POLL.length)];
        log.add("route to " + to + " with " + max);
        try {
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    handleFailures(this);
                    from("twilio-usage:records?subresource=daily&pageSize=10&startDate=" + ChangingTwilio.FIRST_DAY
                            + "&lookback=3d"
                            + "&initialDelay=0&delay=10&backoffErrorThreshold=2&backoffMultiplier=3"
                            + "&sendEmptyMessageWhenIdle=true&maxMessagesPerPoll=" + max
                            + (file == null ? "" : "&stateFile=" + file)).routeId("usage").process(sink::enter).to(to);
                }
            });
        } catch (Exception e) {
            log.add("does not start: " + e);
        }
    }

    private void stopRoute() throws Exception {
        context.getRouteController().stopRoute("usage", 1 + random.nextInt(100), TimeUnit.MILLISECONDS);
    }

    /** A route may fail to start while the store does not work. */
    private void startRoute() {
        try {
            context.getRouteController().startRoute("usage");
        } catch (Exception e) {
            log.add("does not start: " + e);
        }
    }

    private void ensureStarted() throws Exception {
        if (context.getRoute("usage") == null) {
            replaceRoute();
        }
        if (!context.getRouteController().getRouteStatus("usage").isStarted()) {
            context.getRouteController().startRoute("usage");
        }
    }

    /** Waits for three polls in a row that find nothing new. */
    private boolean isCaughtUp(Duration patience) {
        int[] expected = { sink.idlePolls() + 3, sink.deliveries() };
        try {
            await().atMost(patience).pollInterval(TICK.multipliedBy(5)).until(() -> {
                if (sink.deliveries() != expected[1]) {
                    expected[0] = sink.idlePolls() + 3;
                    expected[1] = sink.deliveries();
                }
                return sink.inFlight() == 0 && sink.idlePolls() >= expected[0];
            });
            return true;
        } catch (ConditionTimeoutException e) {
            log.add("not caught up: " + sink.inFlight() + " in flight, route "
                    + context.getRouteController().getRouteStatus("usage"));
            return false;
        }
    }

    private Outcome compare(boolean caughtUp) {
        ChangingTwilio.Difference difference = twilio.compare(sink::last);
        difference.neverDelivered().forEach(key -> log.add("never delivered: " + key));
        difference.stale().forEach(key -> log.add("stale: " + key));
        return new Outcome(caughtUp, difference.neverDelivered().size(), difference.stale().size(), sink.disordered(),
                sink.repeats(), inFlightAtFailures, difference.keys(), sink.deliveries());
    }

    /** A log of what happened, which helps to understand an outcome. */
    List<String> log() {
        return log;
    }

    @Override
    public void close() {
        context.stop();
        gateway.close();
        twilio.close();
    }

    /** A {@code seda:} consumer whose thread stays interrupted spins, and no longer takes an exchange. */
    private static final class InterruptsEnd extends EventNotifierSupport {

        @Override
        public boolean isEnabled(CamelEvent event) {
            return event instanceof CamelEvent.ExchangeCompletedEvent
                    || event instanceof CamelEvent.ExchangeFailedEvent;
        }

        @Override
        public void notify(CamelEvent event) {
            if (Thread.currentThread().getName().contains("seda:")) {
                Thread.interrupted();
            }
        }
    }
}
