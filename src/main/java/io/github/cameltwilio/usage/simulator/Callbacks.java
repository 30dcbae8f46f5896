package io.github.cameltwilio.usage.simulator;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.apache.hc.core5.net.WWWFormCodec;

/** Sends callbacks as Twilio does: signed, and retried after a server error. */
final class Callbacks {

    private static final int MAX_RETRIES = 3;
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final String SIGNATURE_ALGORITHM = "HmacSHA1";

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final SimulatedCredentials credentials;
    private final List<SentCallback> sent = Collections.synchronizedList(new ArrayList<>());

    Callbacks(SimulatedCredentials credentials) {
        this.credentials = credentials;
    }

    List<SentCallback> sent() {
        return List.copyOf(sent);
    }

    void send(UsageTriggers.Firing firing) {
        SentCallback callback = resend(signed(firing));
        for (int retry = 0; retry < MAX_RETRIES && callback.status() >= 500; retry++) {
            callback = resend(callback);
        }
    }

    SentCallback resend(SentCallback callback) {
        SentCallback result = callback.withStatus(status(callback));
        sent.add(result);
        return result;
    }

    private SentCallback signed(UsageTriggers.Firing firing) {
        // The fragment holds settings for Twilio, for example how often to retry, and is not part of the address.
        String url = firing.trigger().callbackUrl().replaceFirst("#.*", "");
        boolean get = firing.trigger().callbackMethod().equals("GET");
        String address = get ? url + (url.contains("?") ? "&" : "?") + encode(firing.callback()) : url;
        String signature = signature(credentials.tokenOf(firing.accountSid()), address,
                get ? Map.of() : firing.callback());
        return new SentCallback(firing.trigger().callbackMethod(), URI.create(address), firing.callback(), signature,
                0);
    }

    /** Does not use the component's own signature, because that would confirm the errors of the component. */
    private static String signature(String authToken, String address, Map<String, String> parameters) {
        StringBuilder signed = new StringBuilder(address);
        new TreeMap<>(parameters).forEach((name, value) -> signed.append(name).append(value));
        try {
            Mac mac = Mac.getInstance(SIGNATURE_ALGORITHM);
            mac.init(new SecretKeySpec(authToken.getBytes(StandardCharsets.UTF_8), SIGNATURE_ALGORITHM));
            return Base64.getEncoder()
                    .encodeToString(mac.doFinal(signed.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + SIGNATURE_ALGORITHM, e);
        }
    }

    private int status(SentCallback callback) {
        HttpRequest.Builder request = HttpRequest.newBuilder(callback.url()).timeout(TIMEOUT)
                .header("X-Twilio-Signature", callback.signature())
                .header("I-Twilio-Idempotency-Token", callback.parameters().get("IdempotencyToken"))
                .header("User-Agent", "TwilioProxy/1.1");
        if (callback.method().equals("POST")) {
            request.header("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
                    .POST(BodyPublishers.ofString(encode(callback.parameters())));
        }
        try {
            return client.send(request.build(), BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static String encode(Map<String, String> parameters) {
        return WWWFormCodec.format(new TreeMap<>(parameters).entrySet().stream()
                .map(parameter -> new BasicNameValuePair(parameter.getKey(), parameter.getValue())).toList(),
                StandardCharsets.UTF_8);
    }
}
