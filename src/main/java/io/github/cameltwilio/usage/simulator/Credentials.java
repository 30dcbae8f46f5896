package io.github.cameltwilio.usage.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.SplittableRandom;

/** Made up from the seed, in the shape of Twilio's own. */
record Credentials(String accountSid, String authToken, String apiKey, String secretKey) {

    static Credentials from(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new Credentials("AC" + hex(random), hex(random), "SK" + hex(random), hex(random));
    }

    /** Whether the Authorization header carries the account's token or the API key. */
    boolean admit(String authorization) {
        return basic(accountSid, authToken).equals(authorization) || basic(apiKey, secretKey).equals(authorization);
    }

    private static String basic(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private static String hex(SplittableRandom random) {
        return "%016x%016x".formatted(random.nextLong(), random.nextLong());
    }
}
