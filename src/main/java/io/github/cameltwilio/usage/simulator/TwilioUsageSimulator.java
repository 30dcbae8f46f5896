package io.github.cameltwilio.usage.simulator;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.io.CloseMode;

/** A Twilio account with a usage history, behind a real HTTP server on the loopback address. Safe for use by many threads. */
public final class TwilioUsageSimulator implements AutoCloseable {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter
            .ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final Clock clock;
    private final Credentials credentials;
    private final SimulatedAccount account;
    private final SimulatedAccounts accounts;
    private final UsageTriggers triggers;
    private final UsageApi api;
    private final Callbacks callbacks;
    private final long seed;
    private final List<Fault> faults = new ArrayList<>();
    private final List<ReceivedRequest> requests = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong answered = new AtomicLong();
    private final AtomicInteger concurrent = new AtomicInteger();
    private final AtomicInteger mostConcurrent = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final HttpServer server;

    private TwilioUsageSimulator(Builder builder) {
        seed = builder.seed;
        clock = builder.clock;
        credentials = builder.secrets.apply(Credentials.from(seed));
        LocalDate created = builder.accountCreated != null ? builder.accountCreated : today().minusDays(60);
        account = new SimulatedAccount(credentials.accountSid(), "Simulated account", created, builder.categories,
                new SimulatedUsage(seed, builder.zeroShare));
        accounts = new SimulatedAccounts(account, builder.subaccounts(seed));
        triggers = new UsageTriggers(seed, account);
        api = new UsageApi(seed, clock, credentials,
                new AccessTokens(seed, clock, credentials, builder.accessTokenLifetime), accounts, triggers);
        callbacks = new Callbacks(credentials);
        try {
            server = ServerBootstrap.bootstrap()
                    .setLocalAddress(InetAddress.getByName("127.0.0.1"))
                    .setListenerPort(builder.port)
                    .setRequestRouter((request, context) -> (asked, answered, ignored) -> handle(asked, answered))
                    .create();
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException("The simulator cannot listen on port " + builder.port, e);
        }
    }

    /** With seed 1, the system's clock, all built-in categories, and an account that is 60 days old. */
    public static TwilioUsageSimulator start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    public String accountSid() {
        return credentials.accountSid();
    }

    /** In the order of {@link Builder#subaccount}. */
    public List<String> subaccountSids() {
        return accounts.subaccounts().stream().map(SimulatedAccount::sid).toList();
    }

    public String authToken() {
        return credentials.authToken();
    }

    public String apiKey() {
        return credentials.apiKey();
    }

    public String secretKey() {
        return credentials.secretKey();
    }

    /** Of an OAuth app of the account, whose tokens {@code POST /v2/token} gives, as on oauth.twilio.com. */
    public String clientId() {
        return credentials.clientId();
    }

    public String clientSecret() {
        return credentials.clientSecret();
    }

    /**
     * The options of the component that connect it to this simulator, by name: {@code baseUrl}, {@code accountSid} and
     * {@code authToken}. In properties and environments each follows {@code camel.component.twilio-usage.}
     */
    public Map<String, String> componentProperties() {
        return Map.of("baseUrl", baseUrl().toString(), "accountSid", accountSid(), "authToken", authToken());
    }

    public Clock clock() {
        return clock;
    }

    /** Queues a fault: it befalls the next request that it concerns, and is then used up. */
    public TwilioUsageSimulator fail(Fault fault) {
        synchronized (faults) {
            faults.add(fault);
        }
        return this;
    }

    /** All requests since the start or the last {@link #clearRequests}, in order of arrival. */
    public List<ReceivedRequest> requests() {
        return List.copyOf(requests);
    }

    /** The most requests that were in flight at one time: what Twilio limits for an account. */
    public int mostConcurrentRequests() {
        return mostConcurrent.get();
    }

    public void clearRequests() {
        requests.clear();
    }

    /**
     * Corrects a day after the fact: its count, usage and price are multiplied by the factor. All categories that contain this
     * one follow, totalprice included; correcting one of those corrects everything in it. Triggers are evaluated then.
     */
    public TwilioUsageSimulator correct(LocalDate day, String category, BigDecimal factor) {
        account.correct(day, account.category(category), factor);
        evaluateTriggers();
        return this;
    }

    /**
     * Does what Twilio does about once a minute: fires each trigger whose value is reached, once in its period, and calls
     * its address back. Returns when all calls are answered, and those answered by 5xx were repeated three times.
     *
     * @return how many triggers fired
     */
    public int evaluateTriggers() {
        List<UsageTriggers.Firing> firings = triggers.fire(clock.instant());
        firings.forEach(callbacks::send);
        return firings.size();
    }

    /** All calls that were made to triggers' addresses, repeats included, in order. */
    public List<SentCallback> callbacks() {
        return callbacks.sent();
    }

    /** Makes the same call once more, signature and token included. */
    public SentCallback repeat(SentCallback callback) {
        return callbacks.repeat(callback);
    }

    /** New triggers work from the start, and are listed this much later. */
    public TwilioUsageSimulator listTriggersAfter(Duration delay) {
        triggers.listAfter(delay);
        return this;
    }

    /** As {@link #correct(LocalDate, String, BigDecimal)}, of what this account itself used. */
    public TwilioUsageSimulator correct(String accountSid, LocalDate day, String category, BigDecimal factor) {
        account(accountSid).correct(day, account.category(category), factor);
        return this;
    }

    /** What this account itself used on a day: its subaccounts are not folded in. */
    public Usage usage(String accountSid, LocalDate day, String category) {
        return account(accountSid).usage(account.category(category), Window.of(day), clock.instant());
    }

    private SimulatedAccount account(String sid) {
        return accounts.find(sid).orElseThrow(() -> new IllegalArgumentException(
                "There is no account " + sid + "; make it with Builder.subaccount(...)"));
    }

    /** What was used on a day, as far as the clock has come; nothing before the account's creation or after today. */
    public Usage usage(LocalDate day, String category) {
        return account.usage(account.category(category), Window.of(day), clock.instant());
    }

    /**
     * Puts odd data into one row of the Daily list, and only there.
     *
     * @param rawJsonValue written as it is: {@code "\"\""} for an empty string, {@code "null"}, {@code "-1.5"}
     */
    public TwilioUsageSimulator override(String category, LocalDate day, String field, String rawJsonValue) {
        account.override(account.category(category), day, field, rawJsonValue);
        return this;
    }

    @Override
    public void close() {
        // In this order: whoever is waiting for an answer must not get one by asking again.
        server.close(CloseMode.IMMEDIATE);
        closed.countDown();
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private void handle(ClassicHttpRequest asked, ClassicHttpResponse response) throws IOException {
        long begin = System.nanoTime();
        int atOnce = concurrent.incrementAndGet();
        mostConcurrent.accumulateAndGet(atOnce, Math::max);
        try {
            ReceivedRequest request = ReceivedRequest.of(asked);
            requests.add(request);
            Answer answer = faultOf(request).map(fault -> fault.twist(request, () -> api.answer(request)))
                    .orElseGet(() -> api.answer(request));
            response.setCode(answer.status());
            answer.headers().forEach(response::setHeader);
            response.setHeader("Date", HTTP_DATE.format(clock.instant()));
            response.setHeader("Twilio-Concurrent-Requests", atOnce);
            response.setHeader("Twilio-Request-Id", requestId());
            send(answer, response);
            response.setHeader("Twilio-Request-Duration",
                    String.format(Locale.ROOT, "%.3f", (System.nanoTime() - begin) / 1e9));
        } catch (InterruptedException e) {
            throw new InterruptedIOException("The simulator is closed");
        } finally {
            concurrent.decrementAndGet();
        }
    }

    private Optional<Fault> faultOf(ReceivedRequest request) {
        synchronized (faults) {
            for (ListIterator<Fault> waiting = faults.listIterator(); waiting.hasNext();) {
                Fault fault = waiting.next();
                if (fault.concerns(request)) {
                    if (fault.isLastTime()) {
                        waiting.remove();
                    } else {
                        waiting.set(fault.onceLess());
                    }
                    return Optional.of(fault);
                }
            }
        }
        return Optional.empty();
    }

    private void send(Answer answer, ClassicHttpResponse response) throws IOException, InterruptedException {
        switch (answer.delivery()) {
            case NEVER -> {
                closed.await();
                throw new IOException("This fault is meant");
            }
            case CONNECTION_CLOSED -> throw new IOException("This fault is meant");
            case TRUNCATED -> response.setEntity(new AnswerEntity(answer, answer.body().length / 2));
            case WHOLE -> {
                closed.await(answer.delay().toNanos(), TimeUnit.NANOSECONDS);
                if (answer.status() != 204) {
                    response.setEntity(new AnswerEntity(answer, answer.body().length));
                }
            }
        }
    }

    private String requestId() {
        long number = answered.incrementAndGet();
        return "RQ%016x%016x".formatted(SimulatedUsage.scramble(~seed), SimulatedUsage.scramble(~seed + number));
    }

    /** What to simulate. Equal settings give equal figures and equal credentials. */
    public static final class Builder {

        private long seed = 1;
        private Clock clock = Clock.systemUTC();
        private Categories categories = Categories.builtIn();
        private LocalDate accountCreated;
        private final Map<String, LocalDate> subaccounts = new LinkedHashMap<>();
        private UnaryOperator<Credentials> secrets = UnaryOperator.identity();
        private Duration accessTokenLifetime = Duration.ofHours(1);
        private double zeroShare = 0.5;
        private int port;

        private Builder() {
        }

        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** Tells what is today, and how much of it has passed. */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /** Only these categories. Names that Twilio may have in the future are welcome. */
        public Builder categories(String... names) {
            this.categories = Categories.named(List.of(names));
            return this;
        }

        /** As many made-up categories, {@code category-001} and so on, in place of all others. */
        public Builder categoryCount(int count) {
            this.categories = Categories.numbered(count);
            return this;
        }

        /** The first day of the account's history. */
        public Builder accountCreated(LocalDate day) {
            this.accountCreated = day;
            return this;
        }

        /** A subaccount with a history of its own, which Twilio folds into the account's unless told not to. */
        public Builder subaccount(String friendlyName, LocalDate created) {
            subaccounts.put(friendlyName, created);
            return this;
        }

        private List<SimulatedAccount> subaccounts(long seed) {
            List<SimulatedAccount> all = new ArrayList<>();
            subaccounts.forEach((name, created) -> all.add(new SimulatedAccount(
                    Credentials.subaccountSid(seed, all.size() + 1), name, created, categories,
                    new SimulatedUsage(seed + all.size() + 1, zeroShare))));
            return List.copyOf(all);
        }

        /** The share of rows without any usage: 0 for none, 1 for all. They are listed like all others. */
        public Builder zeroShare(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("zeroShare(" + share + ") is not between 0 and 1");
            }
            this.zeroShare = share;
            return this;
        }

        /** In place of those that the seed makes up, such as secrets with characters that are hard to hide in a log. */
        public Builder secrets(String authToken, String secretKey, String clientSecret) {
            this.secrets = made -> new Credentials(made.accountSid(), authToken, made.apiKey(), secretKey,
                    made.clientId(),
                    clientSecret);
            return this;
        }

        /** How long an access token of the OAuth app is good. Twilio lets an app choose from a minute to 30 days. */
        public Builder accessTokenLifetime(Duration lifetime) {
            this.accessTokenLifetime = lifetime;
            return this;
        }

        /** 0, the default, takes a free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        public TwilioUsageSimulator start() {
            return new TwilioUsageSimulator(this);
        }
    }
}
