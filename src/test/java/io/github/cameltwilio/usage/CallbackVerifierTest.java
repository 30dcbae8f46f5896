package io.github.cameltwilio.usage;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.cameltwilio.usage.client.CallbackMethod;
import io.github.cameltwilio.usage.client.TwilioSignature;
import io.github.cameltwilio.usage.client.TwilioSignature.Algorithm;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CallbackVerifierTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String ADDRESS = "https://hooks.example.com/fired";
    private static final String MAIN = "AC" + "a".repeat(32);
    private static final String SUBACCOUNT = "AC" + "b".repeat(32);

    private final TwilioUsageConfiguration options = new TwilioUsageConfiguration();
    private final Message message = new DefaultMessage(new DefaultCamelContext());
    private final Map<String, String> firing = new TreeMap<>(Map.of("AccountSid", MAIN,
            "UsageTriggerSid", "UT" + "0".repeat(32), "DateFired", "Sun, 15 Mar 2026 11:59:00 +0000",
            "Recurring", "daily", "UsageCategory", "sms", "TriggerBy", "usage", "TriggerValue", "1000",
            "CurrentValue", "1001", "UsageRecordUri", "/Records", "IdempotencyToken", "token"));

    CallbackVerifierTest() {
        options.setAccountSid(MAIN);
    }

    @Test
    void verifiesFormWithAddressAndQuery() throws RejectedCallbackException {
        form("rc=%2B");
        sign("main", ADDRESS + "?rc=%2B", firing);
        assertThat(verify(ADDRESS)).isEqualTo(MAIN);
        assertThat(verify(ADDRESS + "?configured=1#x")).as("the query of the request is signed").isEqualTo(MAIN);
        assertRejected(ADDRESS + "/other", "does not match");

        firing.put("CurrentValue", "1002");
        form("rc=%2B");
        assertRejected(ADDRESS, "does not match");
    }

    @Test
    void rejectsTheEndOfTheQueryAsAParameter() throws RejectedCallbackException {
        form("team=A");
        sign("main", ADDRESS + "?team=A", firing);
        assertThat(verify(ADDRESS + "?team=A")).isEqualTo(MAIN);
        firing.put("A", "");
        form("team=");
        assertRejected(ADDRESS + "?team=A", "its parameters can be read in two ways");

        firing.remove("A");
        form("team=");
        sign("main", ADDRESS + "?team=", firing);
        assertThat(verify(ADDRESS + "?team=A")).as("signed for a trigger with another query").isEqualTo(MAIN);
    }

    @Test
    void verifiesJsonByHashInQuery() throws RejectedCallbackException {
        String json = "{\"AccountSid\": \"" + MAIN + "\"}";
        String hash = TwilioSignature.bodyHash(json.getBytes(StandardCharsets.UTF_8));
        for (String query : List.of("bodySHA256=" + hash, "x=1&bodySHA256=" + hash)) {
            content("application/json", json, query);
            sign("main", ADDRESS + "?" + query, Map.of());
            assertRejected(ADDRESS, "UsageTriggerSid is missing", "DateFired is missing");
        }
        for (String query : List.of("bodySHA256=" + hash.replaceAll("[0-9]", "x"), "x=1",
                "bodySHA256=" + hash + "&x=%", "bodySHA256=" + hash + "&bodySHA256=x")) {
            content("application/json", json, query);
            sign("main", ADDRESS + "?" + query, Map.of());
            assertRejected(ADDRESS, "does not match");
        }
    }

    /** Such a body names no account, so it has to be signed by the main one. */
    @Test
    void tellsABodyThatIsNoJsonFromAForgedOne() {
        String query = "bodySHA256=" + TwilioSignature.bodyHash("{".getBytes(StandardCharsets.UTF_8));
        content("application/json", "{", query);
        sign("main", ADDRESS + "?" + query, Map.of());
        assertRejected(ADDRESS, "the body is not a JSON object");
        sign("sub", ADDRESS + "?" + query, Map.of());
        assertRejected(ADDRESS, "does not match");
    }

    @Test
    void rejectsNoneOrSeveralSignatures() {
        form(null);
        assertRejected(ADDRESS, "has no X-Twilio-Signature header, or several");
        String signature = TwilioSignature.sign("main", ADDRESS, firing);
        message.setHeader(TwilioSignature.HEADER, List.of(signature, signature));
        assertRejected(ADDRESS, "has no X-Twilio-Signature header, or several");
    }

    @Test
    void usesTokenOfTheAccount() throws RejectedCallbackException {
        firing.put("AccountSid", SUBACCOUNT);
        form(null);
        sign("sub", ADDRESS, firing);
        assertThat(verify(ADDRESS)).isEqualTo(SUBACCOUNT);
        sign("main", ADDRESS, firing);
        assertRejected(ADDRESS, "does not match");

        firing.put("AccountSid", MAIN);
        form(null);
        sign("sub", ADDRESS, firing);
        assertRejected(ADDRESS, "does not match");

        firing.put("AccountSid", "AC" + "c".repeat(32));
        form(null);
        sign("main", ADDRESS, firing);
        assertRejected(ADDRESS, "authTokens has no token for its AccountSid");
    }

    @ParameterizedTest
    @ValueSource(strings = { "key=SK1,algorithm=HMAC_SHA256", " algorithm=HMAC_SHA256 , key=SK1 " })
    void verifiesSharedKey(String settings) throws RejectedCallbackException {
        form(null);
        message.setHeader(TwilioSignature.SETTINGS_HEADER, settings);
        sign(Algorithm.HMAC_SHA256, "shared");
        assertThat(verify(ADDRESS)).isEqualTo(MAIN);
        sign(Algorithm.HMAC_SHA1, "shared");
        assertRejected(ADDRESS, "does not match");
        sign(Algorithm.HMAC_SHA256, "main");
        assertRejected(ADDRESS, "does not match");
        sign(Algorithm.HMAC_SHA1, "main");
        assertRejected(ADDRESS, "does not match");

        message.removeHeader(TwilioSignature.SETTINGS_HEADER);
        sign(Algorithm.HMAC_SHA256, "shared");
        assertRejected(ADDRESS, "does not match");
        sign(Algorithm.HMAC_SHA1, "shared");
        assertRejected(ADDRESS, "does not match");
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "key=SK1", "key=SK1,algorithm=HMAC_SHA1", "key=SK1,algorithm=none",
            "algorithm=HMAC_SHA256",
            "key=,algorithm=HMAC_SHA256", "key=SK1,algorithm=HMAC_SHA256,version=2",
            "key=SK1,key=SK1,algorithm=HMAC_SHA256", "key=SK1;algorithm=HMAC_SHA256", "KEY=SK1,ALGORITHM=HMAC_SHA256" })
    void rejectsUnknownSettings(String settings) {
        form(null);
        message.setHeader(TwilioSignature.SETTINGS_HEADER, settings);
        for (Algorithm algorithm : Algorithm.values()) {
            for (String key : List.of("main", "shared")) {
                sign(algorithm, key);
                assertRejected(ADDRESS, "is not key=...,algorithm=HMAC_SHA256");
            }
        }
    }

    @Test
    void sharedKeyVerifiesOnlyItsAccount() throws RejectedCallbackException {
        message.setHeader(TwilioSignature.SETTINGS_HEADER, "key=SK1,algorithm=HMAC_SHA256");
        for (String account : List.of(SUBACCOUNT, "AC" + "c".repeat(32))) {
            firing.put("AccountSid", account);
            form(null);
            sign(Algorithm.HMAC_SHA256, "shared");
            assertRejected(ADDRESS, "sharedSecretKeys has no secret for the account and the shared key");
        }
        options.setCallbackSecrets(new CallbackSecrets() {
            @Override
            public Collection<String> authTokens(String accountSid) {
                return null;
            }

            @Override
            public String sharedKey(String accountSid, String key) {
                return accountSid.equals(SUBACCOUNT) ? "" : "shared";
            }
        });
        assertThat(verify(ADDRESS)).isEqualTo(firing.get("AccountSid"));
        firing.put("AccountSid", SUBACCOUNT);
        form(null);
        sign(Algorithm.HMAC_SHA256, "shared");
        assertRejected(ADDRESS, "sharedSecretKeys has no secret for the account and the shared key");
    }

    @Test
    void callsTheBeanOnlyIfNoConfiguredSecretFits() throws RejectedCallbackException {
        options.setCallbackSecrets(account -> {
            throw new IllegalStateException("sealed");
        });
        form(null);
        sign("main", ADDRESS, firing);
        assertThat(verify(ADDRESS)).isEqualTo(MAIN);
        sign("next", ADDRESS, firing);
        assertThatThrownBy(() -> verify(ADDRESS)).hasMessage("sealed");
        assertThat(verifier(ADDRESS).signedAddress(message, request())).as("only a hint").isEmpty();

        options.setCallbackSecrets(account -> account.equals(MAIN) ? Arrays.asList("", null, "next") : null);
        assertThat(verify(ADDRESS)).isEqualTo(MAIN);
        sign("other", ADDRESS, firing);
        assertRejected(ADDRESS, "does not match");
        firing.put("AccountSid", "AC" + "c".repeat(32));
        form(null);
        assertRejected(ADDRESS, "authTokens has no token for its AccountSid");
    }

    @ParameterizedTest
    @ValueSource(strings = { "../../admin", "AC1\nFATAL forged line", "", "ACzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz" })
    void passesOnlyWellFormedSidsToTheBean(String text) {
        options.setCallbackSecrets(new CallbackSecrets() {
            @Override
            public Collection<String> authTokens(String accountSid) {
                throw new AssertionError(accountSid);
            }

            @Override
            public String sharedKey(String accountSid, String key) {
                throw new AssertionError(key);
            }
        });
        form(null);
        message.setHeader(TwilioSignature.HEADER, "x");
        message.setHeader(TwilioSignature.SETTINGS_HEADER, "key=" + text.replace("ACz", "AC=z")
                + ",algorithm=HMAC_SHA256");
        assertRejected(ADDRESS, "is not key=...,algorithm=HMAC_SHA256");
        message.removeHeader(TwilioSignature.SETTINGS_HEADER);
        firing.put("AccountSid", text);
        form(null);
        assertRejected(ADDRESS, "authTokens has no token for its AccountSid");
    }

    @Test
    void rejectsUnknownOrRepeatedSharedKey() {
        form(null);
        sign(Algorithm.HMAC_SHA256, "shared");
        message.setHeader(TwilioSignature.SETTINGS_HEADER, "key=" + MAIN + ",algorithm=HMAC_SHA256");
        assertRejected(ADDRESS, "sharedSecretKeys has no secret");
        message.setHeader(TwilioSignature.SETTINGS_HEADER,
                List.of("key=SK1,algorithm=HMAC_SHA256", "key=SK1,algorithm=HMAC_SHA256"));
        assertRejected(ADDRESS, "is not key=...,algorithm=HMAC_SHA256");
    }

    @ParameterizedTest
    @ValueSource(strings = { "http://hooks.example.com/fired", "https://hooks.example.com/fired/",
            "http://127.0.0.1:8080/inside", "https://public.example.com/inside", "https://127.0.0.1:8080/inside" })
    void findsAddressThatTwilioSigned(String signed) throws RejectedCallbackException {
        form(null);
        message.setHeader(Exchange.HTTP_URL, "http://127.0.0.1:8080/inside");
        message.setHeader("Host", "public.example.com");
        sign("main", signed, firing);

        assertThat(verifier(ADDRESS).signedAddress(message, request())).contains(signed);
        sign("other", signed, firing);
        assertThat(verifier(ADDRESS).signedAddress(message, request())).isEmpty();
    }

    @Test
    void findsAddressWithoutTheLastSlash() throws RejectedCallbackException {
        form(null);
        sign("main", ADDRESS, firing);
        assertThat(verifier(ADDRESS + "/").signedAddress(message, request())).contains(ADDRESS);
    }

    @Test
    void acceptsUnsignedCallbacksOfKnownAccountsOnly() throws RejectedCallbackException {
        options.setValidateSignature(false);
        for (String account : List.of(MAIN, SUBACCOUNT)) {
            firing.put("AccountSid", account);
            form(null);
            assertThat(verify(ADDRESS)).isEqualTo(account);
        }
        firing.put("AccountSid", "AC" + "c".repeat(32));
        form(null);
        assertRejected(ADDRESS, "belongs to an account other than accountSid");
        options.setAccountSid(firing.get("AccountSid"));
        assertThat(verify(ADDRESS)).as("an account without a token").isEqualTo(firing.get("AccountSid"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "Sun, 15 Mar 2026 11:59:00 +0000", "Sun, 15 Mar 2026 12:01:00 +0000" })
    void rejectsOlderAndLaterCallbacksThanAllowed(String dateFired) throws RejectedCallbackException {
        firing.put("DateFired", dateFired);
        form(null);
        sign("main", ADDRESS, firing);
        options.setCallbackMaxAge(Duration.ofSeconds(60));
        assertThat(verify(ADDRESS)).isEqualTo(MAIN);
        options.setCallbackMaxAge(Duration.ofSeconds(59));
        assertRejected(ADDRESS, "by more than callbackMaxAge");
    }

    private String verify(String address) throws RejectedCallbackException {
        return verifier(address).verify(request()).accountSid();
    }

    private CallbackVerifier verifier(String address) {
        return new CallbackVerifier(address, new CallbackSecrets() {
            @Override
            public Collection<String> authTokens(String accountSid) {
                return Map.of(MAIN, List.of("main"), SUBACCOUNT, List.of("old", "sub"))
                        .getOrDefault(accountSid, List.of());
            }

            @Override
            public String sharedKey(String accountSid, String key) {
                return accountSid.equals(MAIN) && key.equals("SK1") ? "shared" : null;
            }
        }, options, new TestClock("2026-03-15T12:00:00Z"));
    }

    private void form(String query) {
        content(FORM, CallbacksTestSupport.encoded(firing), query);
    }

    private void content(String type, String body, String query) {
        message.setHeader(Exchange.HTTP_METHOD, "POST");
        message.setHeader(Exchange.CONTENT_TYPE, type);
        message.setHeader(Exchange.HTTP_RAW_QUERY, query);
        message.setBody(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    private void sign(String token, String url, Map<String, String> form) {
        message.setHeader(TwilioSignature.HEADER, TwilioSignature.sign(token, url, form));
    }

    private void sign(Algorithm algorithm, String key) {
        message.setHeader(TwilioSignature.HEADER, TwilioSignature.sign(algorithm, key, ADDRESS, firing));
    }

    private CallbackRequest request() throws RejectedCallbackException {
        message.getBody(ByteArrayInputStream.class).reset();
        return CallbackRequest.of(message, CallbackMethod.POST);
    }

    private void assertRejected(String address, String... reasons) {
        assertThatThrownBy(() -> verify(address)).isInstanceOfSatisfying(RejectedCallbackException.class,
                rejected -> assertThat(reasons).anyMatch(reason -> rejected.getMessage().contains(reason)));
    }
}
