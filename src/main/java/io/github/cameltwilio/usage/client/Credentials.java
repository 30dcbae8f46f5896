package io.github.cameltwilio.usage.client;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Whose usage is read, and as whom. {@code username} is the account's SID with its auth token, an API key's SID with its
 * secret, or an OAuth app's client id with its secret; {@code password} is the token or the secret and never printed.
 *
 * @param tokenUrl where the OAuth app is given access tokens, or null for credentials that sign in themselves
 */
public record Credentials(String accountSid, String username, String password, URI tokenUrl) {

    /** Those that sign in themselves: an auth token or an API key. */
    public Credentials(String accountSid, String username, String password) {
        this(accountSid, username, password, null);
    }

    boolean areOfAnApp() {
        return tokenUrl != null;
    }

    String authorization() {
        byte[] pair = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    @Override
    public String toString() {
        return "Credentials[" + accountSid + "]";
    }
}
