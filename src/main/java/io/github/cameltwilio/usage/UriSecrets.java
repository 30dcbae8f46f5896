package io.github.cameltwilio.usage;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Set;

import org.apache.camel.support.LRUCacheFactory;
import org.apache.camel.util.URISupport;

/**
 * Replaces secrets in endpoint URIs by placeholders. Camel shows the URI of an endpoint unmasked in consoles, exchange
 * properties and thread names, and its mask in JMX and logs has gaps. Looking up the URI with the placeholders yields
 * the same secrets.
 */
final class UriSecrets {
    // The URL may contain a password or a token.
    private static final String CALLBACK_URL = "callbackUrl";
    // All options marked as secret, which CatalogTest verifies, and the callback URL.
    private static final Set<String> OPTIONS = Set.of("apiKey", "authToken", "authTokens", "clientId", "clientSecret",
            "secretKey", "sharedSecretKeys", CALLBACK_URL);
    private static final String MASK = "xxxxxx";

    // As many as Camel keeps dynamic endpoints: a route that uses a new URI per message must not fill the memory.
    private final Map<String, String> secrets = LRUCacheFactory.newLRUCache(1000);
    private long lastNumber;

    /** Replaces placeholders in the options by their secrets. */
    synchronized void reveal(Map<String, Object> options) {
        options.replaceAll((option, value) -> OPTIONS.contains(option) && value instanceof String placeholder
                ? secrets.getOrDefault(placeholder, placeholder) : value);
    }

    /**
     * Replaces secrets in the URI by placeholders. A reference, for example {@code #token}, is not a secret.
     *
     * @param options the resolved options of the URI
     */
    synchronized String hide(String uri, Map<String, Object> options) throws URISyntaxException {
        int query = uri.indexOf('?');
        if (query < 0) {
            return uri;
        }
        Map<String, Object> parameters = URISupport.parseParameters(URI.create(uri));
        boolean hidden = false;
        for (Map.Entry<String, Object> parameter : parameters.entrySet()) {
            String option = parameter.getKey();
            String value = String.valueOf(parameter.getValue());
            if (OPTIONS.contains(option) && !value.startsWith("#")) {
                checkThatCamelMasks(option, value);
                parameter.setValue(placeholder(String.valueOf(options.get(option))));
                hidden = true;
            }
        }
        return hidden ? uri.substring(0, query + 1) + URISupport.createQueryString(parameters) : uri;
    }

    /** The URI as written by the user appears in exceptions and route dumps, where only Camel can mask it. */
    private static void checkThatCamelMasks(String option, String value) {
        int end = value.length() - 1;
        boolean leaks = value.startsWith("RAW(") && value.indexOf(')') < end
                || value.startsWith("RAW{") && (value.indexOf('}') < end || value.indexOf('&') >= 0);
        if (leaks && !option.equals(CALLBACK_URL)) {
            throw new IllegalArgumentException(
                    option + " in RAW contains a character at which Camel's mask ends, so that Camel would print the"
                            + " rest: set it on the component, or refer to a bean with " + option + "=#bean:name");
        }
    }

    private String placeholder(String secret) {
        String placeholder = secrets.entrySet().stream().filter(entry -> entry.getValue().equals(secret))
                .map(Map.Entry::getKey).findFirst().orElseGet(() -> MASK + ++lastNumber);
        secrets.put(placeholder, secret);
        return placeholder;
    }
}
