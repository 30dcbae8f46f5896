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

    /** The auth token of a listed account, which a client must never reveal. */
    static String tokenOf(String accountSid) {
        return hex(new SplittableRandom(accountSid.hashCode()));
    }

    /** Whether the Authorization header contains the account's auth token or its API key. */
    boolean accepts(String authorization) {
        return acceptsForSubaccounts(authorization) || basic(apiKey, secretKey).equals(authorization);
    }

    /** An API key of the main account cannot read a subaccount, only the auth token can. */
    boolean acceptsForSubaccounts(String authorization) {
        return basic(accountSid, authToken).equals(authorization);
    }

    private static String basic(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private static String hex(SplittableRandom random) {
        return "%016x%016x".formatted(random.nextLong(), random.nextLong());
    }
}
