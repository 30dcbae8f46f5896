package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

/**
 * Reads records, triggers or accounts, one after the other. An odd value never costs the page it is on: what is not what it
 * should be is kept as it is among the other fields.
 */
final class ItemReader {
    private static final RecordFields NOTHING = new RecordFields();

    private final JsonParser parser;
    // Categories and units come again and again: a page takes half as much memory with each of them once.
    private final Map<String, String> texts = new HashMap<>();
    private final RecordFields fields = new RecordFields();
    private Map<String, Object> otherFields = Map.of();

    ItemReader(JsonParser parser) {
        this.parser = parser;
    }

    /** From its opening brace to its closing one. */
    UsageRecord record() throws IOException {
        fields.copy(NOTHING);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals(RecordFields.LEFT_OUT)) {
                parser.skipChildren();
                continue;
            }
            boolean isSet = fields.set(name,
                    isText(value) ? texts.computeIfAbsent(parser.getText(), text -> text) : null);
            boolean isQuoted = value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NULL;
            if (!isQuoted && (!isSet || !isText(value))) {
                fields.keep(name, keptValue());
            }
        }
        return fields.record();
    }

    /** From its opening brace to its closing one. */
    UsageTrigger trigger() throws IOException {
        otherFields = Map.of();
        String sid = null;
        String accountSid = null;
        String friendlyName = null;
        String usageCategory = null;
        String triggerBy = null;
        String recurring = null;
        BigDecimal triggerValue = null;
        BigDecimal currentValue = null;
        String callbackUrl = null;
        String callbackMethod = null;
        OffsetDateTime dateCreated = null;
        OffsetDateTime dateUpdated = null;
        OffsetDateTime dateFired = null;
        String usageRecordUri = null;
        String apiVersion = null;
        String uri = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "sid" -> sid = text(name);
                case "account_sid" -> accountSid = text(name);
                case "friendly_name" -> friendlyName = text(name);
                case "usage_category" -> usageCategory = text(name);
                case "trigger_by" -> triggerBy = text(name);
                case "recurring" -> recurring = text(name);
                case "trigger_value" -> triggerValue = number(name);
                case "current_value" -> currentValue = number(name);
                case "callback_url" -> callbackUrl = text(name);
                case "callback_method" -> callbackMethod = text(name);
                case "date_created" -> dateCreated = value(name, TwilioTimes::parse);
                case "date_updated" -> dateUpdated = value(name, TwilioTimes::parse);
                case "date_fired" -> dateFired = value(name, TwilioTimes::parse);
                case "usage_record_uri" -> usageRecordUri = text(name);
                case "api_version" -> apiVersion = text(name);
                case "uri" -> uri = text(name);
                default -> keep(name);
            }
        }
        return new UsageTrigger(sid, accountSid, friendlyName, usageCategory, triggerBy, recurring, triggerValue,
                currentValue, callbackUrl, callbackMethod, dateCreated, dateUpdated, dateFired, usageRecordUri,
                apiVersion, uri, otherFields);
    }

    /** From its opening brace to its closing one. */
    Account account() throws IOException {
        String sid = null;
        String friendlyName = null;
        String status = null;
        String type = null;
        String ownerAccountSid = null;
        OffsetDateTime dateCreated = null;
        OffsetDateTime dateUpdated = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "sid" -> sid = text(name);
                case "friendly_name" -> friendlyName = text(name);
                case "status" -> status = text(name);
                case "type" -> type = text(name);
                case "owner_account_sid" -> ownerAccountSid = text(name);
                case "date_created" -> dateCreated = value(name, TwilioTimes::parse);
                case "date_updated" -> dateUpdated = value(name, TwilioTimes::parse);
                // Nothing else is kept: one of the others is the auth token.
                default -> parser.skipChildren();
            }
        }
        return new Account(sid, friendlyName, status, type, ownerAccountSid, dateCreated, dateUpdated);
    }

    private String text(String name) throws IOException {
        return value(name, text -> text);
    }

    private BigDecimal number(String name) throws IOException {
        return value(name, TwilioNumbers::parse);
    }

    /** What cannot be read as what it should be is kept. */
    private <T> T value(String name, Function<String, T> reading) throws IOException {
        JsonToken value = parser.currentToken();
        if (isText(value)) {
            try {
                return reading.apply(parser.getText());
            } catch (DateTimeException | NumberFormatException e) {
                keep(name);
            }
        } else if (value != JsonToken.VALUE_NULL) {
            keep(name);
        }
        return null;
    }

    /** Twilio quotes its numbers, though its own description calls the price a number: both are read exactly. */
    private static boolean isText(JsonToken value) {
        return value == JsonToken.VALUE_STRING || value.isNumeric();
    }

    private void keep(String name) throws IOException {
        if (otherFields.isEmpty()) {
            otherFields = new LinkedHashMap<>();
        }
        otherFields.put(name, keptValue());
    }

    /** Jackson's own reading breaks down over a number that is out of all bounds, and the page with it. */
    private Object keptValue() throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.put(name, keptValue());
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<Object> values = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    values.add(keptValue());
                }
                yield values;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> keptNumber(parser.getText());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }

    private Object keptNumber(String text) throws IOException {
        try {
            BigDecimal number = TwilioNumbers.parse(text);
            return parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? parser.getNumberValue() : number;
        } catch (NumberFormatException e) {
            return text;
        }
    }
}
