package io.github.cameltwilio.usage.client;

import java.io.CharConversionException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpDelete;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.entity.UrlEncodedFormEntity;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends signed requests to Twilio, never more of them at once than an account may, and reads the answers. */
final class TwilioHttp {
    private static final int LARGEST_PAGE = 1000;
    // Twilio's own choice where nobody says how many. To break down over so few is an outage, and to ask for less no remedy.
    private static final int DEFAULT_PAGE = 50;
    // Here HttpClient prints all that it sends and receives. Nothing can be kept out of it.
    private static final Logger WIRE_LOG = LoggerFactory.getLogger("org.apache.hc.client5.http.wire");

    private final HttpClient http;
    private final URI baseUrl;
    private final Authenticator signIn;
    private final TwilioClock clock;
    private final Retries retries;
    private final Semaphore inFlight;
    private final Duration longestExchange;
    private final RequestCounts traffic = new RequestCounts();
    private final AtomicInteger largestPage = new AtomicInteger(LARGEST_PAGE);

    TwilioHttp(HttpClient http, URI baseUrl, Authenticator signIn, TwilioClock clock, Retries retries,
               Semaphore inFlight,
               Duration longestExchange) {
        this.http = http;
        this.baseUrl = baseUrl;
        this.signIn = signIn;
        this.clock = clock;
        this.retries = retries;
        this.inFlight = inFlight;
        this.longestExchange = longestExchange;
    }

    RequestCounts traffic() {
        return traffic;
    }

    /** How many items a page may have that Twilio does not break down over, as far as it is known. */
    int largestPage() {
        return largestPage.get();
    }

    /** Twilio broke down over a page of so many items: from now on none of a large size is asked for that has more than half. */
    void breaksDownOver(int pageSize) {
        largestPage.accumulateAndGet(Math.max(DEFAULT_PAGE, pageSize / 2), Math::min);
    }

    HttpGet get(String pathAndQuery) {
        return new HttpGet(baseUrl.resolve(pathAndQuery));
    }

    HttpDelete delete(String path) {
        return new HttpDelete(baseUrl.resolve(path));
    }

    HttpPost post(String path, Map<String, String> form) {
        return post(baseUrl.resolve(path), form);
    }

    private static HttpPost post(URI address, Map<String, String> form) {
        HttpPost request = new HttpPost(address);
        request.setEntity(new UrlEncodedFormEntity(form.entrySet().stream()
                .map(field -> new BasicNameValuePair(field.getKey(), field.getValue())).toList(),
                StandardCharsets.UTF_8));
        return request;
    }

    <T> T repeatedly(Supplier<T> request) {
        return retries.of(request);
    }

    /**
     * Sends the request and reads its answer whole, so that no connection stays open behind a slow reader and a cut
     * answer never passes for a short one. An access token that Twilio does not take any more is renewed, once.
     */
    <T> T send(Operation operation, HttpUriRequestBase request, BodyReader<T> reader) {
        boolean permitted = false;
        try {
            inFlight.acquire();
            permitted = true;
            String authorization = signIn.authorization(this::accessToken);
            try {
                return exchange(operation, signed(request, authorization), reader);
            } catch (TwilioApiException e) {
                boolean renewed = e.status() == HttpStatus.SC_UNAUTHORIZED && signIn.isRenewedAfter(authorization);
                if (!renewed || request.isCancelled()) {
                    throw e;
                }
                return exchange(operation, signed(request, signIn.authorization(this::accessToken)), reader);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw TwilioApiException.unanswered(operation, new InterruptedIOException("interrupted"));
        } finally {
            if (permitted) {
                inFlight.release();
            }
        }
    }

    /** Within the permit of the request that needs it: to wait for a second one could be to wait for each other. */
    private AccessToken accessToken() {
        Credentials app = signIn.credentials();
        HttpPost request = post(app.tokenUrl(), Map.of("grant_type", "client_credentials", "client_id", app.username(),
                "client_secret", app.password()));
        return exchange(Operation.read("sign in with clientId and clientSecret"), request, ResponseParser::accessToken);
    }

    private static HttpUriRequestBase signed(HttpUriRequestBase request, String authorization) {
        request.setHeader(new SecretHeader(HttpHeaders.AUTHORIZATION, authorization));
        return request;
    }

    private <T> T exchange(Operation operation, HttpUriRequestBase request, BodyReader<T> reader) {
        if (WIRE_LOG.isDebugEnabled()) {
            throw new IllegalStateException(
                    operation + ": not sent, since the log " + WIRE_LOG.getName() + " is at DEBUG or"
                            + " TRACE, where it holds the credentials of all requests: set it to INFO");
        }
        request.setHeader(HttpHeaders.ACCEPT, "application/json");
        traffic.oneRequest();
        Deadline deadline = new Deadline(longestExchange, request);
        try (deadline) {
            return http.execute(request, answer -> {
                ResponseBody body = isSuccess(answer) ? ResponseBody.of(answer.getEntity())
                        : ResponseBody.ofRefusal(answer.getEntity());
                try {
                    return read(operation, answer, body, reader);
                } finally {
                    if (!body.isWhole()) {
                        // HttpClient would read what is left before it closes, and there may be no end of it.
                        request.cancel();
                    }
                }
            });
        } catch (IOException e) {
            throw TwilioApiException.unanswered(operation, deadline.hasPassed()
                    ? new InterruptedIOException("not whole after " + longestExchange.toMillis() + " ms") : e);
        }
    }

    private <T> T read(Operation operation, ClassicHttpResponse answer, ResponseBody body, BodyReader<T> reader)
            throws IOException {
        clock.answered(DateUtils.parseStandardDate(answer, HttpHeaders.DATE));
        Reply reply = new Reply(answer.getCode(), header(answer, "Twilio-Request-Id"),
                RetryAfter.parse(header(answer, HttpHeaders.RETRY_AFTER), clock.about()));
        if (answer.getCode() == HttpStatus.SC_TOO_MANY_REQUESTS) {
            traffic.oneThrottled();
        }
        if (!isSuccess(answer)) {
            throw TwilioApiException.refused(operation, reply, error(body));
        }
        try {
            T meaning = reader.read(body);
            body.readToItsEnd();
            return meaning;
        } catch (ResponseBody.TooLongException e) {
            throw TwilioApiException.unusable(operation, reply, e.getMessage());
        } catch (StreamConstraintsException e) {
            throw TwilioApiException.unusable(operation, reply,
                    "the answer is beyond all that Twilio documents: too many values, too long or too deep ones");
        } catch (JsonProcessingException | CharConversionException e) {
            // The parser's own words may quote the answer.
            throw TwilioApiException.unreadable(operation, reply, "the answer is not the JSON that Twilio documents, "
                    + body.bytes() + " bytes of "
                    + TwilioApiException.printable(header(answer, HttpHeaders.CONTENT_TYPE)));
        }
    }

    private static boolean isSuccess(ClassicHttpResponse answer) {
        return answer.getCode() >= HttpStatus.SC_OK && answer.getCode() < HttpStatus.SC_REDIRECTION;
    }

    private TwilioError error(ResponseBody body) {
        // Gateways are known to quote what they could not read of a request.
        TwilioError error = ResponseParser.error(body).with(signIn::withoutSecrets);
        try {
            body.readToItsEnd();
        } catch (IOException e) {
            // What Twilio said counts. The connection is not used again.
        }
        return error;
    }

    private static String header(MessageHeaders answer, String name) {
        Header header = answer.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }
}
