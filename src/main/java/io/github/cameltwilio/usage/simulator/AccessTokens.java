package io.github.cameltwilio.usage.simulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Issues access tokens as oauth.twilio.com does. A token stays valid for its whole lifetime, even if a newer one has
 * been issued.
 */
final class AccessTokens {

    static final String PATH = "/v2/token";

    private final long seed;
    private final Clock clock;
    private final SimulatedCredentials credentials;
    private final Duration lifetime;
    private final Map<String, Instant> expiries = new ConcurrentHashMap<>();

    AccessTokens(long seed, Clock clock, SimulatedCredentials credentials, Duration lifetime) {
        this.seed = seed;
        this.clock = clock;
        this.credentials = credentials;
        this.lifetime = lifetime;
    }

    SimulatedResponse respond(ReceivedRequest request) {
        if (!request.method().equals("POST")) {
            return ApiError.methodNotAllowed().response();
        }
        if (!"client_credentials".equals(request.form().get("grant_type"))) {
            return ApiError.invalidParameter("Invalid grant_type").response();
        }
        if (!credentials.clientId().equals(request.form().get("client_id"))
                || !credentials.clientSecret().equals(request.form().get("client_secret"))) {
            return ApiError.unauthorized().response();
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("access_token", issue());
        json.put("id_token", null);
        json.put("token_type", "Bearer");
        json.put("expires_in", lifetime.toSeconds());
        json.put("refresh_token", null);
        return SimulatedResponse.json(200, json);
    }

    /** Returns whether the Authorization header contains a token that was issued here and has not expired. */
    boolean accepts(String authorization) {
        Instant expiry = authorization == null ? null : expiries.get(authorization);
        return expiry != null && clock.instant().isBefore(expiry);
    }

    private synchronized String issue() {
        String token = "eyJ%016x.%016x".formatted(SimulatedUsage.scramble(seed),
                SimulatedUsage.scramble(seed + expiries.size() + 1));
        expiries.put("Bearer " + token, clock.instant().plus(lifetime));
        return token;
    }
}
