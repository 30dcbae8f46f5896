package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Reads what Twilio answers. */
final class ResponseParser {
    // What Twilio sends has 60 tokens an item, 4 levels, names of 40 characters and texts of 300. These are far above it, and
    // far below what fills a small heap: a token that is kept takes 50 bytes at the most.
    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder().maxTokenCount(250_000)
            .maxNestingDepth(100).maxNameLength(1_000).maxStringLength(1_000_000).maxNumberLength(1_000).build();
    private static final ObjectMapper MAPPER = JsonMapper.builder(
            JsonFactory.builder()
                    .streamReadConstraints(LIMITS)
                    // An exception must not carry the answer it stumbled over.
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    // To close what never ends takes for ever.
                    .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    // RFC 6750, section 2.1.
    private static final Pattern BEARER_TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
    // Of tokens that do not say: Twilio's default, and the most that it lets an app choose.
    private static final Duration LIFETIME = Duration.ofHours(1);
    private static final Duration LONGEST_LIFETIME = Duration.ofDays(30);

    private ResponseParser() {
    }

    /** @throws IOException when the body cannot be read; a JsonProcessingException when it is no JSON, is cut, or holds no list of usage records */
    static Page<UsageRecord> records(ResponseBody body, RepeatedTexts texts) throws IOException {
        AlikeRecords alike = new AlikeRecords(MAPPER.getFactory(), texts, body);
        List<UsageRecord> records = alike.take();
        Page<UsageRecord> rest = page(alike.rest(), body, "usage_records", ItemReader::record);
        records.addAll(records.isEmpty() ? rest.items() : rest.items().subList(1, rest.items().size()));
        return new Page<>(records, rest.nextPageUri(), rest.bytes());
    }

    /** @throws IOException when the body cannot be read; a JsonProcessingException when it is no JSON, is cut, or holds no list of usage triggers */
    static Page<UsageTrigger> triggers(ResponseBody body) throws IOException {
        return page(body, body, "usage_triggers", ItemReader::trigger);
    }

    /** @throws IOException when the body cannot be read; a JsonProcessingException when it is no JSON, is cut, or holds no list of accounts */
    static Page<Account> accounts(ResponseBody body) throws IOException {
        return page(body, body, "accounts", ItemReader::account);
    }

    /** @throws IOException when the body cannot be read; a JsonProcessingException when it is no JSON, is cut, or no trigger */
    static UsageTrigger trigger(ResponseBody body) throws IOException {
        try (JsonParser parser = MAPPER.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(parser, "no JSON object");
            }
            UsageTrigger trigger = new ItemReader(parser).trigger();
            if (trigger.sid() == null) {
                throw new JsonParseException(parser, "no sid");
            }
            return trigger;
        }
    }

    /** @throws IOException when the body cannot be read; a JsonProcessingException when it holds no access token to bear */
    static AccessToken accessToken(ResponseBody body) throws IOException {
        JsonNode token = MAPPER.readTree(body);
        String text = token.path("access_token").asText("");
        if (!BEARER_TOKEN.matcher(text).matches() || !"Bearer".equalsIgnoreCase(token.path("token_type").asText())) {
            throw new JsonParseException(null, "no access token to bear");
        }
        JsonNode seconds = token.path("expires_in");
        return new AccessToken(text, Duration.ofSeconds(!seconds.canConvertToLong() ? LIFETIME.toSeconds()
                : Math.min(Math.max(seconds.longValue(), 0), LONGEST_LIFETIME.toSeconds())));
    }

    private static <T> Page<T> page(InputStream json, ResponseBody body, String list, Item<T> item) throws IOException {
        try (JsonParser parser = MAPPER.createParser(json)) {
            List<T> items = null;
            String nextPageUri = null;
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(parser, "no JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals(list) && value == JsonToken.START_ARRAY) {
                    if (items != null) {
                        throw new JsonParseException(parser, "two of " + list);
                    }
                    items = items(parser, item);
                } else if (name.equals("next_page_uri") && value == JsonToken.VALUE_STRING) {
                    nextPageUri = parser.getText();
                } else {
                    parser.skipChildren();
                }
            }
            if (items == null) {
                throw new JsonParseException(parser, "no " + list);
            }
            return new Page<>(items, nextPageUri, body.bytes());
        }
    }

    /** Reads the body of a refusal, which may be anything. */
    static TwilioError error(ResponseBody body) {
        try {
            JsonNode error = MAPPER.readTree(body);
            return new TwilioError(
                    error.path("code").canConvertToInt() ? error.path("code").intValue() : null,
                    error.path("message").textValue(),
                    error.path("more_info").textValue());
        } catch (IOException | NumberFormatException e) {
            return TwilioError.NONE;
        }
    }

    private static <T> List<T> items(JsonParser parser, Item<T> item) throws IOException {
        List<T> items = new ArrayList<>();
        ItemReader reader = new ItemReader(parser);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(parser, "an item that is no JSON object");
            }
            items.add(item.read(reader));
        }
        return items;
    }

    @FunctionalInterface
    private interface Item<T> {
        T read(ItemReader reader) throws IOException;
    }
}
