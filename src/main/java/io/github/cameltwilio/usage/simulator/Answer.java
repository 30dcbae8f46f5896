package io.github.cameltwilio.usage.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** What is to be sent, and how much of it arrives. */
record Answer(int status, Map<String, String> headers, byte[] body, Duration delay, Delivery delivery) {

    enum Delivery {
        WHOLE,
        TRUNCATED,
        CONNECTION_CLOSED,
        NEVER
    }

    static final ObjectMapper JSON = new ObjectMapper();

    private static Answer of(int status, String contentType, byte[] body) {
        return new Answer(status, Map.of("Content-Type", contentType), body, Duration.ZERO, Delivery.WHOLE);
    }

    static Answer json(int status, Object body) {
        try {
            return of(status, "application/json", JSON.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The simulator wrote an answer that is no JSON", e);
        }
    }

    static Answer text(int status, String contentType, String body) {
        return of(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    Answer with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new Answer(status, Map.copyOf(more), body, delay, delivery);
    }

    /** Same status and headers, but for the content. */
    Answer withBody(String contentType, String text) {
        Answer other = with("Content-Type", contentType);
        return new Answer(status, other.headers, text.getBytes(StandardCharsets.UTF_8), delay, delivery);
    }

    Answer after(Duration longer) {
        return new Answer(status, headers, body, longer, delivery);
    }

    Answer delivered(Delivery otherwise) {
        return new Answer(status, headers, body, delay, otherwise);
    }
}
