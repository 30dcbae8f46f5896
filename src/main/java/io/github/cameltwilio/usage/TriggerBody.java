package io.github.cameltwilio.usage;

import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.camel.Message;
import org.apache.camel.StreamCache;

/**
 * The parameters of a trigger from a message body that is a map or a JSON object. Their names can be those of Twilio's
 * requests ({@code CallbackUrl}), of its responses ({@code callback_url}) or of the options ({@code callbackUrl}).
 */
record TriggerBody(Map<String, Object> values) {
    private static final List<String> NAMES = List.of("callbackUrl", "triggerValue", "usageCategory", "callbackMethod",
            "friendlyName", "recurring", "triggerBy");
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    /** @throws IllegalArgumentException when the body is neither of them, or has an unknown name */
    static TriggerBody of(Message message) {
        Object body = message == null ? null : message.getBody();
        if (body instanceof Map<?, ?> map) {
            return new TriggerBody(byOption(map));
        }
        if (body == null) {
            return new TriggerBody(Map.of());
        }
        if (!(body instanceof String || body instanceof byte[] || body instanceof InputStream
                || body instanceof StreamCache)) {
            throw invalidBody();
        }
        String text = message.getBody(String.class);
        return new TriggerBody(text.isBlank() ? Map.of() : byOption(parse(text)));
    }

    private static Map<String, Object> parse(String text) {
        try {
            return JSON.readValue(text, new TypeReference<>() {
            });
        } catch (JsonProcessingException e) {
            // The message of the exception quotes the body, which may contain a secret.
            throw invalidBody();
        }
    }

    private static Map<String, Object> byOption(Map<?, ?> parameters) {
        Map<String, String> options = NAMES.stream().collect(Collectors.toMap(TriggerBody::normalized, name -> name));
        Map<String, Object> values = new HashMap<>();
        parameters.forEach((name, value) -> {
            String option = options.get(normalized(String.valueOf(name)));
            if (option == null) {
                throw new OptionValue("body", name).invalid("is not one of: " + String.join(", ", NAMES));
            }
            values.put(option, value);
        });
        return values;
    }

    private static String normalized(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    private static IllegalArgumentException invalidBody() {
        return new IllegalArgumentException("the body must be a map or a JSON object with the trigger's parameters, or"
                + " empty to use headers and options only");
    }
}
