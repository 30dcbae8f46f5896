package io.github.cameltwilio.usage.client;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cameltwilio.usage.client.TwilioSignature.Algorithm;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares with a second implementation of Twilio's rules, which cuts the text where the class uses a pattern. */
class TwilioSignatureFuzzTest {
    private static final List<String> TOKEN = List.of("12345");

    /** Lines of the input: the address that was called, the one that was signed, then names and values in turn. */
    @FuzzTest(maxDuration = "20s")
    void acceptsOnlyThisAddressAndTheseParameters(byte[] data) {
        String[] lines = new String(data, StandardCharsets.UTF_8).split("\n", -1);
        String called = lines[0];
        String signed = lines.length > 1 ? lines[1] : called;
        Map<String, String> parameters = new TreeMap<>();
        for (int name = 2; name + 1 < lines.length; name += 2) {
            parameters.put(lines[name], lines[name + 1]);
        }

        String signature = TwilioSignature.sign(TOKEN.get(0), signed, parameters);
        assertThat(TwilioSignature.isGenuine(Algorithm.HMAC_SHA1, TOKEN, signature, called, parameters))
                .isEqualTo(mayHaveSigned(called, signed));
        assertThat(TwilioSignature.isGenuine(Algorithm.HMAC_SHA1, List.of("12346"), signature, called, parameters))
                .isFalse();
        parameters.merge("To", "+1", String::concat);
        assertThat(TwilioSignature.isGenuine(Algorithm.HMAC_SHA1, TOKEN, signature, called, parameters)).isFalse();
    }

    private static boolean mayHaveSigned(String called, String signed) {
        String scheme = called.startsWith("https://") ? "https://" : called.startsWith("http://") ? "http://" : null;
        if (scheme == null) {
            return false;
        }
        String rest = called.substring(scheme.length());
        if (rest.contains("#")) {
            rest = rest.substring(0, rest.indexOf('#'));
        }
        int end = rest.length();
        for (char mark : new char[]{ '/', '?' }) {
            end = rest.indexOf(mark) < 0 ? end : Math.min(end, rest.indexOf(mark));
        }
        String authority = rest.substring(0, end);
        String path = rest.substring(end);
        String host = authority.substring(authority.indexOf('@') + 1);
        int port = host.lastIndexOf(':');
        boolean hasPort = port >= 0 && !(host.startsWith("[") && host.indexOf(']') > port);
        String bare = hasPort ? host.substring(0, port) : host;
        if (!isHost(bare) || hasPort && !host.substring(port + 1).matches("[0-9]+")) {
            return false;
        }
        String user = authority.substring(0, authority.length() - host.length());
        String otherPort = hasPort ? bare : host + (scheme.equals("https://") ? ":443" : ":80");
        String otherPath = path.isEmpty() || path.startsWith("?") ? "/" + path
                : path.equals("/") || path.startsWith("/?") ? path.substring(1) : path;
        return Stream.of("", user).anyMatch(either -> Stream.of(host, otherPort)
                .flatMap(origin -> Stream.of(origin, origin.toLowerCase(Locale.ROOT)))
                .anyMatch(origin -> Stream.of(path, otherPath)
                        .anyMatch(target -> signed.equals(scheme + either + origin + target))));
    }

    private static boolean isHost(String host) {
        return !host.contains("@") && (!host.contains(":")
                || host.startsWith("[") && host.indexOf(']') == host.length() - 1);
    }
}
