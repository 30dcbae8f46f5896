package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpDelete;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.http.message.BasicNameValuePair;

/**
 * Asks Twilio's Usage API. Knows Twilio, not Camel; thread-safe.
 *
 * <p>
 * The {@link HttpClient} is the caller's: it must neither follow redirects nor retry nor keep cookies.
 */
public final class TwilioUsageClient {
    // A page of 1000 records has about 1.6 MB. What is ten times larger is no page.
    private static final int LARGEST_ANSWER = 16 * 1024 * 1024;
    private static final int LARGEST_PAGE = 1000;
    private static final Pattern ACCOUNT_SID = Pattern.compile("AC[0-9a-fA-F]{32}");
    static final Pattern TRIGGER_SID = Pattern.compile("UT[0-9a-fA-F]{32}");

    private final HttpClient http;
    private final URI baseUrl;
    private final Credentials credentials;
    private final Clock clock;
    private final Retries retries;
    private final Executor executor;
    private final Semaphore inFlight;
    private final Traffic traffic = new Traffic();
    private final AtomicInteger largestPage = new AtomicInteger(LARGEST_PAGE);
    private volatile Duration serverAhead;

    /**
     * @param executor fetches pages ahead of their reader; it must not make its caller do so
     * @param inFlight a permit for each request that may be in flight at once: Twilio limits an account's
     */
    public TwilioUsageClient(HttpClient http, URI baseUrl, Credentials credentials, Clock clock, Retries retries,
                             Executor executor, Semaphore inFlight) {
        this.http = http;
        this.baseUrl = baseUrl;
        this.credentials = credentials;
        this.clock = clock;
        this.retries = retries;
        this.executor = executor;
        this.inFlight = inFlight;
    }

    /** What this client asked so far. */
    public Traffic traffic() {
        return traffic;
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
        return records(Map.of(credentials.accountSid(), query), ahead);
    }

    /** Lists the usage records of several accounts, one account after the other, as one listing. */
    public Pages<UsageRecord> records(Map<String, RecordsQuery> queries, ReadAhead ahead) {
        Operation operation = queries.values().stream().findFirst().map(RecordsQuery::operation)
                .orElse(Operation.read("list usage records of no account"));
        List<Chain<UsageRecord>> chains = new ArrayList<>();
        queries.forEach((account, query) -> {
            String path = accountPath(account) + query.subresource().path();
            List<String> parts = ahead.parallelRequests() == 1 ? query.queryStrings()
                    : query.queryStringsOfParts(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
            parts.forEach(part -> chains.add(
                    new Chain<>(this, operation, new PageAddress(path, part), AnswerParser::records)));
        });
        return new Pages<>(operation, ahead, chains);
    }

    /** Lists the account and its subaccounts, without their secrets. */
    public Pages<Account> accounts(int pageSize) {
        return pages(Operation.read("list accounts"), new PageAddress("/2010-04-01/Accounts.json", "PageSize=" + pageSize),
                AnswerParser::accounts);
    }

    /** Lists usage triggers: nothing is asked before the first page is. */
    public Pages<UsageTrigger> triggers(TriggersQuery query) {
        return pages(query.operation(), new PageAddress(accountPath() + "/Usage/Triggers.json", query.queryString()),
                AnswerParser::triggers);
    }

    private <T> Pages<T> pages(Operation operation, PageAddress first, BodyReader<Page<T>> reader) {
        return new Pages<>(operation, readAhead(1), List.of(new Chain<>(this, operation, first, reader)));
    }

    /**
     * Creates a usage trigger, and asks for it again only where Twilio surely did nothing: a second one would fire too.
     *
     * @throws TwilioApiException when Twilio refuses, or when its outcome is unknown
     */
    public UsageTrigger createTrigger(TriggerParameters parameters) {
        return repeatedly(() -> send(parameters.creation(),
                post(accountPath() + "/Usage/Triggers.json", parameters.form()), AnswerParser::trigger));
    }

    /** @throws TwilioApiException with status 404 when there is no such trigger */
    public UsageTrigger fetchTrigger(String sid) {
        return repeatedly(() -> send(Operation.read("fetch usage trigger " + sid), get(triggerPath(sid)),
                AnswerParser::trigger));
    }

    /** Changes a trigger's address, method and name, as far as they are given. */
    public UsageTrigger updateTrigger(String sid, TriggerParameters parameters) {
        return repeatedly(() -> send(Operation.change("update usage trigger " + sid),
                post(triggerPath(sid), parameters.changeable().form()), AnswerParser::trigger));
    }

    /** Whether there was such a trigger: afterwards there is none either way. */
    public boolean deleteTrigger(String sid) {
        try {
            return repeatedly(() -> send(Operation.change("delete usage trigger " + sid),
                    signed(new HttpDelete(address(triggerPath(sid)))), body -> true));
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
     * future with "not found". Costs one small request before the first listing.
     *
     * @throws TwilioApiException when Twilio cannot be asked
     */
    public LocalDate today() {
        if (serverAhead == null) {
            RecordsQuery anything = new RecordsQuery(Subresource.today, List.of("totalprice"), null, null, true, 1);
            records(anything).next();
        }
        return LocalDate.ofInstant(clock.instant().plus(serverAhead), ZoneOffset.UTC);
    }

    private String accountPath() {
        return accountPath(credentials.accountSid());
    }

    private static String accountPath(String sid) {
        if (!ACCOUNT_SID.matcher(sid).matches()) {
            throw new IllegalArgumentException("no SID of an account: AC and 32 hexadecimal digits");
        }
        return "/2010-04-01/Accounts/" + sid;
    }

    HttpGet get(String pathAndQuery) {
        return signed(new HttpGet(address(pathAndQuery)));
    }

    private HttpPost post(String path, Map<String, String> form) {
        HttpPost request = signed(new HttpPost(address(path)));
        request.setEntity(new UrlEncodedFormEntity(form.entrySet().stream()
                .map(field -> new BasicNameValuePair(field.getKey(), field.getValue())).toList(),
                StandardCharsets.UTF_8));
        return request;
    }

    private String triggerPath(String sid) {
        if (!isTriggerSid(sid)) {
            throw new IllegalArgumentException("no SID of a usage trigger: UT and 32 hexadecimal digits");
        }
        return accountPath() + "/Usage/Triggers/" + sid + ".json";
    }

    private URI address(String pathAndQuery) {
        return baseUrl.resolve(pathAndQuery);
    }

    private <R extends HttpRequest> R signed(R request) {
        request.setHeader(HttpHeaders.ACCEPT, "application/json");
        request.setHeader(HttpHeaders.AUTHORIZATION, credentials.authorization());
        return request;
    }

    /** How many items a page may have that Twilio does not break down over, as far as it is known. */
    int largestPage() {
        return largestPage.get();
    }

    /** Twilio broke down over a page of so many items: from now on none is asked for that has more than half. */
    void breaksDownOver(int pageSize) {
        largestPage.accumulateAndGet(Math.max(1, pageSize / 2), Math::min);
    }

    <T> T repeatedly(Supplier<T> request) {
        return retries.of(request);
    }

    /**
     * Sends the request and reads its answer whole, so that no connection stays open behind a slow reader and a cut
     * answer never passes for a short one.
     */
    <T> T send(Operation operation, ClassicHttpRequest request, BodyReader<T> reader) {
        try {
            inFlight.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw TwilioApiException.unanswered(operation, new InterruptedIOException("interrupted"));
        }
        traffic.oneRequest();
        try {
            return http.execute(request, answer -> read(operation, answer, reader));
        } catch (IOException e) {
            throw TwilioApiException.unanswered(operation, e);
        } finally {
            inFlight.release();
        }
    }

    private <T> T read(Operation operation, ClassicHttpResponse answer, BodyReader<T> reader) throws IOException {
        rememberServerTime(answer);
        Reply reply = new Reply(answer.getCode(), header(answer, "Twilio-Request-Id"),
                RetryAfter.parse(header(answer, HttpHeaders.RETRY_AFTER), clock.instant().plus(serverAhead)));
        if (answer.getCode() == HttpStatus.SC_TOO_MANY_REQUESTS) {
            traffic.oneThrottled();
        }
        byte[] body = body(operation, answer, reply);
        if (answer.getCode() < HttpStatus.SC_OK || answer.getCode() >= HttpStatus.SC_REDIRECTION) {
            throw TwilioApiException.refused(operation, reply, AnswerParser.error(body));
        }
        try {
            return reader.read(body);
        } catch (IOException e) {
            // The parser's own words may quote the answer.
            throw TwilioApiException.unreadable(operation, reply, "the answer is not the JSON that Twilio documents, "
                    + body.length + " bytes of " + header(answer, HttpHeaders.CONTENT_TYPE));
        }
    }

    private static byte[] body(Operation operation, ClassicHttpResponse answer, Reply reply) throws IOException {
        HttpEntity entity = answer.getEntity();
        if (entity == null) {
            return new byte[0];
        }
        InputStream content = entity.getContent();
        byte[] body = content.readNBytes(LARGEST_ANSWER + 1);
        if (body.length > LARGEST_ANSWER) {
            throw TwilioApiException.unusable(operation, reply,
                    "the answer has more than " + LARGEST_ANSWER + " bytes; ask for a smaller pageSize");
        }
        return body;
    }

    private void rememberServerTime(MessageHeaders answer) {
        Instant server = DateUtils.parseStandardDate(answer, HttpHeaders.DATE);
        Instant here = clock.instant();
        serverAhead = Duration.between(here, server == null ? here : server);
    }

    private static String header(MessageHeaders answer, String name) {
        Header header = answer.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }
}
