package io.github.cameltwilio.usage.client;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * An account, and what authenticates its requests. {@code username} and {@code password} are the account's SID and auth
 * token, an API key's SID and secret, or an OAuth app's client id and secret. The password is never printed.
 *
 * @param tokenUrl where an OAuth app requests access tokens; null for the other kinds of credentials
 */
public record Credentials(String accountSid, String username, String password, URI tokenUrl) {

    /** An auth token or an API key. */
    public Credentials(String accountSid, String username, String password) {
        this(accountSid, username, password, null);
    }

    boolean areOAuth() {
        return tokenUrl != null;
    }

    /** The names of the options that they come from. */
    String options() {
        return areOAuth() ? "clientId, clientSecret" : username.equals(accountSid) ? "authToken" : "apiKey, secretKey";
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
