package io.github.cameltwilio.usage.simulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What oauth.twilio.com does: tokens for the client that knows its secret, each good until its time is over, whether or
 * not there is a newer one.
 */
final class AccessTokens {

    static final String PATH = "/v2/token";

    private final long seed;
    private final Clock clock;
    private final Credentials credentials;
    private final Duration lifetime;
    private final Map<String, Instant> ends = new ConcurrentHashMap<>();

    AccessTokens(long seed, Clock clock, Credentials credentials, Duration lifetime) {
        this.seed = seed;
        this.clock = clock;
        this.credentials = credentials;
        this.lifetime = lifetime;
    }

    Answer answer(ReceivedRequest request) {
        if (!request.method().equals("POST")) {
            return ApiError.methodNotAllowed().answer();
        }
        if (!"client_credentials".equals(request.form().get("grant_type"))) {
            return ApiError.invalidParameter("Invalid grant_type").answer();
        }
        if (!credentials.clientId().equals(request.form().get("client_id"))
                || !credentials.clientSecret().equals(request.form().get("client_secret"))) {
            return ApiError.unauthorized().answer();
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("access_token", give());
        json.put("id_token", null);
        json.put("token_type", "Bearer");
        json.put("expires_in", lifetime.toSeconds());
        json.put("refresh_token", null);
        return Answer.json(200, json);
    }

    /** Whether the Authorization header carries a token that was given here and has not ended. */
    boolean admit(String authorization) {
        Instant end = authorization == null ? null : ends.get(authorization);
        return end != null && clock.instant().isBefore(end);
    }

    private synchronized String give() {
        String token = "eyJ%016x.%016x".formatted(SimulatedUsage.scramble(seed),
                SimulatedUsage.scramble(seed + ends.size() + 1));
        ends.put("Bearer " + token, clock.instant().plus(lifetime));
        return token;
    }
}
