package io.github.cameltwilio.usage;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.TwilioSignature;
import io.github.cameltwilio.usage.client.TwilioSignature.Algorithm;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Checks that a callback comes from Twilio, belongs to a known account, and is recent. */
final class CallbackVerifier {
    // Twilio does not document the order of key and algorithm. Any other setting could weaken the check, so it makes
    // the header invalid.
    private static final Pattern SETTINGS = Pattern.compile("\\s*(?:key=(?<key>[^,=\\s]+)\\s*,\\s*algorithm=HMAC_SHA256"
            + "|algorithm=HMAC_SHA256\\s*,\\s*key=(?<lastKey>[^,=\\s]+))\\s*");

    private final String address;
    private final CallbackSecrets secrets;
    private final TwilioUsageConfiguration options;
    private final Clock clock;

    /** @param address the URL that Twilio calls; its query is ignored, because the signed query is in the request */
    CallbackVerifier(String address, CallbackSecrets secrets, TwilioUsageConfiguration options, Clock clock) {
        this.address = address.replaceFirst("(?s)[?#].*", "");
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
                && secrets.authTokens(fired.accountSid()).isEmpty()) {
            throw RejectedCallbackException.malformed("it belongs to another account than accountSid");
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
        if (!isGenuine(request, address, keys(request)) || !request.hasSignedBody()) {
            throw RejectedCallbackException.notSigned("the signature does not match callbackUrl, these parameters and"
                    + " the secrets of its account");
        }
    }

    private static boolean isGenuine(CallbackRequest request, String address, Collection<String> keys) {
        Algorithm algorithm = request.settings() == null ? Algorithm.HMAC_SHA1 : Algorithm.HMAC_SHA256;
        return TwilioSignature.isGenuine(algorithm, keys, (String) request.signature(), address + request.query(),
                request.form());
    }

    /** The secrets that may have signed it: the tokens of its account, or the secret of the shared key it names. */
    private Collection<String> keys(CallbackRequest request) throws RejectedCallbackException {
        if (request.settings() == null) {
            Collection<String> tokens = secrets.authTokens(account(request));
            if (tokens.isEmpty()) {
                throw RejectedCallbackException.notSigned("authTokens has no token for its AccountSid");
            }
            return tokens;
        }
        Matcher settings = SETTINGS.matcher(request.settings() instanceof String text ? text : "");
        if (!settings.matches()) {
            throw RejectedCallbackException.notSigned(TwilioSignature.SETTINGS_HEADER + " is not key=...,"
                    + "algorithm=HMAC_SHA256, the only algorithm that is supported for shared keys");
        }
        String key = settings.group("key") != null ? settings.group("key") : settings.group("lastKey");
        String secret = secrets.sharedKey(key);
        if (secret == null || secret.isEmpty()) {
            throw RejectedCallbackException.notSigned(
                    "sharedSecretKeys has no secret for the shared key that signed it");
        }
        return List.of(secret);
    }

    /** The account that the callback names. Only a token of this account can then verify it. */
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
            Collection<String> keys = keys(request);
            return likelyAddresses(message).stream().filter(likely -> isGenuine(request, likely, keys)).findFirst();
        } catch (RejectedCallbackException e) {
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
