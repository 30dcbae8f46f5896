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

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * Reads what Twilio answers. One odd value never costs a page: what is not what it should be is kept as it is in
 * {@link UsageRecord#otherFields()}.
 */
final class AnswerParser {
    // Beyond this a "number" is an attack on whoever prints it: 1e999999999 has a billion digits.
    private static final int LONGEST_NUMBER = 64;
    private static final int LARGEST_SCALE = 64;

    private static final ObjectMapper MAPPER = JsonMapper.builder(
            // An exception must not carry the answer it stumbled over.
            JsonFactory.builder().disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION).build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private AnswerParser() {
    }

    /** @throws IOException when the body is no JSON, is cut, or holds no list of usage records */
    static Page page(byte[] body) throws IOException {
        try (JsonParser parser = MAPPER.createParser(body)) {
            List<UsageRecord> records = null;
            String nextPageUri = null;
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("usage_records") && value == JsonToken.START_ARRAY) {
                    records = records(parser);
                } else if (name.equals("next_page_uri") && value == JsonToken.VALUE_STRING) {
                    nextPageUri = parser.getText();
                } else {
                    parser.skipChildren();
                }
            }
            if (records == null) {
                throw new IOException("no usage_records");
            }
            return new Page(records, nextPageUri);
        }
    }

    /** Reads the body of a refusal, which may be anything. */
    static TwilioError error(byte[] body) {
        try {
            JsonNode error = MAPPER.readTree(body);
            return new TwilioError(
                    error.path("code").canConvertToInt() ? error.path("code").intValue() : null,
                    error.path("message").textValue(),
                    error.path("more_info").textValue());
        } catch (IOException e) {
            return TwilioError.NONE;
        }
    }

    private static List<UsageRecord> records(JsonParser parser) throws IOException {
        List<UsageRecord> records = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new IOException("a usage record that is no JSON object");
            }
            records.add(new RecordReader(parser).read());
        }
        return records;
    }

    private static final class RecordReader {
        private final JsonParser parser;
        private final Map<String, Object> otherFields = new LinkedHashMap<>(0);

        RecordReader(JsonParser parser) {
            this.parser = parser;
        }

        UsageRecord read() throws IOException {
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
                    case "start_date" -> startDate = value(name, LocalDate::parse);
                    case "end_date" -> endDate = value(name, LocalDate::parse);
                    case "count" -> count = number(name);
                    case "count_unit" -> countUnit = text(name);
                    case "usage" -> usage = number(name);
                    case "usage_unit" -> usageUnit = text(name);
                    case "price" -> price = number(name);
                    case "price_unit" -> priceUnit = text(name);
                    case "as_of" -> asOf = value(name, OffsetDateTime::parse);
                    case "api_version" -> apiVersion = text(name);
                    case "uri" -> uri = text(name);
                    case "subresource_uris" -> parser.skipChildren();
                    default -> keep(name);
                }
            }
            return new UsageRecord(accountSid, category, description, startDate, endDate, count, countUnit, usage,
                    usageUnit, price, priceUnit, asOf, apiVersion, uri, otherFields);
        }

        private String text(String name) throws IOException {
            return value(name, text -> text);
        }

        /** Twilio quotes its numbers, though its own description calls the price a number: both are read exactly. */
        private BigDecimal number(String name) throws IOException {
            return value(name, text -> text.isBlank() ? null : parseNumber(text.strip()));
        }

        private <T> T value(String name, Function<String, T> reading) throws IOException {
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                return null;
            }
            if (parser.currentToken() == JsonToken.VALUE_STRING || parser.currentToken().isNumeric()) {
                try {
                    return reading.apply(parser.getText());
                } catch (DateTimeException | NumberFormatException e) {
                    otherFields.put(name, parser.getText());
                    return null;
                }
            }
            keep(name);
            return null;
        }

        private void keep(String name) throws IOException {
            otherFields.put(name, parser.readValueAs(Object.class));
        }
    }

    private static BigDecimal parseNumber(String text) {
        if (text.length() > LONGEST_NUMBER) {
            throw new NumberFormatException("too long");
        }
        BigDecimal number = new BigDecimal(text);
        if (Math.abs((long) number.scale()) > LARGEST_SCALE) {
            throw new NumberFormatException("too large or too small");
        }
        return number;
    }
}
