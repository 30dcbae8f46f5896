package io.github.cameltwilio.usage.client;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Twilio's signature of a callback: an HMAC of the address that Twilio called, followed by the form's parameters in the
 * order of their names. The key is an auth token, or a shared key's secret if {@link #SETTINGS_HEADER} names one.
 *
 * <p>
 * The address stays text and is never decoded, because Twilio signs it as it was written: a single escape in another
 * spelling changes the signature.
 */
public final class TwilioSignature {
    /** The header of the signature. */
    public static final String HEADER = "X-Twilio-Signature";
    /** The header that names the shared key and the algorithm, if an auth token was not the key. */
    public static final String SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings";
    /** The query parameter with the hash of a body that is not a form. */
    public static final String BODY_HASH = "bodySHA256";

    /** Auth tokens sign with SHA-1, shared keys with SHA-256. */
    public enum Algorithm {
        HMAC_SHA1("HmacSHA1"),
        HMAC_SHA256("HmacSHA256");

        private final String standardName;

        Algorithm(String standardName) {
            this.standardName = standardName;
        }
    }

    private static final Pattern URL = Pattern.compile(
            "(?<scheme>https?)://(?<user>[^/?#@]*@)?(?<host>\\[[^]/?#@]*]|[^/?#:@]*)(?<port>:\\d+)?"
                    + "(?<path>/[^?#]*)?(?<query>\\?[^#]*)?(?:#.*)?",
            Pattern.DOTALL);

    private TwilioSignature() {
    }

    /**
     * Signs a callback with an auth token, as Twilio does.
     *
     * @param parameters the form's decoded parameters; empty for a GET or a JSON body
     */
    public static String sign(String authToken, String url, Map<String, String> parameters) {
        return sign(Algorithm.HMAC_SHA1, authToken, url, parameters);
    }

    /** Signs a callback with the given key. */
    public static String sign(Algorithm algorithm, String key, String url, Map<String, String> parameters) {
        return Base64.getEncoder().encodeToString(hmac(algorithm, key, signed(url, parameters)));
    }

    /**
     * Returns whether the signature was made with one of the keys. Twilio's products disagree on some details of the
     * address, so each is tried both ways: the scheme's default port, the slash of an empty path, the user, and whether
     * the host is in lower case. Nothing else of the address varies.
     */
    public static boolean isGenuine(
                                    Algorithm algorithm, Collection<String> keys, String signature, String url,
                                    Map<String, String> parameters) {
        byte[] actual = signature.getBytes(StandardCharsets.UTF_8);
        boolean genuine = false;
        for (String key : keys) {
            for (String variant : variants(url, true)) {
                // No early exit, so that the time taken does not reveal which one matched.
                genuine |= MessageDigest.isEqual(
                        sign(algorithm, key, variant, parameters).getBytes(StandardCharsets.UTF_8), actual);
            }
        }
        return genuine;
    }

    /** Returns whether the other URL is the same address, and a signature for it is genuine for this one too. */
    public static boolean isSameAddress(String url, String other) {
        String fragment = url.replaceFirst("(?s)^[^#]*", "");
        return url.equals(other) || other.endsWith(fragment)
                && variants(url, false).contains(other.substring(0, other.length() - fragment.length()));
    }

    /** Returns whether the body has this hash. */
    public static boolean isBody(String bodySha256, byte[] body) {
        return MessageDigest.isEqual(bodyHash(body).getBytes(StandardCharsets.UTF_8),
                bodySha256.getBytes(StandardCharsets.UTF_8));
    }

    /** The value of {@link #BODY_HASH} for this body. */
    public static String bodyHash(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The spellings of an address that mean the same to Twilio, always without fragment. */
    private static Set<String> variants(String url, boolean alsoWithoutUser) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            return Set.of();
        }
        String scheme = parts.group("scheme") + "://";
        String port = orEmpty(parts.group("port"));
        String path = orEmpty(parts.group("path"));
        Set<String> variants = new LinkedHashSet<>();
        String user = orEmpty(parts.group("user"));
        String host = parts.group("host");
        for (String eitherUser : alsoWithoutUser ? List.of("", user) : List.of(user)) {
            for (String eitherHost : List.of(host, host.toLowerCase(Locale.ROOT))) {
                for (String eitherPort : List.of(port, port.isEmpty() ? defaultPort(scheme) : "")) {
                    for (String eitherPath : path.length() > 1 ? List.of(path) : List.of("", "/")) {
                        variants.add(scheme + eitherUser + eitherHost + eitherPort + eitherPath
                                + orEmpty(parts.group("query")));
                    }
                }
            }
        }
        return variants;
    }

    private static String defaultPort(String scheme) {
        return scheme.equals("https://") ? ":443" : ":80";
    }

    private static String orEmpty(String group) {
        return group == null ? "" : group;
    }

    private static String signed(String url, Map<String, String> parameters) {
        StringBuilder text = new StringBuilder(url);
        new TreeMap<>(parameters).forEach((name, value) -> text.append(name).append(value));
        return text.toString();
    }

    private static byte[] hmac(Algorithm algorithm, String key, String text) {
        try {
            Mac mac = Mac.getInstance(algorithm.standardName);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), mac.getAlgorithm()));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + algorithm.standardName, e);
        }
    }
}
