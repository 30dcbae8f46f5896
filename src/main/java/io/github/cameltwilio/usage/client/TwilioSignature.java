package io.github.cameltwilio.usage.client;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Twilio's signature of a callback: an HMAC-SHA1, keyed with an auth token, of the address that Twilio called followed
 * by the form's parameters in the order of their names.
 *
 * <p>
 * The address stays text and is never decoded, because Twilio signs it as it was written: a single escape in another
 * spelling changes the signature.
 */
public final class TwilioSignature {
    /** The header of the signature. */
    public static final String HEADER = "X-Twilio-Signature";
    /** The query parameter with the hash of a body that is not a form. */
    public static final String BODY_HASH = "bodySHA256";

    private static final Pattern URL = Pattern.compile(
            "(?<scheme>https?)://(?:[^/?#@]*@)?(?<host>\\[[^]/?#@]*]|[^/?#:]*)(?<port>:\\d+)?"
                    + "(?<rest>[/?][^#]*)?(?:#.*)?",
            Pattern.DOTALL);

    private TwilioSignature() {
    }

    /**
     * Signs a callback as Twilio does.
     *
     * @param parameters the form's decoded parameters; empty for a GET or a JSON body
     */
    public static String sign(String authToken, String url, Map<String, String> parameters) {
        return Base64.getEncoder().encodeToString(hmac(authToken, signed(url, parameters)));
    }

    /**
     * True if the signature was made with one of the tokens. Twilio's products disagree on the port, so the address is
     * tried as it is, without its port and with the scheme's default port; scheme, host, path and query never vary.
     */
    public static boolean isGenuine(
                                    Collection<String> authTokens, String signature, String url,
                                    Map<String, String> parameters) {
        byte[] actual = signature.getBytes(StandardCharsets.UTF_8);
        boolean genuine = false;
        for (String token : authTokens) {
            for (String variant : variants(url)) {
                // No early exit, so that the time taken does not reveal which one matched.
                genuine |= MessageDigest.isEqual(
                        sign(token, variant, parameters).getBytes(StandardCharsets.UTF_8), actual);
            }
        }
        return genuine;
    }

    /** True if the body has this hash. */
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

    /** The spellings of the address that Twilio may have signed, always without user and fragment. */
    private static List<String> variants(String url) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            return List.of();
        }
        String origin = parts.group("scheme") + "://" + parts.group("host");
        String rest = parts.group("rest") == null ? "" : parts.group("rest");
        String defaultPort = parts.group("scheme").equals("https") ? ":443" : ":80";
        String port = parts.group("port");
        List<String> variants = new ArrayList<>();
        variants.add(origin + (port == null ? "" : port) + rest);
        variants.add(origin + (port == null ? defaultPort : "") + rest);
        return variants;
    }

    private static String signed(String url, Map<String, String> parameters) {
        StringBuilder text = new StringBuilder(url);
        new TreeMap<>(parameters).forEach((name, value) -> text.append(name).append(value));
        return text.toString();
    }

    private static byte[] hmac(String key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), mac.getAlgorithm()));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA1", e);
        }
    }
}
