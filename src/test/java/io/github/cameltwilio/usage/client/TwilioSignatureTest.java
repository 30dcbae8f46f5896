package io.github.cameltwilio.usage.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.cameltwilio.usage.client.TwilioSignature.Algorithm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TwilioSignatureTest {
    private static final String TOKEN = "12345";
    private static final String URL = "https://mycompany.com/myapp.php?foo=1&bar=2";
    private static final String SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    private static final String JSON = "{\"property\": \"value\", \"boolean\": true}";
    private static final String JSON_HASH = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    private static final Map<String, String> CALL = Map.of("CallSid", "CA1234567890ABCDE", "Digits", "1234",
            "To", "+18005551212", "From", "+14158675309", "Caller", "+14158675309");

    @Test
    void matchesExampleOfTwiliosDocumentation() {
        Map<String, String> call = new HashMap<>(CALL);
        call.put("From", "+14158675310");
        call.put("Caller", "+14158675310");

        assertThat(TwilioSignature.sign(TOKEN, "https://example.com/myapp.php?foo=1&bar=2", call))
                .isEqualTo("L/OH5YylLD5NRKLltdqwSvS0BnU=");
    }

    @ParameterizedTest
    @CsvSource({
            "https://mycompany.com/myapp.php?foo=1&bar=2,      RSOYDt4T1cUTdK1PDd93/VVr8B8=",
            "https://mycompany.com:443/myapp.php?foo=1&bar=2,  kvajT1Ptam85bY51eRf/AJRuM3w=",
            "http://mycompany.com:80/myapp.php?foo=1&bar=2,    0ZXoZLH/DfblKGATFgpif+LLRf4=",
            "http://mycompany.com:1234/myapp.php?foo=1&bar=2,  Zmvh+3yNM1Phv2jhDCwEM3q5ebU=" })
    void matchesVectorsOfTwiliosLibrary(String url, String signature) {
        assertThat(TwilioSignature.sign(TOKEN, url, CALL)).isEqualTo(signature);
        assertThat(isGenuine(signature, url, CALL)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
            "https://mycompany.com/myapp.php?foo=1&bar=2,                   zYQTYrRWXE7LtzbG4PfP7/bkkGo=",
            "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=" + JSON_HASH + ", a9nBmqA0ju/hNViExpshrM61xv4=",
            "https://mycompany.com/myapp.php?bodySHA256=" + JSON_HASH + ",  y77kIzt2vzLz71DgmJGsen2scGs=" })
    void signsAddressAloneWithoutForm(String url, String signature) {
        assertThat(isGenuine(signature, url, Map.of())).isTrue();
    }

    @Test
    void signsWithSharedKeyBySha256() {
        String signature = "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s=";

        assertThat(TwilioSignature.sign(Algorithm.HMAC_SHA256, TOKEN, URL, CALL)).isEqualTo(signature);
        assertThat(TwilioSignature.isGenuine(Algorithm.HMAC_SHA256, List.of(TOKEN), signature, URL, CALL)).isTrue();
        assertThat(isGenuine(signature, URL, CALL)).isFalse();
        assertThat(TwilioSignature.isGenuine(Algorithm.HMAC_SHA256, List.of(TOKEN), SIGNATURE, URL, CALL)).isFalse();
    }

    @Test
    void verifiesJsonBodyByHash() {
        assertThat(TwilioSignature.isBody(JSON_HASH, JSON.getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(TwilioSignature.isBody(JSON_HASH, JSON.replace("true", "True").getBytes(StandardCharsets.UTF_8)))
                .isFalse();
        assertThat(TwilioSignature.isBody("", new byte[0])).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
            // called,                              signed
            "https://example.com/a?b=%2B30,         https://example.com:443/a?b=%2B30",
            "https://example.com:443/a?b=%2B30,     https://example.com/a?b=%2B30",
            "https://example.com:8443/a?b=%2B30,    https://example.com/a?b=%2B30",
            "http://example.com/a,                  http://example.com:80/a",
            "http://[::1]/a,                        http://[::1]:80/a",
            "https://example.com,                   https://example.com:443",
            "https://user:pass@example.com/a,       https://example.com/a",
            "https://user:pass@example.com/a,       https://user:pass@example.com/a",
            "https://user:pass@example.com/a,       https://user:pass@example.com:443/a",
            "https://Example.COM/a,                 https://example.com/a",
            "https://Example.COM/a,                 https://Example.COM:443/a",
            "https://example.com,                   https://example.com/",
            "https://example.com/,                  https://example.com",
            "https://example.com/?x=1,              https://example.com:443?x=1",
            "https://example.com/a#rc=3&rp=all,     https://example.com/a",
            "https://example.com?x=1#rc=3,          https://example.com?x=1" })
    void triesSpellingsOfTheSameAddress(String called, String signed) {
        assertThat(isGenuine(TwilioSignature.sign(TOKEN, signed, CALL), called, CALL)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
            "https://example.com/a,         http://example.com/a",
            "https://example.com/a,         https://example.com/a/",
            "https://example.com/a/,        https://example.com/a",
            "https://example.com/a,         https://user:pass@example.com/a",
            "https://u:p@example.com/a,     https://u:q@example.com/a",
            "https://example.com/a,         https://example.com/A",
            "https://example.com/a,         https://EXAMPLE.com/a",
            "https://example.com/a,         https://example.org/a",
            "https://example.com/a,         https://example.com:8443/a",
            "https://example.com:8443/a,    https://example.com:443/a",
            "https://example.com/a?b=%2B,   https://example.com/a?b=+",
            "https://example.com/a?b=%2b,   https://example.com/a?b=%2B",
            "https://example.com/a?b=1,     https://example.com/a" })
    void rejectsOtherAddress(String called, String signed) {
        assertThat(isGenuine(TwilioSignature.sign(TOKEN, signed, CALL), called, CALL)).isFalse();
    }

    @Test
    void rejectsEveryChangedByte() {
        assertThat(isGenuine(SIGNATURE, URL, CALL)).isTrue();
        for (String changed : changedByOne(SIGNATURE)) {
            assertThat(isGenuine(changed, URL, CALL)).as(changed).isFalse();
        }
        for (String changed : changedByOne(URL)) {
            assertThat(isGenuine(SIGNATURE, changed, CALL)).as(changed).isFalse();
        }
        for (String changed : changedByOne(TOKEN)) {
            assertThat(TwilioSignature.isGenuine(Algorithm.HMAC_SHA1, List.of(changed), SIGNATURE, URL, CALL))
                    .as(changed).isFalse();
        }
        CALL.forEach((name, value) -> changedByOne(value)
                .forEach(changed -> assertThat(isGenuine(SIGNATURE, URL, with(name, changed))).as(name).isFalse()));
        CALL.forEach((name, value) -> changedByOne(name).forEach(changed -> {
            Map<String, String> renamed = without(name);
            renamed.put(changed, value);
            assertThat(isGenuine(SIGNATURE, URL, renamed)).as(changed).isFalse();
        }));
    }

    @Test
    void rejectsRemovedAndAddedParameters() {
        CALL.keySet().forEach(name -> assertThat(isGenuine(SIGNATURE, URL, without(name))).as(name).isFalse());
        assertThat(isGenuine(SIGNATURE, URL, with("Extra", "1"))).isFalse();
        assertThat(isGenuine(SIGNATURE, URL, with("Extra", ""))).isFalse();
        assertThat(isGenuine(SIGNATURE, URL, Map.of())).isFalse();
    }

    @Test
    void acceptsAnyOfSeveralTokens() {
        assertThat(TwilioSignature.isGenuine(Algorithm.HMAC_SHA1, List.of("new", TOKEN), SIGNATURE, URL, CALL))
                .isTrue();
        assertThat(TwilioSignature.isGenuine(Algorithm.HMAC_SHA1, List.of(TOKEN, "old"), SIGNATURE, URL, CALL))
                .isTrue();
        assertThat(TwilioSignature.isGenuine(Algorithm.HMAC_SHA1, List.of("new", "old"), SIGNATURE, URL, CALL))
                .isFalse();
        assertThat(TwilioSignature.isGenuine(Algorithm.HMAC_SHA1, List.of(), SIGNATURE, URL, CALL)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = { "", " ", "=", "RSOYDt4T1cUTdK1PDd93/VVr8B8", " RSOYDt4T1cUTdK1PDd93/VVr8B8=",
            "\uD83D\uDE00", "null" })
    void rejectsMalformedSignature(String signature) {
        assertThat(isGenuine(signature, URL, CALL)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = { "", "example.com/a", "ftp://example.com/a", "https:/example.com", "https://example.com:x/a",
                    "http://[user@::1]/a" })
    void rejectsMalformedAddress(String url) {
        assertThat(isGenuine(TwilioSignature.sign(TOKEN, url, CALL), url, CALL)).isFalse();
    }

    @Test
    void sortsParametersByCodePoint() {
        Map<String, String> parameters = Map.of("b", "zwei", "B", "\u00E9 +", "a b", "");

        assertThat(TwilioSignature.sign(TOKEN, URL, parameters))
                .isEqualTo(TwilioSignature.sign(TOKEN, URL + "B\u00E9 +a bbzwei", Map.of()));
    }

    private static boolean isGenuine(String signature, String url, Map<String, String> parameters) {
        return TwilioSignature.isGenuine(Algorithm.HMAC_SHA1, List.of(TOKEN), signature, url, parameters);
    }

    private static List<String> changedByOne(String text) {
        List<String> changed = new ArrayList<>();
        for (int at = 0; at < text.length(); at++) {
            char other = (char) (text.charAt(at) ^ 1);
            changed.add(text.substring(0, at) + other + text.substring(at + 1));
            changed.add(text.substring(0, at) + text.substring(at + 1));
        }
        // The last Base64 character has spare bits: two texts can have the same bytes and must still differ.
        return changed.stream().filter(variant -> !variant.equals(text)).toList();
    }

    private static Map<String, String> with(String name, String value) {
        Map<String, String> changed = new HashMap<>(CALL);
        changed.put(name, value);
        return changed;
    }

    private static Map<String, String> without(String name) {
        Map<String, String> changed = new HashMap<>(CALL);
        changed.remove(name);
        return changed;
    }
}
