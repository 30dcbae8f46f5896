package io.github.cameltwilio.usage.client;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.code_intelligence.jazzer.junit.FuzzTest;

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
        assertThat(TwilioSignature.isGenuine(TOKEN, signature, called, parameters))
                .isEqualTo(mayHaveSigned(called, signed));
        assertThat(TwilioSignature.isGenuine(List.of("12346"), signature, called, parameters)).isFalse();
        parameters.merge("To", "+1", String::concat);
        assertThat(TwilioSignature.isGenuine(TOKEN, signature, called, parameters)).isFalse();
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
        boolean literal = host.startsWith("[") && host.contains("]");
        if (port >= 0 && (!literal || port > host.indexOf(']'))) {
            String number = host.substring(port + 1);
            String bare = host.substring(0, port);
            boolean plain = number.matches("[0-9]+") && isHost(bare);
            return plain && (signed.equals(scheme + host + path) || signed.equals(scheme + bare + path));
        }
        String implied = scheme.equals("https://") ? ":443" : ":80";
        return isHost(host) && (signed.equals(scheme + host + path) || signed.equals(scheme + host + implied + path));
    }

    private static boolean isHost(String host) {
        return !host.contains("@") && (!host.contains(":")
                || host.startsWith("[") && host.indexOf(']') == host.length() - 1);
    }
}
