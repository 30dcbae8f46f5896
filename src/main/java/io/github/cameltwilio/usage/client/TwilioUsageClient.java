package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MessageHeaders;

/**
 * Asks Twilio's Usage API. Knows Twilio, not Camel; thread-safe.
 *
 * <p>
 * The {@link HttpClient} is the caller's: it must neither follow redirects nor retry nor keep cookies.
 */
public final class TwilioUsageClient {
    // A page of 1000 records has about 1.6 MB. What is ten times larger is no page.
    private static final int LARGEST_ANSWER = 16 * 1024 * 1024;

    private final HttpClient http;
    private final URI baseUrl;
    private final Credentials credentials;
    private final Clock clock;
    private volatile Duration serverAhead;

    public TwilioUsageClient(HttpClient http, URI baseUrl, Credentials credentials, Clock clock) {
        this.http = http;
        this.baseUrl = baseUrl;
        this.credentials = credentials;
        this.clock = clock;
    }

    /** Lists usage records: nothing is asked before the first page is. */
    public RecordPages records(RecordsQuery query) {
        return new RecordPages(this, query);
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

    String accountPath() {
        return "/2010-04-01/Accounts/" + credentials.accountSid();
    }

    HttpGet request(String path, String query) {
        HttpGet request = new HttpGet(baseUrl.resolve(path + "?" + query));
        request.setHeader(HttpHeaders.ACCEPT, "application/json");
        request.setHeader(HttpHeaders.AUTHORIZATION, credentials.authorization());
        return request;
    }

    /**
     * Sends the request and reads its answer whole, so that no connection stays open behind a slow reader and a cut
     * answer never passes for a short one.
     */
    Page page(String operation, HttpGet request) {
        try {
            return http.execute(request, answer -> page(operation, answer));
        } catch (IOException e) {
            throw TwilioApiException.unanswered(operation, e);
        }
    }

    private Page page(String operation, ClassicHttpResponse answer) throws IOException {
        rememberServerTime(answer);
        String requestId = header(answer, "Twilio-Request-Id");
        byte[] body = body(operation, answer, requestId);
        if (answer.getCode() != HttpStatus.SC_OK) {
            throw TwilioApiException.refused(operation, answer.getCode(), AnswerParser.error(body), requestId);
        }
        try {
            return AnswerParser.page(body);
        } catch (IOException e) {
            // The parser's own words may quote the answer.
            throw TwilioApiException.unusable(operation, answer.getCode(), requestId,
                    "the answer is not the JSON list that Twilio documents, " + body.length + " bytes of "
                            + header(answer, HttpHeaders.CONTENT_TYPE));
        }
    }

    private static byte[] body(String operation, ClassicHttpResponse answer, String requestId) throws IOException {
        HttpEntity entity = answer.getEntity();
        if (entity == null) {
            return new byte[0];
        }
        InputStream content = entity.getContent();
        byte[] body = content.readNBytes(LARGEST_ANSWER + 1);
        if (body.length > LARGEST_ANSWER) {
            throw TwilioApiException.unusable(operation, answer.getCode(), requestId,
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
