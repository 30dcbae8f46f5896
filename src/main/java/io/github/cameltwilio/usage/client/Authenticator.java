package io.github.cameltwilio.usage.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.apache.hc.core5.http.Header;

/**
 * Authenticates an account's requests: with its credentials or, for an OAuth app, with the access token that Twilio
 * issues for them. One request fetches the token when it is first needed, and again shortly before it expires, while
 * the others wait. All clients with the same credentials share this object; it is thread-safe.
 */
public final class Authenticator {
    // Enough for a request to finish. A token that lives for less than a minute is renewed halfway through its life.
    private static final Duration RENEWAL_MARGIN = Duration.ofSeconds(30);
    private static final String MASK = "xxxxxx";

    private final Credentials credentials;
    private final Clock clock;
    private final ReentrantLock renewal = new ReentrantLock();
    private final AtomicReference<Bearer> bearer = new AtomicReference<>();
    private volatile TwilioApiException lastFailure;

    public Authenticator(Credentials credentials, Clock clock) {
        this.credentials = credentials;
        this.clock = clock;
    }

    Credentials credentials() {
        return credentials;
    }

    /**
     * Returns the value of the header Authorization.
     *
     * @param  tokenRequest         requests an access token from Twilio
     * @throws TwilioApiException   when the token request fails; everyone who waited for it gets the same exception
     * @throws InterruptedException when interrupted while another thread requests the token
     */
    String authorization(Supplier<AccessToken> tokenRequest) throws InterruptedException {
        if (!credentials.areOAuth()) {
            return credentials.authorization();
        }
        Bearer current = bearer.get();
        return isValid(current) ? current.authorization : renew(tokenRequest);
    }

    private String renew(Supplier<AccessToken> tokenRequest) throws InterruptedException {
        TwilioApiException failureBefore = lastFailure;
        renewal.lockInterruptibly();
        try {
            Bearer current = bearer.get();
            if (!isValid(current)) {
                if (lastFailure != failureBefore) {
                    throw lastFailure;
                }
                current = request(tokenRequest);
                bearer.set(current);
            }
            return current.authorization;
        } finally {
            renewal.unlock();
        }
    }

    private Bearer request(Supplier<AccessToken> tokenRequest) {
        Instant start = clock.instant();
        try {
            AccessToken token = tokenRequest.get();
            Duration half = token.lifetime().dividedBy(2);
            Duration margin = half.compareTo(RENEWAL_MARGIN) < 0 ? half : RENEWAL_MARGIN;
            return new Bearer("Bearer " + token.text(), start.plus(token.lifetime()).minus(margin));
        } catch (TwilioApiException e) {
            lastFailure = e;
            throw e;
        }
    }

    /** Discards a rejected token, and returns whether a new one can be requested. */
    boolean discard(String rejected) {
        Bearer current = bearer.get();
        if (current != null && current.authorization.equals(rejected)) {
            bearer.compareAndSet(current, null);
        }
        return credentials.areOAuth();
    }

    /** Masks credentials and tokens in a text that may quote a request. */
    String maskSecrets(String text) {
        Bearer current = bearer.get();
        String token = current == null ? credentials.authorization() : current.authorization;
        return text.replace(credentials.password(), MASK)
                .replace(withoutScheme(credentials.authorization()), MASK)
                .replace(withoutScheme(token), MASK);
    }

    private static String withoutScheme(String authorization) {
        return authorization.substring(authorization.indexOf(' ') + 1);
    }

    private boolean isValid(Bearer token) {
        return token != null && clock.instant().isBefore(token.renewAt);
    }

    @Override
    public String toString() {
        return "Authenticator[" + credentials.accountSid() + "]";
    }

    private static final class Bearer {
        private final String authorization;
        private final Instant renewAt;

        private Bearer(String authorization, Instant renewAt) {
            this.authorization = authorization;
            this.renewAt = renewAt;
        }
    }

    /** An OAuth app's access token, and its lifetime from the request on. It is never printed. */
    record AccessToken(String text, Duration lifetime) {

        @Override
        public String toString() {
            return "AccessToken[" + lifetime + "]";
        }
    }

    /** A header whose value is sent but never printed: HttpClient logs the headers of each request. */
    record SecretHeader(String name, String value) implements Header {

        @Override
        public String getName() {
            return name;
        }

        @Override
        public String getValue() {
            return value;
        }

        @Override
        public boolean isSensitive() {
            return true;
        }

        @Override
        public String toString() {
            return name + ": " + MASK;
        }
    }
}
