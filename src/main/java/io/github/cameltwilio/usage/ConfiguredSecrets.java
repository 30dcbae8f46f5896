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

/**
 * The secrets of the options {@code authToken}, {@code authTokens} and {@code sharedSecretKeys}.
 *
 * @param tokens by account
 * @param keys   by account and shared key
 */
record ConfiguredSecrets(Map<String, Set<String>> tokens, Map<AccountKey, String> keys) implements CallbackSecrets {
    private static final Pattern ACCOUNT_TOKEN = Pattern.compile("(AC[0-9a-fA-F]{32}):(.+)");
    private static final Pattern SHARED_KEY = Pattern
            .compile("(?:(?<account>AC[0-9a-fA-F]{32}):)?(?<key>[^:]+):(?<secret>.+)");

    /** A shared key belongs to the account that created it, and verifies no callbacks of another account. */
    record AccountKey(String accountSid, String key) {
    }

    /**
     * @param  registers                whether the route registers a trigger, whose callbacks have to be verified
     * @throws IllegalArgumentException if an option is malformed or a needed secret is missing; quotes no secret
     */
    static ConfiguredSecrets of(TwilioUsageConfiguration options, boolean registers) {
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
        Map<AccountKey, String> keys = new HashMap<>();
        entries(options.getSharedSecretKeys()).forEach(entry -> {
            Matcher parts = SHARED_KEY.matcher(entry);
            if (!parts.matches()) {
                throw new IllegalArgumentException("sharedSecretKeys has an invalid entry: write <key>:<secret>, or"
                        + " <accountSid>:<key>:<secret> for a key of another account");
            }
            String account = parts.group("account") == null ? options.getAccountSid() : parts.group("account");
            keys.put(new AccountKey(account, parts.group("key")), parts.group("secret"));
        });
        ConfiguredSecrets secrets = new ConfiguredSecrets(tokens, keys);
        if (options.isValidateSignature() && options.getCallbackSecrets() == null) {
            secrets.check(options, registers);
        }
        return secrets;
    }

    private void check(TwilioUsageConfiguration options, boolean registers) {
        if (tokens.isEmpty() && keys.isEmpty()) {
            throw new IllegalArgumentException(
                    "authTokens is missing: Twilio signs callbacks with the account's auth token, which an API key or"
                            + " an OAuth app cannot replace. Set authTokens as well; the token is on the first page"
                            + " of Twilio's console");
        }
        String watched = AccountOptions.account(options);
        boolean needed = registers || options.getPathAccountSid() != null;
        if (needed && !tokens.containsKey(watched)
                && keys.keySet().stream().noneMatch(key -> key.accountSid().equals(watched))) {
            throw new IllegalArgumentException(options.getPathAccountSid() != null
                    ? "authTokens has no token for pathAccountSid: Twilio signs the callbacks of a subaccount with its"
                            + " own token. Add <accountSid>:<authToken>"
                    : "authTokens has no token for accountSid, whose trigger this route registers: add its auth token,"
                            + " or set pathAccountSid to register the trigger of another account");
        }
    }

    private static Stream<String> entries(String option) {
        return Stream.ofNullable(option).flatMap(text -> Arrays.stream(text.split(","))).map(String::strip)
                .filter(entry -> !entry.isEmpty());
    }

    @Override
    public Collection<String> authTokens(String accountSid) {
        return tokens.getOrDefault(accountSid, Set.of());
    }

    @Override
    public String sharedKey(String accountSid, String key) {
        return keys.get(new AccountKey(accountSid, key));
    }

    /** Hides the secrets, which a record would print. */
    @Override
    public String toString() {
        return "secrets of " + tokens.keySet() + " and " + keys.keySet();
    }
}
