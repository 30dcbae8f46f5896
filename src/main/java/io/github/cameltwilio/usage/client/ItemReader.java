package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
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
    // Beyond this a "number" is an attack on whoever prints it: 1e999999999 has a billion digits.
    private static final int LONGEST_NUMBER = 64;
    private static final int LARGEST_SCALE = 64;

    private final JsonParser parser;
    private final RepeatedTexts texts = new RepeatedTexts();
    // Few days and times fill a page. To look at each of them once saves a quarter of the time.
    private final Map<String, LocalDate> days = new HashMap<>();
    private final Map<String, OffsetDateTime> times = new HashMap<>();
    private Map<String, Object> otherFields = Map.of();

    ItemReader(JsonParser parser) {
        this.parser = parser;
    }

    /** From its opening brace to its closing one. */
    UsageRecord record() throws IOException {
        otherFields = Map.of();
        String accountSid = null;
        String category = null;
        String description = null;
        LocalDate startDate = null;
        LocalDate endDate = null;
        BigDecimal count = null;
        String countUnit = null;
        BigDecimal usage = null;
        String usageUnit = null;
        BigDecimal price = null;
        String priceUnit = null;
        OffsetDateTime asOf = null;
        String apiVersion = null;
        String uri = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "account_sid" -> accountSid = text(name);
                case "category" -> category = text(name);
                case "description" -> description = text(name);
                case "start_date" -> startDate = value(name, this::day);
                case "end_date" -> endDate = value(name, this::day);
                case "count" -> count = number(name);
                case "count_unit" -> countUnit = text(name);
                case "usage" -> usage = number(name);
                case "usage_unit" -> usageUnit = text(name);
                case "price" -> price = number(name);
                case "price_unit" -> priceUnit = text(name);
                case "as_of" -> asOf = value(name, this::time);
                case "api_version" -> apiVersion = text(name);
                case "uri" -> uri = text(name);
                case "subresource_uris" -> parser.skipChildren();
                default -> keep(name);
            }
        }
        return new UsageRecord(accountSid, category, description, startDate, endDate, count, countUnit, usage,
                usageUnit, price, priceUnit, asOf, apiVersion, uri, otherFields);
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
        return isText(name) ? text() : null;
    }

    private String text() throws IOException {
        return texts.of(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    }

    /** Twilio quotes its numbers, though its own description calls the price a number: both are read exactly. */
    private BigDecimal number(String name) throws IOException {
        if (!isText(name)) {
            return null;
        }
        char[] chars = parser.getTextCharacters();
        int from = parser.getTextOffset();
        int end = from + parser.getTextLength();
        while (from < end && Character.isWhitespace(chars[from])) {
            from++;
        }
        while (from < end && Character.isWhitespace(chars[end - 1])) {
            end--;
        }
        try {
            return from == end ? null : parseNumber(chars, from, end - from);
        } catch (NumberFormatException e) {
            keep(name, parser.getText());
            return null;
        }
    }

    private LocalDate day(String text) {
        return days.computeIfAbsent(text, LocalDate::parse);
    }

    private OffsetDateTime time(String text) {
        return times.computeIfAbsent(text, OffsetDateTime::parse);
    }

    private <T> T value(String name, Function<String, T> reading) throws IOException {
        if (!isText(name)) {
            return null;
        }
        String text = text();
        try {
            return reading.apply(text);
        } catch (DateTimeException e) {
            keep(name, text);
            return null;
        }
    }

    /** Whether the value can be read as a text. What is neither that nor null is kept. */
    private boolean isText(String name) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
            return true;
        }
        if (token != JsonToken.VALUE_NULL) {
            keep(name);
        }
        return false;
    }

    private void keep(String name) throws IOException {
        keep(name, keptValue());
    }

    private void keep(String name, Object value) {
        if (otherFields.isEmpty()) {
            otherFields = new LinkedHashMap<>();
        }
        otherFields.put(name, value);
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
            BigDecimal number = parseNumber(text.toCharArray(), 0, text.length());
            return parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? parser.getNumberValue() : number;
        } catch (NumberFormatException e) {
            return text;
        }
    }

    private static BigDecimal parseNumber(char[] chars, int from, int length) {
        if (length > LONGEST_NUMBER) {
            throw new NumberFormatException("too long");
        }
        BigDecimal number = new BigDecimal(chars, from, length);
        if (Math.abs((long) number.scale()) > LARGEST_SCALE) {
            throw new NumberFormatException("too large or too small");
        }
        return number;
    }
}
