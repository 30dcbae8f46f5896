package io.github.cameltwilio.usage.client;

import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
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
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends authenticated requests to Twilio, within the account's limit of concurrent requests, and reads the responses.
 */
final class TwilioHttp {
    private static final int MAX_PAGE_SIZE = 1000;
    // Twilio's default page size. Failing at this size is an outage; a smaller page would not help.
    private static final int DEFAULT_PAGE_SIZE = 50;
    // At DEBUG, HttpClient writes everything that it sends and receives to this log, and nothing can be masked.
    private static final Logger WIRE_LOG = LoggerFactory.getLogger("org.apache.hc.client5.http.wire");

    private final HttpClient http;
    private final URI baseUrl;
    private final Authenticator authenticator;
    private final TwilioClock clock;
    private final Retries retries;
    private final Semaphore permits;
    private final Duration maxExchangeTime;
    private final LongAdder requests = new LongAdder();
    private final LongAdder throttled = new LongAdder();
    private final AtomicInteger maxPageSize = new AtomicInteger(MAX_PAGE_SIZE);

    /** Reads a response's body to its end. */
    @FunctionalInterface
    interface BodyReader<T> {

        /**
         * @throws JsonProcessingException when the body is not what Twilio documents
         * @throws CharConversionException when it claims to be UTF-32 and is not
         * @throws IOException             when the connection fails
         */
        T read(ResponseBody body) throws IOException;
    }

    TwilioHttp(HttpClient http, URI baseUrl, Authenticator authenticator, TwilioClock clock, Retries retries,
               Semaphore permits, Duration maxExchangeTime) {
        this.http = http;
        this.baseUrl = baseUrl;
        this.authenticator = authenticator;
        this.clock = clock;
        this.retries = retries;
        this.permits = permits;
        this.maxExchangeTime = maxExchangeTime;
    }

    long requests() {
        return requests.sum();
    }

    long throttled() {
        return throttled.sum();
    }

    /** The largest page size for which Twilio has not failed twice with a server error. */
    int maxPageSize() {
        return maxPageSize.get();
    }

    /** Halves the maximum page size after server errors for this size. */
    void reduceMaxPageSize(int failedPageSize) {
        maxPageSize.accumulateAndGet(Math.max(DEFAULT_PAGE_SIZE, failedPageSize / 2), Math::min);
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

    private static HttpPost post(URI url, Map<String, String> form) {
        HttpPost request = new HttpPost(url);
        request.setEntity(new UrlEncodedFormEntity(form.entrySet().stream()
                .map(field -> new BasicNameValuePair(field.getKey(), field.getValue())).toList(),
                StandardCharsets.UTF_8));
        return request;
    }

    <T> T withRetries(Supplier<T> request) {
        return retries.run(request);
    }

    /**
     * Sends a request and reads its whole response, so that a slow reader holds no connection and a truncated response
     * never passes for a short one. A rejected access token is renewed once.
     */
    <T> T send(Operation operation, HttpUriRequestBase request, BodyReader<T> reader) {
        boolean permitted = false;
        try {
            permits.acquire();
            permitted = true;
            String authorization = authenticator.authorization(this::requestAccessToken);
            try {
                return exchange(operation, authorized(request, authorization), reader);
            } catch (TwilioApiException e) {
                boolean renewable = e.status() == HttpStatus.SC_UNAUTHORIZED && authenticator.discard(authorization);
                if (!renewable || request.isCancelled()) {
                    throw e;
                }
                String renewed = authenticator.authorization(this::requestAccessToken);
                return exchange(operation, authorized(request, renewed), reader);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw TwilioApiException.noResponse(operation, new InterruptedIOException("interrupted"));
        } finally {
            if (permitted) {
                permits.release();
            }
        }
    }

    /** Shares the permit of the request that needs the token: acquiring a second permit could deadlock. */
    private Authenticator.AccessToken requestAccessToken() {
        Credentials app = authenticator.credentials();
        HttpPost request = post(app.tokenUrl(), Map.of("grant_type", "client_credentials", "client_id", app.username(),
                "client_secret", app.password()));
        return exchange(new Operation("authenticate with clientId and clientSecret", Operation.Kind.READ), request,
                ResponseParser::accessToken);
    }

    private static HttpUriRequestBase authorized(HttpUriRequestBase request, String authorization) {
        request.setHeader(new Authenticator.SecretHeader(HttpHeaders.AUTHORIZATION, authorization));
        return request;
    }

    private <T> T exchange(Operation operation, HttpUriRequestBase request, BodyReader<T> reader) {
        if (WIRE_LOG.isDebugEnabled()) {
            throw new IllegalStateException(
                    operation + ": not sent, because the log " + WIRE_LOG.getName() + " is at DEBUG or TRACE, where it"
                            + " contains the credentials of every request: set it to INFO");
        }
        request.setHeader(HttpHeaders.ACCEPT, "application/json");
        requests.increment();
        Deadline deadline = new Deadline(maxExchangeTime, request);
        try (deadline) {
            return http.execute(request, response -> {
                ResponseBody body = new ResponseBody(content(response), !isSuccess(response));
                try {
                    return read(operation, response, body, reader);
                } finally {
                    if (!body.isComplete()) {
                        // HttpClient would read the rest before it closes the connection, and it may never end.
                        request.cancel();
                    }
                }
            });
        } catch (IOException e) {
            throw noResponse(operation, deadline, e);
        } catch (TwilioApiException e) {
            throw e;
        } catch (RuntimeException e) {
            // HttpClient throws several of them if a request is cancelled while it connects.
            if (!request.isCancelled()) {
                throw e;
            }
            throw noResponse(operation, deadline, new IOException("the request was cancelled", e));
        }
    }

    private TwilioApiException noResponse(Operation operation, Deadline deadline, IOException e) {
        return TwilioApiException.noResponse(operation, deadline.hasPassed()
                ? new InterruptedIOException("not complete after " + maxExchangeTime.toMillis() + " ms") : e);
    }

    private <T> T read(Operation operation, ClassicHttpResponse response, ResponseBody body, BodyReader<T> reader)
            throws IOException {
        Instant date = DateUtils.parseStandardDate(response, HttpHeaders.DATE);
        // An error response may come from a gateway, whose clock is not Twilio's.
        if (date != null && isSuccess(response)) {
            clock.responded(date);
        }
        ErrorResponse headers = ErrorResponse.of(response, clock.now());
        if (headers.status() == HttpStatus.SC_TOO_MANY_REQUESTS) {
            throttled.increment();
        }
        if (!isSuccess(response)) {
            throw TwilioApiException.rejected(operation, readError(headers, body), authenticator.credentials());
        }
        try {
            T result = reader.read(body);
            body.readToEnd();
            return result;
        } catch (ResponseBody.TooLongException e) {
            throw TwilioApiException.unusable(operation, headers, e.getMessage());
        } catch (StreamConstraintsException e) {
            throw TwilioApiException.unusable(operation, headers, "the response far exceeds what Twilio documents:"
                    + " it has too many values, or values that are too long or nested too deeply");
        } catch (JsonProcessingException | CharConversionException e) {
            // The parser's own message may quote the response.
            throw TwilioApiException.unreadable(operation, headers,
                    "the response is not the JSON that Twilio documents, " + body.bytes() + " bytes of "
                            + TwilioApiException.printable(ErrorResponse.header(response, HttpHeaders.CONTENT_TYPE)));
        }
    }

    private ErrorResponse readError(ErrorResponse headers, ResponseBody body) {
        // Gateways are known to quote a malformed request in their response.
        ErrorResponse error = headers.withBody(ResponseParser.error(body), authenticator::maskSecrets);
        try {
            body.readToEnd();
        } catch (IOException e) {
            // The error that was read is good. Since its body is not complete, the connection is not reused.
        }
        return error;
    }

    private static InputStream content(ClassicHttpResponse response) throws IOException {
        return response.getEntity() == null ? InputStream.nullInputStream() : response.getEntity().getContent();
    }

    private static boolean isSuccess(ClassicHttpResponse response) {
        return response.getCode() >= HttpStatus.SC_OK && response.getCode() < HttpStatus.SC_REDIRECTION;
    }

    /**
     * Cancels an exchange that takes too long. A socket timeout is not enough: one byte per second would occupy a
     * connection, its thread and its permit forever.
     */
    private static final class Deadline implements AutoCloseable {
        private final CompletableFuture<Void> exchange = new CompletableFuture<>();

        Deadline(Duration timeout, Cancellable request) {
            exchange.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).exceptionally(expired -> {
                request.cancel();
                return null;
            });
        }

        boolean hasPassed() {
            return exchange.isCompletedExceptionally();
        }

        @Override
        public void close() {
            exchange.complete(null);
        }
    }
}
