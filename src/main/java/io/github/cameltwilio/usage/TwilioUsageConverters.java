package io.github.cameltwilio.usage;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.client.UsageTrigger;
import org.apache.camel.Converter;

/** Lets a record, a trigger, a firing or an account go where a map, text or bytes are asked for: {@code sql:}, {@code file:}, {@code kafka:}. */
@Converter(generateLoader = true)
public final class TwilioUsageConverters {
    // A plain one, so that the text is what .marshal().json() makes of the record.
    private static final ObjectMapper JSON = new ObjectMapper();

    private TwilioUsageConverters() {
    }

    @Converter
    public static Map<String, Object> toMap(UsageRecord usage) {
        return usage.toMap();
    }

    @Converter
    public static String toJson(UsageRecord usage) throws JsonProcessingException {
        return JSON.writeValueAsString(usage);
    }

    @Converter
    public static InputStream toJsonStream(UsageRecord usage) throws JsonProcessingException {
        return new ByteArrayInputStream(JSON.writeValueAsBytes(usage));
    }

    @Converter
    public static Map<String, Object> toMap(Account account) {
        return account.toMap();
    }

    @Converter
    public static String toJson(Account account) throws JsonProcessingException {
        return JSON.writeValueAsString(account);
    }

    @Converter
    public static InputStream toJsonStream(Account account) throws JsonProcessingException {
        return new ByteArrayInputStream(JSON.writeValueAsBytes(account));
    }

    @Converter
    public static Map<String, Object> toMap(UsageTrigger trigger) {
        return trigger.toMap();
    }

    @Converter
    public static String toJson(UsageTrigger trigger) throws JsonProcessingException {
        return JSON.writeValueAsString(trigger);
    }

    @Converter
    public static InputStream toJsonStream(UsageTrigger trigger) throws JsonProcessingException {
        return new ByteArrayInputStream(JSON.writeValueAsBytes(trigger));
    }

    @Converter
    public static Map<String, Object> toMap(TriggerFired fired) {
        return fired.toMap();
    }

    @Converter
    public static String toJson(TriggerFired fired) throws JsonProcessingException {
        return JSON.writeValueAsString(fired);
    }

    @Converter
    public static InputStream toJsonStream(TriggerFired fired) throws JsonProcessingException {
        return new ByteArrayInputStream(JSON.writeValueAsBytes(fired));
    }
}
