package io.github.cameltwilio.usage.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.SplittableRandom;

/** Made up from the seed, in the shape of Twilio's own. */
record Credentials(String accountSid, String authToken, String apiKey, String secretKey, String clientId,
        String clientSecret) {

    static Credentials from(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new Credentials("AC" + hex(random), hex(random), "SK" + hex(random), hex(random), "OQ" + hex(random),
                hex(random) + hex(random));
    }

    /** The SID of a subaccount, the first of which is number 1. */
    static String subaccountSid(long seed, int number) {
        return "AC" + hex(new SplittableRandom(seed + ((long) number << 32)));
    }

    /** The token of a subaccount: what never leaves a client that lists accounts. */
    static String tokenOf(String subaccountSid) {
        return hex(new SplittableRandom(subaccountSid.hashCode()));
    }

    /** Whether the Authorization header carries the account's token or the API key. */
    boolean admit(String authorization) {
        return admitToSubaccounts(authorization) || basic(apiKey, secretKey).equals(authorization);
    }

    /** No API key of the main account reads a subaccount. */
    boolean admitToSubaccounts(String authorization) {
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
