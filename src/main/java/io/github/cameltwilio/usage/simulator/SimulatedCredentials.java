package io.github.cameltwilio.usage.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.SplittableRandom;

/** Credentials that are generated from the seed in the format of Twilio's. */
record SimulatedCredentials(String accountSid, String authToken, String apiKey, String secretKey, String clientId,
        String clientSecret) {

    static SimulatedCredentials from(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new SimulatedCredentials("AC" + hex(random), hex(random), "SK" + hex(random), hex(random),
                "OQ" + hex(random),
                hex(random) + hex(random));
    }

    /** The SID of a subaccount; numbers start at 1. */
    static String subaccountSid(long seed, int number) {
        return "AC" + hex(new SplittableRandom(seed + ((long) number << 32)));
    }

    /** The auth token of the main account or of a subaccount. */
    String tokenOf(String sid) {
        return sid.equals(accountSid) ? authToken : hex(new SplittableRandom(sid.hashCode()));
    }

    /** Returns whether the Authorization header contains the main account's auth token or its API key. */
    boolean accepts(String authorization) {
        return acceptsAuthToken(authorization, accountSid) || basic(apiKey, secretKey).equals(authorization);
    }

    /** A subaccount's own token is accepted, and the main account's, but not the main account's API key. */
    boolean acceptsForSubaccount(String authorization, String subaccountSid) {
        return acceptsAuthToken(authorization, accountSid) || acceptsAuthToken(authorization, subaccountSid);
    }

    private boolean acceptsAuthToken(String authorization, String sid) {
        return basic(sid, tokenOf(sid)).equals(authorization);
    }

    private static String basic(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private static String hex(SplittableRandom random) {
        return "%016x%016x".formatted(random.nextLong(), random.nextLong());
    }
}
