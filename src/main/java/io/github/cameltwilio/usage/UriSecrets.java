package io.github.cameltwilio.usage;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.apache.camel.util.URISupport;

/**
 * The secrets that were given in URIs, each under a name that anybody may read. Camel shows the URI of an endpoint in
 * consoles, in properties of exchanges and in names of threads as it is, and in JMX and logs through a mask with holes. So our
 * endpoints have a URI with names, and who asks for that URI means the same secrets.
 */
final class UriSecrets {
    // It may hold a password, or a token that only Twilio is to know.
    private static final String ADDRESS = "callbackUrl";
    // With all options that are marked as secret: a test compares the two.
    private static final Set<String> OPTIONS = Set.of("apiKey", "authToken", "authTokens", "clientId", "clientSecret",
            "secretKey", ADDRESS);
    private static final String MASK = "xxxxxx";
    // Camel keeps as many endpoints of those that messages name. A route with a new address for each must not fill the memory.
    private static final int MOST = 1000;

    private final Map<String, String> secretsByName = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MOST;
        }
    };
    private long names;

    /** Puts the secrets into the options where there are their names. */
    synchronized void reveal(Map<String, Object> options) {
        options.replaceAll((option, value) -> OPTIONS.contains(option) && secretsByName.containsKey(value)
                ? secretsByName.get(value) : value);
    }

    /**
     * The same URI with names in place of secrets. A reference such as {@code #token} is no secret.
     *
     * @param options those of the URI, resolved
     */
    synchronized String hide(String uri, Map<String, Object> options) throws URISyntaxException {
        int query = uri.indexOf('?');
        if (query < 0) {
            return uri;
        }
        Map<String, Object> given = URISupport.parseParameters(URI.create(uri));
        boolean any = false;
        for (Map.Entry<String, Object> one : given.entrySet()) {
            String value = String.valueOf(one.getValue());
            if (OPTIONS.contains(one.getKey()) && !value.startsWith("#")) {
                checkThatCamelHidesItToo(one.getKey(), value);
                one.setValue(nameOf(String.valueOf(options.get(one.getKey()))));
                any = true;
            }
        }
        return any ? uri.substring(0, query + 1) + URISupport.createQueryString(given) : uri;
    }

    /** The URI that the user wrote is in exceptions and in the texts of routes, where only Camel can hide anything. */
    private static void checkThatCamelHidesItToo(String option, String value) {
        int end = value.length() - 1;
        boolean shown = value.startsWith("RAW(") && value.indexOf(')') < end
                || value.startsWith("RAW{") && (value.indexOf('}') < end || value.indexOf('&') >= 0);
        if (shown && !option.equals(ADDRESS)) {
            throw new IllegalArgumentException(
                    option + " in RAW holds a character at which Camel's mask ends, and so Camel would"
                            + " print the rest: give it to the component, or as a bean by " + option + "=#bean:name");
        }
    }

    private String nameOf(String secret) {
        String name = secretsByName.entrySet().stream().filter(one -> one.getValue().equals(secret))
                .map(Map.Entry::getKey)
                .findFirst().orElseGet(() -> MASK + ++names);
        secretsByName.put(name, secret);
        return name;
    }
}
