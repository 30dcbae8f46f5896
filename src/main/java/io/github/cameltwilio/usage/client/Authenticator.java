package io.github.cameltwilio.usage.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What an account's requests are signed with: its credentials or, of an OAuth app, the access token that they are
 * exchanged for. The token is asked for when it is needed first, by one request while the others wait, and anew shortly
 * before it ends. All clients of these credentials share it; thread-safe.
 */
public final class Authenticator {
    // A request takes as long as this at the most. Tokens that live for less than twice of it are renewed at half time.
    private static final Duration BEFORE_THE_END = Duration.ofSeconds(30);

    private final Credentials credentials;
    private final Clock clock;
    private final ReentrantLock asking = new ReentrantLock();
    private final AtomicReference<Bearer> bearer = new AtomicReference<>();
    private volatile TwilioApiException failure;

    public Authenticator(Credentials credentials, Clock clock) {
        this.credentials = credentials;
        this.clock = clock;
    }

    Credentials credentials() {
        return credentials;
    }

    /**
     * The value of the header Authorization.
     *
     * @param  ask                  asks Twilio for an access token
     * @throws TwilioApiException   when Twilio gives none; those who waited for it get the same answer
     * @throws InterruptedException when the wait for another's request is interrupted
     */
    String authorization(Supplier<AccessToken> ask) throws InterruptedException {
        if (!credentials.areOfAnApp()) {
            return credentials.authorization();
        }
        Bearer known = bearer.get();
        return isGood(known) ? known.authorization : authorizationOfOneRequest(ask);
    }

    private String authorizationOfOneRequest(Supplier<AccessToken> ask) throws InterruptedException {
        TwilioApiException earlier = failure;
        asking.lockInterruptibly();
        try {
            Bearer known = bearer.get();
            if (!isGood(known)) {
                if (failure != earlier) {
                    throw failure;
                }
                known = asked(ask);
                bearer.set(known);
            }
            return known.authorization;
        } finally {
            asking.unlock();
        }
    }

    private Bearer asked(Supplier<AccessToken> ask) {
        Instant before = clock.instant();
        try {
            AccessToken token = ask.get();
            Duration half = token.lifetime().dividedBy(2);
            Duration early = half.compareTo(BEFORE_THE_END) < 0 ? half : BEFORE_THE_END;
            return new Bearer("Bearer " + token.text(), before.plus(token.lifetime()).minus(early));
        } catch (TwilioApiException e) {
            failure = e;
            throw e;
        }
    }

    /** Twilio refused this one. Whether there may be another one that it takes. */
    boolean isRenewedAfter(String refused) {
        Bearer known = bearer.get();
        if (known != null && known.authorization.equals(refused)) {
            bearer.compareAndSet(known, null);
        }
        return credentials.areOfAnApp();
    }

    /** The text without what signs in here, in case it quotes a request. */
    String withoutSecrets(String text) {
        Bearer known = bearer.get();
        String token = known == null ? credentials.authorization() : known.authorization;
        return text.replace(credentials.password(), "xxxxxx")
                .replace(parameterOf(credentials.authorization()), "xxxxxx")
                .replace(parameterOf(token), "xxxxxx");
    }

    /** Without {@code Basic} or {@code Bearer}. */
    private static String parameterOf(String authorization) {
        return authorization.substring(authorization.indexOf(' ') + 1);
    }

    private boolean isGood(Bearer known) {
        return known != null && clock.instant().isBefore(known.renewal);
    }

    private static final class Bearer {
        private final String authorization;
        private final Instant renewal;

        private Bearer(String authorization, Instant renewal) {
            this.authorization = authorization;
            this.renewal = renewal;
        }
    }

    @Override
    public String toString() {
        return "Authenticator[" + credentials.accountSid() + "]";
    }
}
