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
 * Twilio's signature of a callback, the header {@code X-Twilio-Signature}: HMAC-SHA1 with an auth token, over the
 * address as Twilio called it and the form's parameters by name.
 *
 * <p>
 * The address is text here and never parsed into anything: a single escape that is written in another way is another
 * address to Twilio.
 */
public final class TwilioSignature {
    /** The header that carries it. */
    public static final String HEADER = "X-Twilio-Signature";
    /** The query parameter that carries the hash of a body that is no form. */
    public static final String BODY_HASH = "bodySHA256";

    private static final Pattern URL = Pattern.compile(
            "(?<scheme>https?)://(?:[^/?#@]*@)?(?<host>\\[[^]/?#@]*]|[^/?#:]*)(?<port>:\\d+)?(?<rest>[/?][^#]*)?(?:#.*)?",
            Pattern.DOTALL);

    private TwilioSignature() {
    }

    /**
     * Signs as Twilio does.
     *
     * @param parameters those of the form, decoded; none for a GET or a JSON body
     */
    public static String sign(String authToken, String url, Map<String, String> parameters) {
        return Base64.getEncoder().encodeToString(hmac(authToken, signed(url, parameters)));
    }

    /**
     * Whether one of the tokens signed this call. Tries the address as it is, without its port, and with the port that
     * its scheme implies, since Twilio's products disagree on the port; never another host, scheme, path or query.
     */
    public static boolean isGenuine(
                                    Collection<String> authTokens, String signature, String url,
                                    Map<String, String> parameters) {
        byte[] given = signature.getBytes(StandardCharsets.UTF_8);
        boolean genuine = false;
        for (String token : authTokens) {
            for (String variant : variants(url)) {
                // No early end: how long this takes tells nothing about which one matched.
                genuine |= MessageDigest.isEqual(
                        sign(token, variant, parameters).getBytes(StandardCharsets.UTF_8), given);
            }
        }
        return genuine;
    }

    /** Whether this is the body whose hash the signed address carries. */
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

    /** The addresses that Twilio may have signed when it was given this one: never with a fragment or a user. */
    private static List<String> variants(String url) {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            return List.of();
        }
        String origin = parts.group("scheme") + "://" + parts.group("host");
        String rest = parts.group("rest") == null ? "" : parts.group("rest");
        String implied = parts.group("scheme").equals("https") ? ":443" : ":80";
        String port = parts.group("port");
        List<String> variants = new ArrayList<>();
        variants.add(origin + (port == null ? "" : port) + rest);
        variants.add(origin + (port == null ? implied : "") + rest);
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
