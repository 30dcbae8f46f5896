package io.github.cameltwilio.usage;

import java.util.Collection;

/**
 * Looks up the secrets that may have signed a callback, for applications whose accounts come and go. It adds to the
 * options {@code authToken}, {@code authTokens} and {@code sharedSecretKeys}. An exception makes Twilio retry the
 * callback.
 */
@FunctionalInterface
public interface CallbackSecrets {

    /** Returns the auth tokens of an account; empty if the account is unknown. */
    Collection<String> authTokens(String accountSid);

    /** Returns the secret of a shared key; null if the key is unknown. */
    default String sharedKey(String key) {
        return null;
    }
}
