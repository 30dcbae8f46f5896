package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.cameltwilio.usage.client.PageCursor.Page;

/**
 * Reads Twilio's JSON. All methods throw a {@link JsonProcessingException} when the body is truncated or is not what
 * Twilio documents; a {@link java.io.CharConversionException} when it claims to be UTF-32 and is not; and any other
 * {@link IOException} when the connection fails.
 */
final class ResponseParser {
    // Twilio sends 60 tokens per item, 4 levels, names of 40 characters and texts of 300. These limits are far above
    // that, and far below what would fill a small heap: a token that is kept takes at most 50 bytes.
    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder().maxTokenCount(250_000)
            .maxNestingDepth(100).maxNameLength(1_000).maxStringLength(1_000_000).maxNumberLength(1_000).build();
    private static final ObjectMapper MAPPER = JsonMapper.builder(
            JsonFactory.builder()
                    .streamReadConstraints(LIMITS)
                    // Exceptions are logged, so they must not quote the response.
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    // Closing would first read the rest, and a hostile response never ends.
                    .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    // RFC 6750, section 2.1.
    private static final Pattern BEARER_TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
    // Twilio's default for tokens without expires_in, and the maximum that it lets an app choose.
    private static final Duration DEFAULT_LIFETIME = Duration.ofHours(1);
    private static final Duration MAX_LIFETIME = Duration.ofDays(30);

    private ResponseParser() {
    }

    /** Reads a page of usage records. */
    static Page<UsageRecord> records(ResponseBody body) throws IOException {
        return page(body, "usage_records", ItemReader::usageRecord);
    }

    /** Reads a page of usage triggers. */
    static Page<UsageTrigger> triggers(ResponseBody body) throws IOException {
        return page(body, "usage_triggers", ItemReader::usageTrigger);
    }

    /** Reads a page of accounts. */
    static Page<Account> accounts(ResponseBody body) throws IOException {
        return page(body, "accounts", ItemReader::account);
    }

    /** Reads a single usage trigger. */
    static UsageTrigger trigger(ResponseBody body) throws IOException {
        try (JsonParser parser = MAPPER.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(parser, "not a JSON object");
            }
            UsageTrigger trigger = new ItemReader(parser).usageTrigger();
            if (trigger.sid() == null) {
                throw new JsonParseException(parser, "no sid");
            }
            return trigger;
        }
    }

    /** Reads an OAuth app's access token. */
    static Authenticator.AccessToken accessToken(ResponseBody body) throws IOException {
        JsonNode token = MAPPER.readTree(body);
        String text = token.path("access_token").asText("");
        if (!BEARER_TOKEN.matcher(text).matches() || !"Bearer".equalsIgnoreCase(token.path("token_type").asText())) {
            throw new JsonParseException(null, "no bearer token");
        }
        JsonNode seconds = token.path("expires_in");
        return new Authenticator.AccessToken(text,
                Duration.ofSeconds(!seconds.canConvertToLong() ? DEFAULT_LIFETIME.toSeconds()
                        : Math.min(Math.max(seconds.longValue(), 0), MAX_LIFETIME.toSeconds())));
    }

    private static <T> Page<T> page(ResponseBody body, String list, Item<T> item) throws IOException {
        try (JsonParser parser = MAPPER.createParser(body)) {
            List<T> items = null;
            String nextPageUri = null;
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(parser, "not a JSON object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals(list) && value == JsonToken.START_ARRAY) {
                    if (items != null) {
                        throw new JsonParseException(parser, "more than one " + list);
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

    /** Reads the body of an error response, which may be anything; a missing node when it is not JSON. */
    static JsonNode error(ResponseBody body) {
        try {
            return MAPPER.readTree(body);
        } catch (IOException | NumberFormatException e) {
            return MissingNode.getInstance();
        }
    }

    private static <T> List<T> items(JsonParser parser, Item<T> item) throws IOException {
        List<T> items = new ArrayList<>();
        ItemReader reader = new ItemReader(parser);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(parser, "an item that is not a JSON object");
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
