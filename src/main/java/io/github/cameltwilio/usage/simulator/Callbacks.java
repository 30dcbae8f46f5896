package io.github.cameltwilio.usage.simulator;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.cameltwilio.usage.client.TwilioSignature;
import org.apache.hc.core5.http.message.BasicNameValuePair;
import org.apache.hc.core5.net.WWWFormCodec;

/** Sends callbacks as Twilio does: signed, and retried after a server error. */
final class Callbacks {

    private static final int MAX_RETRIES = 3;
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

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
        String signature = TwilioSignature.sign(credentials.tokenOf(firing.accountSid()), address,
                get ? Map.of() : firing.callback());
        return new SentCallback(firing.trigger().callbackMethod(), URI.create(address), firing.callback(), signature,
                0);
    }

    private int status(SentCallback callback) {
        HttpRequest.Builder request = HttpRequest.newBuilder(callback.url()).timeout(TIMEOUT)
                .header(TwilioSignature.HEADER, callback.signature())
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
