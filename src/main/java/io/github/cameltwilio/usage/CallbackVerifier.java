package io.github.cameltwilio.usage;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.TwilioSignature;
import io.github.cameltwilio.usage.client.TwilioSignature.Algorithm;
import io.github.cameltwilio.usage.client.TwilioUsageClient;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Checks that a callback comes from Twilio, belongs to a known account, and is recent. */
final class CallbackVerifier {
    // Twilio does not document the order of key and algorithm. Any other setting could weaken the check, so it makes
    // the header invalid.
    private static final Pattern SETTINGS = Pattern
            .compile("\\s*(?:key=(?<key>[A-Za-z0-9_-]{1,64})\\s*,\\s*algorithm=HMAC_SHA256"
                    + "|algorithm=HMAC_SHA256\\s*,\\s*key=(?<lastKey>[A-Za-z0-9_-]{1,64}))\\s*");

    private final String address;
    private final String query;
    private final CallbackSecrets secrets;
    private final TwilioUsageConfiguration options;
    private final Clock clock;

    /**
     * @param address the URL that Twilio calls; a request may have another query, which is signed too
     * @param secrets the secrets in the options
     */
    CallbackVerifier(String address, CallbackSecrets secrets, TwilioUsageConfiguration options, Clock clock) {
        this.address = address.replaceFirst("(?s)[?#].*", "");
        this.query = address.replaceFirst("(?s)#.*", "").substring(this.address.length());
        this.secrets = secrets;
        this.options = options;
        this.clock = clock;
    }

    TriggerFired verify(CallbackRequest request) throws RejectedCallbackException {
        if (options.isValidateSignature()) {
            verifySignature(request);
        }
        TriggerFired fired = read(request);
        // A verified signature proves the account. Without signatures, its SID has to be compared.
        if (!options.isValidateSignature() && !fired.accountSid().equals(AccountOptions.account(options))
                && sources().allMatch(source -> tokens(source, fired.accountSid()).isEmpty())) {
            throw RejectedCallbackException.malformed("it belongs to an account other than accountSid");
        }
        Duration age = Duration.between(fired.dateFired().toInstant(), clock.instant()).abs();
        if (age.compareTo(options.getCallbackMaxAge()) > 0) {
            throw RejectedCallbackException
                    .malformed("its DateFired differs from this machine's clock by more than callbackMaxAge");
        }
        return fired;
    }

    private void verifySignature(CallbackRequest request) throws RejectedCallbackException {
        if (!(request.signature() instanceof String)) {
            throw RejectedCallbackException.notSigned("it has no " + TwilioSignature.HEADER + " header, or several");
        }
        Signer signer = signer(request);
        boolean known = false;
        for (CallbackSecrets source : sources().toList()) {
            Collection<String> keys = signer.keys(source);
            known |= !keys.isEmpty();
            if (isGenuine(request, address, keys) && request.hasSignedBody()) {
                checkThatQueryIsWhole(request);
                return;
            }
        }
        throw RejectedCallbackException.notSigned(known
                ? "the signature does not match callbackUrl, these parameters and the secrets of its account"
                : signer.sharedKey == null ? "authTokens has no token for its AccountSid"
                        : "sharedSecretKeys has no secret for the account and the shared key that it names");
    }

    /** A forger could move the end of the query into the name of the parameter that follows it in the signed text. */
    private void checkThatQueryIsWhole(CallbackRequest request) throws RejectedCallbackException {
        if (query.length() > request.query().length() && query.startsWith(request.query())) {
            String signed = request.query();
            for (Map.Entry<String, String> parameter : new TreeMap<>(request.form()).entrySet()) {
                signed += parameter.getKey() + parameter.getValue();
                if (signed.equals(query)) {
                    throw RejectedCallbackException.ambiguous();
                }
            }
        }
    }

    /** The options come first, so that a failing bean loses no alert of an account whose secrets they contain. */
    private Stream<CallbackSecrets> sources() {
        return Stream.of(secrets, options.getCallbackSecrets()).filter(Objects::nonNull);
    }

    private static boolean isGenuine(CallbackRequest request, String address, Collection<String> keys) {
        Algorithm algorithm = request.settings() == null ? Algorithm.HMAC_SHA1 : Algorithm.HMAC_SHA256;
        return TwilioSignature.isGenuine(algorithm, keys, (String) request.signature(), address + request.query(),
                request.form());
    }

    private static List<String> tokens(CallbackSecrets source, String accountSid) {
        Collection<String> tokens = source.authTokens(accountSid);
        return tokens == null ? List.of() : tokens.stream().filter(CallbackVerifier::isSecret).toList();
    }

    /** An empty secret counts as missing, because HMAC rejects an empty key. */
    private static boolean isSecret(String secret) {
        return secret != null && !secret.isEmpty();
    }

    /**
     * The account that a request names, and the shared key that it claims to be signed with, or null for one of the
     * account's auth tokens.
     */
    private record Signer(String accountSid, String sharedKey) {

        List<String> keys(CallbackSecrets source) {
            // Nothing else is passed to a bean, because it may log the SID or use it in a path.
            if (!TwilioUsageClient.isAccountSid(accountSid)) {
                return List.of();
            }
            return sharedKey == null ? tokens(source, accountSid)
                    : Stream.ofNullable(source.sharedKey(accountSid, sharedKey)).filter(CallbackVerifier::isSecret)
                            .toList();
        }
    }

    private Signer signer(CallbackRequest request) throws RejectedCallbackException {
        if (request.settings() == null) {
            return new Signer(account(request), null);
        }
        Matcher settings = SETTINGS.matcher(request.settings() instanceof String text ? text : "");
        if (!settings.matches()) {
            throw RejectedCallbackException.notSigned(TwilioSignature.SETTINGS_HEADER + " is not key=...,"
                    + "algorithm=HMAC_SHA256, the only algorithm that is supported for shared keys");
        }
        return new Signer(account(request),
                settings.group("key") != null ? settings.group("key") : settings.group("lastKey"));
    }

    /** Returns the account that the callback names. Only secrets of this account can verify it. */
    private String account(CallbackRequest request) {
        try {
            return request.parameters().getOrDefault("AccountSid", options.getAccountSid());
        } catch (RejectedCallbackException e) {
            return options.getAccountSid();
        }
    }

    private TriggerFired read(CallbackRequest request) throws RejectedCallbackException {
        Map<String, String> parameters = request.parameters();
        try {
            return TriggerFired.of(parameters, clock.instant());
        } catch (IllegalArgumentException e) {
            throw RejectedCallbackException.malformed(e.getMessage());
        }
    }

    /** Returns the address that Twilio signed instead of {@code callbackUrl}, if it is a likely one. */
    Optional<String> signedAddress(Message message, CallbackRequest request) {
        if (!(request.signature() instanceof String)) {
            return Optional.empty();
        }
        try {
            Signer signer = signer(request);
            List<String> keys = sources().flatMap(source -> signer.keys(source).stream()).toList();
            return likelyAddresses(message).stream().filter(likely -> isGenuine(request, likely, keys)).findFirst();
        } catch (RejectedCallbackException | RuntimeException | Error e) {
            // A bean that fails to look up secrets for a hint must not change the response.
            return Optional.empty();
        }
    }

    private Set<String> likelyAddresses(Message message) {
        Set<String> addresses = new LinkedHashSet<>();
        addresses.add(address.endsWith("/") ? address.substring(0, address.length() - 1) : address + "/");
        String requested = message.getHeader(Exchange.HTTP_URL, "", String.class).replaceFirst("(?s)[?#].*", "");
        addresses.add(requested);
        String host = message.getHeader("Host", "", String.class);
        addresses.add(requested.replaceFirst("^https?://[^/]*", Matcher.quoteReplacement("https://" + host)));
        for (String likely : List.copyOf(addresses)) {
            addresses.add(likely.replaceFirst("^http(s?)://", likely.startsWith("https") ? "http://" : "https://"));
        }
        addresses.add(address.replaceFirst("^http(s?)://", address.startsWith("https") ? "http://" : "https://"));
        return addresses;
    }
}
