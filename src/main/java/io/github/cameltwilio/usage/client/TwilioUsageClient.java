package io.github.cameltwilio.usage.client;

import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

import io.github.cameltwilio.usage.client.PageCursor.Page;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.NameValuePair;

/**
 * A client of Twilio's Usage API that does not depend on Camel. Thread-safe.
 *
 * <p>
 * The caller owns the {@link HttpClient}, which must neither follow redirects nor retry nor keep cookies.
 */
public final class TwilioUsageClient {
    static final Pattern ACCOUNT_SID = Pattern.compile("AC[0-9a-fA-F]{32}");
    static final Pattern TRIGGER_SID = Pattern.compile("UT[0-9a-fA-F]{32}");
    private static final String API = "/2010-04-01/Accounts";

    private static final Operation CHECK = new Operation("check the credentials and Twilio's date",
            Operation.Kind.READ_WINDOW);
    // One to learn the time, and more if that is far from what this machine says.
    private static final int MAX_CLOCK_REQUESTS = 3;

    private final String accountSid;
    private final TwilioHttp http;
    private final TwilioClock clock;
    private final Executor executor;

    /**
     * @param executor        fetches pages ahead of their reader; it must not run tasks in the caller's thread
     * @param permits         one for each concurrent request that Twilio allows the account
     * @param maxExchangeTime from the start of a request to the end of its response
     */
    public TwilioUsageClient(HttpClient http, URI baseUrl, Authenticator authenticator, TwilioClock clock,
                             Retries retries, Executor executor, Semaphore permits, Duration maxExchangeTime) {
        this.accountSid = authenticator.credentials().accountSid();
        this.http = new TwilioHttp(http, baseUrl, authenticator, clock, retries, permits, maxExchangeTime);
        this.clock = clock;
        this.executor = executor;
    }

    private TwilioUsageClient(TwilioUsageClient other, String accountSid) {
        this.accountSid = accountSid;
        this.http = other.http;
        this.clock = other.clock;
        this.executor = other.executor;
    }

    /** A client for a subaccount of the account that authenticates. */
    public TwilioUsageClient forAccount(String subaccountSid) {
        return new TwilioUsageClient(this, subaccountSid);
    }

    /** The number of requests sent, including retries. */
    public long requests() {
        return http.requests();
    }

    /** The number of requests that Twilio rejected with 429, because the account sends too many at once. */
    public long throttled() {
        return http.throttled();
    }

    /** For one reader, whose listings share the concurrent requests. */
    public ReadAhead readAhead(int parallelRequests) {
        return new ReadAhead(executor, parallelRequests);
    }

    /** Lists usage records. The first request is sent when the first page is read. */
    public Pages<UsageRecord> records(RecordsQuery query) {
        return records(query, readAhead(1));
    }

    /** Lists usage records, reading ahead together with other listings. */
    public Pages<UsageRecord> records(RecordsQuery query, ReadAhead readAhead) {
        return records(Map.of(accountSid, query), readAhead);
    }

    /** Lists the usage records of several accounts, one account after the other. */
    public Pages<UsageRecord> records(Map<String, RecordsQuery> queriesByAccount, ReadAhead readAhead) {
        Operation operation = queriesByAccount.values().stream().findFirst().map(RecordsQuery::operation)
                .orElse(new Operation("list usage records of no account", Operation.Kind.READ));
        List<ReadAhead.Listing<UsageRecord>> listings = new ArrayList<>();
        queriesByAccount.forEach((account, query) -> {
            String path = accountPath(account) + query.subresource().path();
            List<List<NameValuePair>> parts = readAhead.parallelRequests() == 1 ? query.parameters()
                    : query.parametersOfParts(LocalDate.ofInstant(clock.now(), ZoneOffset.UTC));
            parts.forEach(part -> listings.add(new ReadAhead.Listing<>(http, operation,
                    new PageCursor(path, part, query.pageSize()), ResponseParser::records)));
        });
        return new Pages<>(operation, readAhead, listings);
    }

    /** Lists the account and its subaccounts, without their secrets. */
    public Pages<Account> accounts(int pageSize) {
        return pages(new Operation("list accounts", Operation.Kind.READ),
                new PageCursor(API + ".json", List.of(), pageSize),
                ResponseParser::accounts);
    }

    /** Lists usage triggers. The first request is sent when the first page is read. */
    public Pages<UsageTrigger> triggers(TriggersQuery query) {
        return pages(query.operation(), new PageCursor(triggersPath() + ".json", query.parameters(), query.pageSize()),
                ResponseParser::triggers);
    }

    private <T> Pages<T> pages(Operation operation, PageCursor cursor, TwilioHttp.BodyReader<Page<T>> bodyReader) {
        return new Pages<>(operation, readAhead(1),
                List.of(new ReadAhead.Listing<>(http, operation, cursor, bodyReader)));
    }

    /**
     * Creates a usage trigger. Retries only when Twilio certainly did not create it, since a duplicate would fire too.
     *
     * @throws TwilioApiException when Twilio rejects the request, or when the outcome is unknown
     */
    public UsageTrigger createTrigger(TriggerParameters parameters) {
        return http.withRetries(() -> http.send(parameters.creation(),
                http.post(triggersPath() + ".json", parameters.form()), ResponseParser::trigger));
    }

    /** @throws TwilioApiException with status 404 when the trigger does not exist */
    public UsageTrigger fetchTrigger(String sid) {
        return http.withRetries(() -> http.send(new Operation("fetch usage trigger " + sid, Operation.Kind.READ),
                http.get(triggerPath(sid)), ResponseParser::trigger));
    }

    /** Changes a trigger's callback URL, callback method and name, where given. */
    public UsageTrigger updateTrigger(String sid, TriggerParameters parameters) {
        return http.withRetries(() -> http.send(new Operation("update usage trigger " + sid, Operation.Kind.CHANGE),
                http.post(triggerPath(sid), parameters.changeable().form()), ResponseParser::trigger));
    }

    /** Deletes a trigger; false when it did not exist. */
    public boolean deleteTrigger(String sid) {
        try {
            return http.withRetries(() -> http.send(new Operation("delete usage trigger " + sid, Operation.Kind.CHANGE),
                    http.delete(triggerPath(sid)), body -> true));
        } catch (TwilioApiException e) {
            if (e.status() == HttpStatus.SC_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** Returns whether a text is an account's SID, and so safe as part of a path. */
    public static boolean isAccountSid(String text) {
        return ACCOUNT_SID.matcher(text).matches();
    }

    /** Returns whether a text is a usage trigger's SID, and so safe as part of a path. */
    public static boolean isTriggerSid(String text) {
        return TRIGGER_SID.matcher(text).matches();
    }

    /**
     * Today's date at Twilio, in UTC: the clock of this machine may be wrong, and Twilio returns 404 for a window in
     * its future. Sends a small request if Twilio has not responded to anything yet, or its dates differ.
     */
    public LocalDate today() {
        for (int requests = 0; requests < MAX_CLOCK_REQUESTS
                && (!clock.isConfirmed() || clock.hasJumped()); requests++) {
            requestTime();
        }
        return LocalDate.ofInstant(clock.now(), ZoneOffset.UTC);
    }

    /** Sends one small request, whose response shows Twilio's time. */
    public void requestTime() {
        clock.listed(pages(CHECK, totalOfToday(), ResponseParser::records).next().stream()
                .map(UsageRecord::startDate).filter(Objects::nonNull).findFirst().orElse(null));
    }

    /**
     * Sends one small request.
     *
     * @throws TwilioApiException when Twilio rejects the credentials, and, without a retry, when it cannot be reached
     */
    public void checkCredentials() {
        http.send(CHECK, http.get(totalOfToday().next().apply(1).uri()), ResponseParser::records);
    }

    private PageCursor totalOfToday() {
        RecordsQuery query = new RecordsQuery(Subresource.today, List.of("totalprice"), null, null, true, 1);
        return new PageCursor(accountPath(accountSid) + query.subresource().path(), query.parameters().get(0),
                query.pageSize());
    }

    private static String accountPath(String sid) {
        if (!isAccountSid(sid)) {
            throw new IllegalArgumentException("not a valid account SID: expected AC and 32 hexadecimal digits");
        }
        return API + "/" + sid;
    }

    private String triggersPath() {
        return accountPath(accountSid) + "/Usage/Triggers";
    }

    private String triggerPath(String sid) {
        if (!isTriggerSid(sid)) {
            throw new IllegalArgumentException("not a valid usage trigger SID: expected UT and 32 hexadecimal digits");
        }
        return triggersPath() + "/" + sid + ".json";
    }
}
