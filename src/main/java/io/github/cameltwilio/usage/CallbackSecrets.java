package io.github.cameltwilio.usage;

import java.util.Collection;

/**
 * Looks up the secrets that may have signed a callback, for applications whose accounts come and go. It is called only
 * for a request that no secret in the options {@code authToken}, {@code authTokens} and {@code sharedSecretKeys}
 * verifies. If it throws an exception, Twilio retries the callback.
 *
 * <p>
 * The SID and the key come from a request that is not verified yet, so anyone can cause a call. They contain only
 * letters, digits, hyphens and underscores.
 */
@FunctionalInterface
public interface CallbackSecrets {

    /** Returns the auth tokens of an account; empty if the account is unknown. */
    Collection<String> authTokens(String accountSid);

    /** Returns the secret of a shared key; null if the key is unknown, or if it is not a key of this account. */
    default String sharedKey(String accountSid, String key) {
        return null;
    }
}
