package io.github.cameltwilio.usage.simulator;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A Twilio account with a history and subaccounts, behind a real HTTP server on the loopback address. Thread-safe. */
public final class TwilioUsageSimulator implements AutoCloseable {

    private final Clock clock;
    private final SimulatedCredentials credentials;
    private final SimulatedAccount account;
    private final SimulatedAccounts accounts;
    private final Map<String, UsageTriggers> triggersByAccount;
    private final Callbacks callbacks;
    private final SimulatorServer server;

    private TwilioUsageSimulator(Builder builder) {
        clock = builder.clock;
        credentials = builder.secrets.apply(SimulatedCredentials.from(builder.seed));
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        account = new SimulatedAccount(credentials.accountSid(), "Simulated account",
                builder.accountCreated != null ? builder.accountCreated : today.minusDays(60), builder.categories,
                new SimulatedUsage(builder.seed, builder.zeroShare));
        accounts = new SimulatedAccounts(credentials, account, builder.subaccounts());
        triggersByAccount = UsageTriggers.ofEach(accounts.all(), builder.seed);
        callbacks = new Callbacks(credentials);
        AccessTokens accessTokens = new AccessTokens(builder.seed, clock, credentials, builder.accessTokenLifetime);
        server = new SimulatorServer(builder.seed, clock,
                new UsageApi(builder.seed, clock, credentials, accessTokens, accounts, triggersByAccount),
                builder.port);
    }

    /**
     * Starts a simulator with seed 1, the system clock, all built-in categories, and an account that is 60 days old.
     */
    public static TwilioUsageSimulator start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * The component options that connect to this simulator: {@code baseUrl}, {@code accountSid} and {@code authToken}.
     * In the properties of Camel Main, Spring Boot or Quarkus, prefix each name with
     * {@code camel.component.twilio-usage.}
     */
    public Map<String, String> componentProperties() {
        return Map.of("baseUrl", baseUrl().toString(), "accountSid", accountSid(), "authToken", authToken());
    }

    public URI baseUrl() {
        return server.baseUrl();
    }

    public String accountSid() {
        return credentials.accountSid();
    }

    /** The SIDs of the subaccounts, in the order in which {@link Builder#subaccount} added them. */
    public List<String> subaccountSids() {
        return accounts.subaccounts().stream().map(SimulatedAccount::sid).toList();
    }

    public String authToken() {
        return credentials.authToken();
    }

    /** The auth token of the account or of a subaccount, with which its callbacks are signed. */
    public String authToken(String accountSid) {
        return credentials.tokenOf(account(accountSid).sid());
    }

    public String apiKey() {
        return credentials.apiKey();
    }

    public String secretKey() {
        return credentials.secretKey();
    }

    /** The client id of the account's OAuth app, for which {@code POST /v2/token} issues access tokens. */
    public String clientId() {
        return credentials.clientId();
    }

    public String clientSecret() {
        return credentials.clientSecret();
    }

    public Clock clock() {
        return clock;
    }

    /** Queues a fault. It affects the next request that it matches, and is then used up. */
    public TwilioUsageSimulator fail(Fault fault) {
        server.add(fault);
        return this;
    }

    /** All requests since the start or the last {@link #clearRequests}, in order of arrival. */
    public List<ReceivedRequest> requests() {
        return server.requests();
    }

    public void clearRequests() {
        server.clearRequests();
    }

    /** The highest number of concurrent requests so far, which Twilio limits per account. */
    public int maxConcurrentRequests() {
        return server.maxConcurrentRequests();
    }

    /**
     * The true usage on a day, up to the time of the clock. It is zero before the account's first day and after today.
     */
    public Usage usage(LocalDate day, String category) {
        return usage(accountSid(), day, category);
    }

    /** The true usage of one account on a day, without its subaccounts. */
    public Usage usage(String accountSid, LocalDate day, String category) {
        SimulatedAccount used = account(accountSid);
        return used.usage(used.category(category), Window.of(day), clock.instant());
    }

    /**
     * Corrects a day after the fact by multiplying its count, usage and price by a factor, and then evaluates the
     * triggers. Every category that contains this one changes with it, {@code totalprice} included. Correcting a
     * category that contains others corrects all of those.
     */
    public TwilioUsageSimulator correct(LocalDate day, String category, BigDecimal factor) {
        account.correct(day, account.category(category), factor);
        evaluateTriggers();
        return this;
    }

    /** Corrects one account, without its subaccounts, as {@link #correct(LocalDate, String, BigDecimal)} does. */
    public TwilioUsageSimulator correct(String accountSid, LocalDate day, String category, BigDecimal factor) {
        SimulatedAccount corrected = account(accountSid);
        corrected.correct(day, corrected.category(category), factor);
        evaluateTriggers();
        return this;
    }

    /**
     * Replaces a field of one record in the Daily list, and only there, for example by a malformed value.
     *
     * @param rawJsonValue written as is: {@code "\"\""} for an empty string, {@code "null"}, {@code "-1.5"}
     */
    public TwilioUsageSimulator override(String category, LocalDate day, String field, String rawJsonValue) {
        account.override(account.category(category), day, field, rawJsonValue);
        return this;
    }

    /**
     * Does what Twilio does about once a minute: fires each trigger of each account whose value is reached, at most
     * once per period, and calls its callback URL. Returns when all callbacks have a response; after a server error, a
     * callback is retried up to three times.
     *
     * @return how many triggers fired
     */
    public int evaluateTriggers() {
        List<UsageTriggers.Firing> firings = triggersByAccount.values().stream()
                .flatMap(triggers -> triggers.fire(clock.instant()).stream()).toList();
        firings.forEach(callbacks::send);
        return firings.size();
    }

    /** All callbacks that were sent to callback URLs, retries included, in order. */
    public List<SentCallback> callbacks() {
        return callbacks.sent();
    }

    /** Sends a callback again with the same signature and idempotency token. */
    public SentCallback resend(SentCallback callback) {
        return callbacks.resend(callback);
    }

    /**
     * Lists new triggers only after a delay, as Twilio sometimes does. They fire, and can be fetched, from the start.
     */
    public TwilioUsageSimulator listTriggersAfter(Duration delay) {
        triggersByAccount.values().forEach(triggers -> triggers.listAfter(delay));
        return this;
    }

    @Override
    public void close() {
        server.close();
    }

    private SimulatedAccount account(String sid) {
        return accounts.find(sid).orElseThrow(() -> new IllegalArgumentException(
                "The simulator has no account " + sid + ": add it with Builder.subaccount(...)"));
    }

    /** The settings of a simulator. Equal settings give equal usage and equal credentials. */
    public static final class Builder {

        private long seed = 1;
        private Clock clock = Clock.systemUTC();
        private Categories categories = Categories.builtIn();
        private LocalDate accountCreated;
        private final Map<String, LocalDate> subaccounts = new LinkedHashMap<>();
        private UnaryOperator<SimulatedCredentials> secrets = UnaryOperator.identity();
        private Duration accessTokenLifetime = Duration.ofHours(1);
        private double zeroShare = 0.5;
        private int port;

        private Builder() {
        }

        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /** Sets the clock, which determines today and how much of today's usage has accrued. */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /** Lists only these categories. Unknown names are accepted, because Twilio adds categories. */
        public Builder categories(String... names) {
            this.categories = Categories.named(List.of(names));
            return this;
        }

        /** Replaces all categories by this many generated ones: {@code category-001} and so on. */
        public Builder categoryCount(int count) {
            this.categories = Categories.numbered(count);
            return this;
        }

        /** Sets the first day of the account's history. */
        public Builder accountCreated(LocalDate day) {
            this.accountCreated = day;
            return this;
        }

        /** Adds a subaccount with its own history, which Twilio includes in the main account's usage by default. */
        public Builder subaccount(String friendlyName, LocalDate created) {
            subaccounts.put(friendlyName, created);
            return this;
        }

        /** Sets the share of records without usage, from 0 to 1. Twilio lists these like all others. */
        public Builder zeroShare(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("zeroShare(" + share + ") is not between 0 and 1");
            }
            this.zeroShare = share;
            return this;
        }

        /** Replaces the generated secrets, for example by ones with characters that are hard to mask in a log. */
        public Builder secrets(String authToken, String secretKey, String clientSecret) {
            this.secrets = generated -> new SimulatedCredentials(generated.accountSid(), authToken, generated.apiKey(),
                    secretKey, generated.clientId(), clientSecret);
            return this;
        }

        /** Sets how long an access token of the OAuth app is valid. Twilio allows a minute to 30 days. */
        public Builder accessTokenLifetime(Duration lifetime) {
            this.accessTokenLifetime = lifetime;
            return this;
        }

        /** Sets the port to listen on. The default, 0, takes a free one. */
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        public TwilioUsageSimulator start() {
            return new TwilioUsageSimulator(this);
        }

        private List<SimulatedAccount> subaccounts() {
            List<SimulatedAccount> all = new ArrayList<>();
            subaccounts.forEach((name, created) -> all.add(new SimulatedAccount(
                    SimulatedCredentials.subaccountSid(seed, all.size() + 1), name, created, categories,
                    new SimulatedUsage(seed + all.size() + 1, zeroShare))));
            return List.copyOf(all);
        }
    }
}
