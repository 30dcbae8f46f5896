package io.github.cameltwilio.usage;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.client.TwilioBody;
import io.github.cameltwilio.usage.client.TwilioValue;
import org.apache.camel.Converter;

/**
 * Converts message bodies for components that expect a map, text, bytes or a tree, for example sql, kafka, undertow and
 * jq. Without the conversion to bytes, undertow would send an empty body.
 */
@Converter(generateLoader = true)
public final class TwilioUsageConverters {
    // With the default settings, so that the JSON equals that of .marshal().json().
    private static final ObjectMapper JSON = new ObjectMapper();

    private TwilioUsageConverters() {
    }

    @Converter
    public static Map<String, Object> toMap(TwilioValue value) {
        return value.toMap();
    }

    @Converter
    public static String toJson(TwilioBody body) throws JsonProcessingException {
        return JSON.writeValueAsString(body);
    }

    @Converter
    public static InputStream toJsonStream(TwilioBody body) throws JsonProcessingException {
        return new ByteArrayInputStream(toJsonBytes(body));
    }

    @Converter
    public static byte[] toJsonBytes(TwilioBody body) throws JsonProcessingException {
        return JSON.writeValueAsBytes(body);
    }

    @Converter
    public static ByteBuffer toJsonBuffer(TwilioBody body) throws JsonProcessingException {
        return ByteBuffer.wrap(toJsonBytes(body));
    }

    @Converter
    public static JsonNode toJsonTree(TwilioBody body) {
        return JSON.valueToTree(body);
    }
}
