package io.github.cameltwilio.usage.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** A response, and how much of it to deliver. */
record SimulatedResponse(int status, Map<String, String> headers, byte[] body, Duration delay, Delivery delivery) {

    enum Delivery {
        WHOLE,
        TRUNCATED,
        CONNECTION_CLOSED,
        NEVER
    }

    static final ObjectMapper JSON = new ObjectMapper();

    private static SimulatedResponse of(int status, String contentType, byte[] body) {
        return new SimulatedResponse(status, Map.of("Content-Type", contentType), body, Duration.ZERO, Delivery.WHOLE);
    }

    static SimulatedResponse json(int status, Object body) {
        try {
            return of(status, "application/json", JSON.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The simulator cannot write its response as JSON", e);
        }
    }

    static SimulatedResponse text(int status, String contentType, String body) {
        return of(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    SimulatedResponse with(String header, String value) {
        Map<String, String> all = new HashMap<>(headers);
        all.put(header, value);
        return new SimulatedResponse(status, Map.copyOf(all), body, delay, delivery);
    }

    /** The same status and headers with another body. */
    SimulatedResponse withBody(String contentType, String text) {
        SimulatedResponse typed = with("Content-Type", contentType);
        return new SimulatedResponse(status, typed.headers, text.getBytes(StandardCharsets.UTF_8), delay, delivery);
    }

    SimulatedResponse after(Duration newDelay) {
        return new SimulatedResponse(status, headers, body, newDelay, delivery);
    }

    SimulatedResponse delivered(Delivery newDelivery) {
        return new SimulatedResponse(status, headers, body, delay, newDelivery);
    }
}
