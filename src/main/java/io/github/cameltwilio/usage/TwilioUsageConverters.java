package io.github.cameltwilio.usage;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.client.TwilioValue;
import org.apache.camel.Converter;

/** Converts message bodies for components that expect a map, text or a stream, for example sql, kafka and file. */
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
    public static String toJson(TwilioValue value) throws JsonProcessingException {
        return JSON.writeValueAsString(value);
    }

    @Converter
    public static InputStream toJsonStream(TwilioValue value) throws JsonProcessingException {
        return new ByteArrayInputStream(JSON.writeValueAsBytes(value));
    }
}
