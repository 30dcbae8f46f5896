package io.github.cameltwilio.usage;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.Credentials;
import org.apache.camel.Message;

/** The account, its credentials and the host: options that no message can override. Errors never quote a secret. */
final class AccountOptions {
    private static final Pattern HOST_LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?");
    private static final Set<String> LOCALHOST = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final String WAYS = "set accountSid with authToken, with apiKey and secretKey, or with clientId and"
            + " clientSecret";

    private AccountOptions() {
    }

    /** @throws IllegalArgumentException when the credentials are missing, incomplete or of two kinds */
    static Credentials credentials(TwilioUsageConfiguration options) {
        String token = isGiven(options.getAuthToken()) ? "authToken" : null;
        String key = firstGiven("apiKey", options.getApiKey(), "secretKey", options.getSecretKey());
        String app = firstGiven("clientId", options.getClientId(), "clientSecret", options.getClientSecret());
        List<String> kinds = Stream.of(token, key, app).filter(Objects::nonNull).toList();
        if (!isGiven(options.getAccountSid())) {
            throw new IllegalArgumentException(kinds.isEmpty()
                    ? "there are no credentials: " + WAYS + ", on the endpoint or the component"
                    : "accountSid is missing: " + WAYS);
        }
        new OptionValue("accountSid", options.getAccountSid()).asAccountSid();
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("accountSid needs credentials: " + WAYS);
        }
        if (kinds.size() > 1) {
            throw new IllegalArgumentException(kinds.get(0) + " and " + kinds.get(1) + " cannot be combined: " + WAYS);
        }
        if (token != null) {
            return new Credentials(options.getAccountSid(), options.getAccountSid(), options.getAuthToken());
        }
        if (key != null) {
            checkPair("apiKey", options.getApiKey(), "secretKey", options.getSecretKey());
            return new Credentials(options.getAccountSid(), options.getApiKey(), options.getSecretKey());
        }
        checkPair("clientId", options.getClientId(), "clientSecret", options.getClientSecret());
        return new Credentials(options.getAccountSid(), options.getClientId(), options.getClientSecret(),
                tokenUrl(options));
    }

    /** The account whose usage is read and whose triggers are managed: the one that authenticates, or a subaccount. */
    static String account(TwilioUsageConfiguration options) {
        String path = path(options, null);
        return path == null ? options.getAccountSid() : path;
    }

    /**
     * The subaccount of the message or, if it is null, of the options; null if there is none.
     *
     * @throws IllegalArgumentException when the SID is malformed, or if all accounts are read anyway
     */
    static String path(TwilioUsageConfiguration options, Message message) {
        OptionValue path = OptionValue.of(message, TwilioUsageConstants.PATH_ACCOUNT_SID, "pathAccountSid",
                options.getPathAccountSid());
        String sid = path.ifGiven(OptionValue::asAccountSid);
        if (sid != null && options.isSplitSubaccounts()) {
            throw path.invalid("cannot be combined with splitSubaccounts, which reads all accounts: remove one of"
                    + " them");
        }
        return sid;
    }

    private static String firstGiven(String option, String value, String otherOption, String otherValue) {
        return isGiven(value) ? option : isGiven(otherValue) ? otherOption : null;
    }

    private static void checkPair(String idOption, String id, String secretOption, String secret) {
        if (!isGiven(id) || !isGiven(secret)) {
            throw new IllegalArgumentException((isGiven(id) ? idOption + " needs " + secretOption
                    : secretOption + " needs " + idOption) + ": " + WAYS);
        }
    }

    /** One host serves all regions and edges, as in Twilio's own libraries. A baseUrl replaces this host, too. */
    private static URI tokenUrl(TwilioUsageConfiguration options) {
        URI host = isGiven(options.getBaseUrl()) ? baseUrl(options) : URI.create("https://oauth.twilio.com");
        return host.resolve("/v2/token");
    }

    /** @throws IllegalArgumentException when the URL is invalid, or would send the credentials unencrypted */
    static URI baseUrl(TwilioUsageConfiguration options) {
        if (isGiven(options.getBaseUrl())) {
            if (isGiven(options.getRegion()) || isGiven(options.getEdge())) {
                throw new IllegalArgumentException("baseUrl cannot be combined with region or edge: remove one of"
                        + " them");
            }
            return origin(options.getBaseUrl());
        }
        String region = hostLabel("region", options.getRegion());
        String edge = hostLabel("edge", options.getEdge());
        // Twilio routes an edge without a region to us1.
        String inRegion = region.isEmpty() && !edge.isEmpty() ? "us1." : region;
        return URI.create("https://api." + edge + inRegion + "twilio.com");
    }

    private static URI origin(String baseUrl) {
        URI url;
        try {
            url = URI.create(baseUrl);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("baseUrl is not a valid URL: write https://host:port");
        }
        boolean originOnly = url.getHost() != null && url.getRawUserInfo() == null && url.getRawQuery() == null
                && url.getRawFragment() == null && Set.of("", "/").contains(url.getRawPath());
        boolean safe = "https".equals(url.getScheme())
                || "http".equals(url.getScheme()) && LOCALHOST.contains(url.getHost());
        if (!originOnly || !safe) {
            throw new IllegalArgumentException("baseUrl must be https://host:port and nothing else; plain http is"
                    + " allowed for localhost only");
        }
        return url;
    }

    private static String hostLabel(String option, String value) {
        if (!isGiven(value)) {
            return "";
        }
        if (!HOST_LABEL.matcher(value).matches()) {
            throw new OptionValue(option, value).invalid("is not a valid name, for example ie1 or dublin");
        }
        return value + ".";
    }

    private static boolean isGiven(String option) {
        return option != null && !option.isBlank();
    }
}
