package io.github.cameltwilio.usage.client;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Whose usage is read, and as whom. {@code username} is the account's SID with its auth token, or an API key's SID
 * with its secret; {@code password} is the token or the secret and never printed.
 */
public record Credentials(String accountSid, String username, String password) {

    String authorization() {
        byte[] pair = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    @Override
    public String toString() {
        return "Credentials[" + accountSid + "]";
    }
}
