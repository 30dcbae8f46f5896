package io.github.cameltwilio.usage.simulator;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
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
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.client.TwilioSignature;

/** Calls the addresses of triggers as Twilio does: signed, and again when the answer is a server's error. */
final class Callbacks {

    private static final int REPEATS = 3;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Credentials credentials;
    private final List<SentCallback> sent = Collections.synchronizedList(new ArrayList<>());

    Callbacks(Credentials credentials) {
        this.credentials = credentials;
    }

    List<SentCallback> sent() {
        return List.copyOf(sent);
    }

    void send(UsageTriggers.Firing firing) {
        SentCallback callback = repeat(signed(firing));
        for (int again = 0; again < REPEATS && callback.status() >= 500; again++) {
            callback = repeat(callback);
        }
    }

    SentCallback repeat(SentCallback callback) {
        SentCallback answered = callback.answered(status(callback));
        sent.add(answered);
        return answered;
    }

    private SentCallback signed(UsageTriggers.Firing firing) {
        // What stands behind # is for Twilio: how often to try, and how long to wait.
        String url = firing.trigger().callbackUrl().replaceFirst("#.*", "");
        boolean get = firing.trigger().callbackMethod().equals("GET");
        String called = get ? url + (url.contains("?") ? "&" : "?") + encoded(firing.callback()) : url;
        String signature = TwilioSignature.sign(credentials.authToken(), called, get ? Map.of() : firing.callback());
        return new SentCallback(firing.trigger().callbackMethod(), URI.create(called), firing.callback(), signature, 0);
    }

    private int status(SentCallback callback) {
        HttpRequest.Builder request = HttpRequest.newBuilder(callback.url()).timeout(LONGEST_WAIT)
                .header(TwilioSignature.HEADER, callback.signature())
                .header("I-Twilio-Idempotency-Token", callback.parameters().get("IdempotencyToken"))
                .header("User-Agent", "TwilioProxy/1.1");
        if (callback.method().equals("POST")) {
            request.header("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
                    .POST(BodyPublishers.ofString(encoded(callback.parameters())));
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

    private static String encoded(Map<String, String> parameters) {
        return new TreeMap<>(parameters).entrySet().stream()
                .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
