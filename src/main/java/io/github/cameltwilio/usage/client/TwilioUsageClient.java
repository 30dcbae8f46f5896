package io.github.cameltwilio.usage.client;

import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.core5.http.HttpStatus;

/**
 * Asks Twilio's Usage API. Knows Twilio, not Camel; thread-safe.
 *
 * <p>
 * The {@link HttpClient} is the caller's: it must neither follow redirects nor retry nor keep cookies.
 */
public final class TwilioUsageClient {
    private static final Pattern ACCOUNT_SID = Pattern.compile("AC[0-9a-fA-F]{32}");
    static final Pattern TRIGGER_SID = Pattern.compile("UT[0-9a-fA-F]{32}");

    private final String accountSid;
    private final TwilioHttp http;
    private final TwilioClock clock;
    private final Executor executor;

    /**
     * @param executor fetches pages ahead of their reader; it must not make its caller do so
     * @param inFlight a permit for each request that may be in flight at once: Twilio limits an account's
     * @param longestExchange from a request's beginning to its answer's end
     */
    public TwilioUsageClient(HttpClient http, URI baseUrl, Authenticator signIn, TwilioClock clock, Retries retries,
                             Executor executor, Semaphore inFlight, Duration longestExchange) {
        this.accountSid = signIn.credentials().accountSid();
        this.http = new TwilioHttp(http, baseUrl, signIn, clock, retries, inFlight, longestExchange);
        this.clock = clock;
        this.executor = executor;
    }

    /** What this client asked so far. */
    public RequestCounts traffic() {
        return http.traffic();
    }

    /** For one reader: what it is going to read is fetched ahead, with so many requests at once. */
    public ReadAhead readAhead(int parallelRequests) {
        return new ReadAhead(executor, parallelRequests);
    }

    /** Lists usage records: nothing is asked before the first page is. */
    public Pages<UsageRecord> records(RecordsQuery query) {
        return records(query, readAhead(1));
    }

    /** The same, among other listings of one reader. */
    public Pages<UsageRecord> records(RecordsQuery query, ReadAhead ahead) {
        return records(Map.of(accountSid, query), ahead);
    }

    /** Lists the usage records of several accounts, one account after the other, as one listing. */
    public Pages<UsageRecord> records(Map<String, RecordsQuery> queries, ReadAhead ahead) {
        Operation operation = queries.values().stream().findFirst().map(RecordsQuery::operation)
                .orElse(Operation.read("list usage records of no account"));
        List<Chain<UsageRecord>> chains = new ArrayList<>();
        queries.forEach((account, query) -> {
            String path = accountPath(account) + query.subresource().path();
            List<String> parts = ahead.parallelRequests() == 1 ? query.queryStrings()
                    : query.queryStringsOfParts(LocalDate.ofInstant(clock.about(), ZoneOffset.UTC));
            parts.forEach(part -> chains.add(new Chain<>(http, operation, new PageAddress(path, part),
                    ResponseParser::records)));
        });
        return new Pages<>(operation, ahead, chains);
    }

    /** Lists the account and its subaccounts, without their secrets. */
    public Pages<Account> accounts(int pageSize) {
        return pages(Operation.read("list accounts"),
                new PageAddress("/2010-04-01/Accounts.json", "PageSize=" + pageSize),
                ResponseParser::accounts);
    }

    /** Lists usage triggers: nothing is asked before the first page is. */
    public Pages<UsageTrigger> triggers(TriggersQuery query) {
        return pages(query.operation(), new PageAddress(accountPath() + "/Usage/Triggers.json", query.queryString()),
                ResponseParser::triggers);
    }

    private <T> Pages<T> pages(Operation operation, PageAddress first, BodyReader<Page<T>> reader) {
        return new Pages<>(operation, readAhead(1), List.of(new Chain<>(http, operation, first, reader)));
    }

    /**
     * Creates a usage trigger, and asks for it again only where Twilio surely did nothing: a second one would fire too.
     *
     * @throws TwilioApiException when Twilio refuses, or when its outcome is unknown
     */
    public UsageTrigger createTrigger(TriggerParameters parameters) {
        return http.repeatedly(() -> http.send(parameters.creation(),
                http.post(accountPath() + "/Usage/Triggers.json", parameters.form()), ResponseParser::trigger));
    }

    /** @throws TwilioApiException with status 404 when there is no such trigger */
    public UsageTrigger fetchTrigger(String sid) {
        return http.repeatedly(() -> http.send(Operation.read("fetch usage trigger " + sid), http.get(triggerPath(sid)),
                ResponseParser::trigger));
    }

    /** Changes a trigger's address, method and name, as far as they are given. */
    public UsageTrigger updateTrigger(String sid, TriggerParameters parameters) {
        return http.repeatedly(() -> http.send(Operation.change("update usage trigger " + sid),
                http.post(triggerPath(sid), parameters.changeable().form()), ResponseParser::trigger));
    }

    /** Whether there was such a trigger: afterwards there is none either way. */
    public boolean deleteTrigger(String sid) {
        try {
            return http.repeatedly(() -> http.send(Operation.change("delete usage trigger " + sid),
                    http.delete(triggerPath(sid)), body -> true));
        } catch (TwilioApiException e) {
            if (e.status() == HttpStatus.SC_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** Whether this is a trigger's SID, and so safe to be part of an address. */
    public static boolean isTriggerSid(String text) {
        return TRIGGER_SID.matcher(text).matches();
    }

    /**
     * Which day it is at Twilio, in UTC: the clock of this machine may be wrong, and Twilio answers a window in its
     * future with "not found". Costs one small request before the first listing of all.
     *
     * @throws TwilioApiException when Twilio cannot be asked
     */
    public LocalDate today() {
        if (clock.now().isEmpty()) {
            RecordsQuery anything = new RecordsQuery(Subresource.today, List.of("totalprice"), null, null, true, 1);
            records(anything).next();
        }
        return LocalDate.ofInstant(clock.now().orElseThrow(), ZoneOffset.UTC);
    }

    private String accountPath() {
        return accountPath(accountSid);
    }

    private static String accountPath(String sid) {
        if (!ACCOUNT_SID.matcher(sid).matches()) {
            throw new IllegalArgumentException("no SID of an account: AC and 32 hexadecimal digits");
        }
        return "/2010-04-01/Accounts/" + sid;
    }

    private String triggerPath(String sid) {
        if (!isTriggerSid(sid)) {
            throw new IllegalArgumentException("no SID of a usage trigger: UT and 32 hexadecimal digits");
        }
        return accountPath() + "/Usage/Triggers/" + sid + ".json";
    }
}
