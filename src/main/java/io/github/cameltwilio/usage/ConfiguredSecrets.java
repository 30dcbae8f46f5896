package io.github.cameltwilio.usage;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The secrets of the options {@code authToken}, {@code authTokens} and {@code sharedSecretKeys}, and of the bean. */
record ConfiguredSecrets(Map<String, Set<String>> tokens, Map<String, String> keys, CallbackSecrets bean)
        implements
            CallbackSecrets {
    private static final Pattern ACCOUNT_TOKEN = Pattern.compile("(AC[0-9a-fA-F]{32}):(.+)");
    private static final Pattern SHARED_KEY = Pattern.compile("([^:]+):(.+)");

    /** @throws IllegalArgumentException if an option is malformed, or if nothing could be verified; quotes no secret */
    static CallbackSecrets of(TwilioUsageConfiguration options) {
        Map<String, Set<String>> tokens = new HashMap<>();
        Stream.concat(Stream.ofNullable(options.getAuthToken()).filter(token -> !token.isBlank()),
                entries(options.getAuthTokens())).forEach(entry -> {
                    Matcher ofAccount = ACCOUNT_TOKEN.matcher(entry);
                    if (!ofAccount.matches() && entry.contains(":")) {
                        throw new IllegalArgumentException(
                                "authTokens has an invalid entry: write <accountSid>:<authToken>"
                                        + " for the token of another account");
                    }
                    tokens.computeIfAbsent(ofAccount.matches() ? ofAccount.group(1) : options.getAccountSid(),
                            account -> new LinkedHashSet<>()).add(ofAccount.matches() ? ofAccount.group(2) : entry);
                });
        Map<String, String> keys = new HashMap<>();
        entries(options.getSharedSecretKeys()).forEach(entry -> {
            Matcher key = SHARED_KEY.matcher(entry);
            if (!key.matches()) {
                throw new IllegalArgumentException("sharedSecretKeys has an invalid entry: write <key>:<secret>");
            }
            keys.put(key.group(1), key.group(2));
        });
        boolean tokensNeeded = options.isValidateSignature() && keys.isEmpty() && options.getCallbackSecrets() == null;
        if (tokensNeeded && tokens.isEmpty()) {
            throw new IllegalArgumentException(
                    "authTokens is missing: Twilio signs callbacks with the account's auth token, which an API key or"
                            + " an OAuth app cannot replace. Set authTokens as well; the token is on the first page"
                            + " of Twilio's console");
        }
        if (tokensNeeded && options.getPathAccountSid() != null && !tokens.containsKey(options.getPathAccountSid())) {
            throw new IllegalArgumentException("authTokens has no token for pathAccountSid: Twilio signs the callbacks"
                    + " of a subaccount with its own token. Add <accountSid>:<authToken>");
        }
        return new ConfiguredSecrets(tokens, keys,
                options.getCallbackSecrets() != null ? options.getCallbackSecrets() : account -> Set.of());
    }

    private static Stream<String> entries(String option) {
        return Stream.ofNullable(option).flatMap(text -> Arrays.stream(text.split(","))).map(String::strip)
                .filter(entry -> !entry.isEmpty());
    }

    @Override
    public Collection<String> authTokens(String accountSid) {
        Set<String> all = new LinkedHashSet<>(tokens.getOrDefault(accountSid, Set.of()));
        all.addAll(bean.authTokens(accountSid));
        return all;
    }

    @Override
    public String sharedKey(String key) {
        return keys.containsKey(key) ? keys.get(key) : bean.sharedKey(key);
    }

    /** Hides the secrets, which a record would print. */
    @Override
    public String toString() {
        return "secrets of " + tokens.keySet() + " and " + keys.keySet();
    }
}
