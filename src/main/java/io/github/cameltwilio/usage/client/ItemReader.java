package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

/**
 * Reads the usage records, triggers or accounts of one page. A malformed value never fails the page: it is kept under
 * Twilio's name in the other fields.
 */
final class ItemReader {
    private final JsonParser parser;
    private final Last<String> accountSid = new Last<>(Function.identity());
    private final Last<String> countUnit = new Last<>(Function.identity());
    private final Last<String> usageUnit = new Last<>(Function.identity());
    private final Last<String> priceUnit = new Last<>(Function.identity());
    private final Last<String> apiVersion = new Last<>(Function.identity());
    private final Last<LocalDate> startDate = new Last<>(ValueParser::day);
    private final Last<LocalDate> endDate = new Last<>(ValueParser::day);
    private final Last<OffsetDateTime> asOf = new Last<>(ValueParser::time);
    private Map<String, Object> otherFields;

    /** @param parser positioned at an item's opening brace whenever an item is read */
    ItemReader(JsonParser parser) {
        this.parser = parser;
    }

    UsageRecord usageRecord() throws IOException {
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
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "account_sid" -> accountSid = value(field, this.accountSid);
                case "category" -> category = text(field);
                case "description" -> description = text(field);
                case "start_date" -> startDate = value(field, this.startDate);
                case "end_date" -> endDate = value(field, this.endDate);
                case "count" -> count = number(field);
                case "count_unit" -> countUnit = value(field, this.countUnit);
                case "usage" -> usage = number(field);
                case "usage_unit" -> usageUnit = value(field, this.usageUnit);
                case "price" -> price = number(field);
                case "price_unit" -> priceUnit = value(field, this.priceUnit);
                case "as_of" -> asOf = value(field, this.asOf);
                case "api_version" -> apiVersion = value(field, this.apiVersion);
                case "uri" -> uri = text(field);
                case "subresource_uris" -> parser.skipChildren();
                default -> keep(field);
            }
        }
        return new UsageRecord(accountSid, category, description, startDate, endDate, count, countUnit, usage,
                usageUnit, price, priceUnit, asOf, apiVersion, uri, otherFields);
    }

    UsageTrigger usageTrigger() throws IOException {
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
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "sid" -> sid = text(field);
                case "account_sid" -> accountSid = text(field);
                case "friendly_name" -> friendlyName = text(field);
                case "usage_category" -> usageCategory = text(field);
                case "trigger_by" -> triggerBy = text(field);
                case "recurring" -> recurring = text(field);
                case "trigger_value" -> triggerValue = number(field);
                case "current_value" -> currentValue = number(field);
                case "callback_url" -> callbackUrl = text(field);
                case "callback_method" -> callbackMethod = text(field);
                case "date_created" -> dateCreated = value(field, ValueParser::time);
                case "date_updated" -> dateUpdated = value(field, ValueParser::time);
                case "date_fired" -> dateFired = value(field, ValueParser::time);
                case "usage_record_uri" -> usageRecordUri = text(field);
                case "api_version" -> apiVersion = text(field);
                case "uri" -> uri = text(field);
                default -> keep(field);
            }
        }
        return new UsageTrigger(sid, accountSid, friendlyName, usageCategory, triggerBy, recurring, triggerValue,
                currentValue, callbackUrl, callbackMethod, dateCreated, dateUpdated, dateFired, usageRecordUri,
                apiVersion, uri, otherFields);
    }

    Account account() throws IOException {
        otherFields = Map.of();
        String sid = null;
        String friendlyName = null;
        String status = null;
        String type = null;
        String ownerAccountSid = null;
        OffsetDateTime dateCreated = null;
        OffsetDateTime dateUpdated = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "sid" -> sid = text(field);
                case "friendly_name" -> friendlyName = text(field);
                case "status" -> status = text(field);
                case "type" -> type = text(field);
                case "owner_account_sid" -> ownerAccountSid = text(field);
                case "date_created" -> dateCreated = value(field, ValueParser::time);
                case "date_updated" -> dateUpdated = value(field, ValueParser::time);
                // No other field is read, because one of them is the auth token.
                default -> parser.skipChildren();
            }
        }
        return new Account(sid, friendlyName, status, type, ownerAccountSid, dateCreated, dateUpdated);
    }

    private String text(String field) throws IOException {
        return value(field, Function.identity());
    }

    private BigDecimal number(String field) throws IOException {
        return value(field, ValueParser::number);
    }

    private <T> T value(String field, Function<String, T> parse) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
            try {
                return parse.apply(parser.getText());
            } catch (DateTimeException | NumberFormatException e) {
                keep(field);
            }
        } else if (token != JsonToken.VALUE_NULL) {
            keep(field);
        }
        return null;
    }

    /** Parses a value once for all records in a row that have it, which also saves memory. */
    private static final class Last<T> implements Function<String, T> {
        private final Function<String, T> parse;
        private String text;
        private T value;

        Last(Function<String, T> parse) {
            this.parse = parse;
        }

        @Override
        public T apply(String next) {
            if (!next.equals(text)) {
                value = parse.apply(next);
                text = next;
            }
            return value;
        }
    }

    private void keep(String field) throws IOException {
        if (otherFields.isEmpty()) {
            otherFields = new LinkedHashMap<>();
        }
        otherFields.put(field, keptValue());
    }

    /** Reads any value. Jackson's own tree would fail the page on a number that exceeds all bounds. */
    private Object keptValue() throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String field = parser.currentName();
                    parser.nextToken();
                    fields.put(field, keptValue());
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
            BigDecimal number = ValueParser.number(text);
            return parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? parser.getNumberValue() : number;
        } catch (NumberFormatException e) {
            return text;
        }
    }
}
