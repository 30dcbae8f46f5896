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
 * A trigger's parameters in the body of a message: a map or a JSON object, with Twilio's names as it takes them
 * ({@code CallbackUrl}), as it answers them ({@code callback_url}), or as the options are called.
 */
record TriggerBody(Map<String, Object> values) {
    private static final List<String> NAMES = List.of("callbackUrl", "triggerValue", "usageCategory", "callbackMethod",
            "friendlyName", "recurring", "triggerBy");
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    /** @throws IllegalArgumentException when there is a body that is neither, or one with a name that Twilio has not */
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
            throw wrong();
        }
        String text = message.getBody(String.class);
        return new TriggerBody(text.isBlank() ? Map.of() : byOption(parse(text)));
    }

    private static Map<String, Object> parse(String text) {
        try {
            return JSON.readValue(text, new TypeReference<>() {
            });
        } catch (JsonProcessingException e) {
            // Its own words quote the body.
            throw wrong();
        }
    }

    private static Map<String, Object> byOption(Map<?, ?> named) {
        Map<String, String> options = NAMES.stream().collect(Collectors.toMap(TriggerBody::plain, name -> name));
        Map<String, Object> values = new HashMap<>();
        named.forEach((name, value) -> {
            String option = options.get(plain(String.valueOf(name)));
            if (option == null) {
                throw new OptionValue("body", name).wrong("is no parameter of a usage trigger; there is "
                        + String.join(", ", NAMES));
            }
            values.put(option, value);
        });
        return values;
    }

    private static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    private static IllegalArgumentException wrong() {
        return new IllegalArgumentException("the body is neither a map nor a JSON object with the trigger's parameters:"
                + " empty it, to go by headers and options alone");
    }
}
