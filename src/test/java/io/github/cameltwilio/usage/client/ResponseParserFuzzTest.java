package io.github.cameltwilio.usage.client;

import java.io.ByteArrayInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.client.PageCursor.Page;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares the parser with Jackson's tree of the same bytes, which is slower and simpler. */
class ResponseParserFuzzTest {
    private static final ObjectMapper TREE = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final List<TwilioHttp.BodyReader<?>> OTHER_READERS = List.of(ResponseParser::triggers,
            ResponseParser::accounts,
            ResponseParser::trigger);

    @FuzzTest(maxDuration = "20s")
    void readsAPageCorrectlyOrRejectsIt(byte[] body) throws IOException {
        assertThat(ResponseParser.error(response(body))).isNotNull();
        for (TwilioHttp.BodyReader<?> reader : OTHER_READERS) {
            try {
                assertThat(reader.read(response(body))).isNotNull();
            } catch (JsonProcessingException | CharConversionException e) {
                // Only these exceptions may reject a body.
            }
        }
        Page<UsageRecord> page = page(body);
        if (page == null) {
            return;
        }
        for (UsageRecord usage : page.items()) {
            assertBounded(usage.count());
            assertBounded(usage.usage());
            assertBounded(usage.price());
            assertBounded(usage.otherFields());
            assertThat(TREE.writeValueAsBytes(usage)).isNotEmpty();
        }
        JsonNode tree = tree(body);
        if (tree != null) {
            assertThat(page.nextPageUri()).isEqualTo(tree.path("next_page_uri").textValue());
            assertThat(page.items()).hasSameSizeAs(tree.path("usage_records"));
            for (int at = 0; at < page.items().size(); at++) {
                assertSame(page.items().get(at), tree.path("usage_records").path(at));
            }
        }
    }

    private static Page<UsageRecord> page(byte[] body) throws IOException {
        try {
            return ResponseParser.records(response(body));
        } catch (JsonProcessingException | CharConversionException e) {
            return null;
        }
    }

    private static void assertSame(UsageRecord usage, JsonNode item) {
        JsonNode category = item.path("category");
        if (category.isTextual()) {
            assertThat(usage.category()).isEqualTo(category.textValue());
        }
        if (item.hasNonNull("price") && !item.path("price").asText("x").isBlank()) {
            assertThat(usage.price() == null).as("a malformed price is kept")
                    .isEqualTo(usage.otherFields().containsKey("price"));
        }
        item.fieldNames().forEachRemaining(name -> {
            if (name.startsWith("x")) {
                assertThat(usage.otherFields()).containsKey(name);
            }
        });
    }

    /** Numbers are bounded, so that printing one never takes more than two lines. */
    private static void assertBounded(Object value) {
        if (value instanceof BigDecimal number) {
            assertThat(Math.abs(number.scale())).isLessThanOrEqualTo(64);
            assertThat(number.precision()).isLessThanOrEqualTo(64);
        } else if (value instanceof Number number) {
            assertThat(number.toString()).hasSizeLessThanOrEqualTo(64);
        } else if (value instanceof Map<?, ?> fields) {
            fields.values().forEach(ResponseParserFuzzTest::assertBounded);
        } else if (value instanceof List<?> values) {
            values.forEach(ResponseParserFuzzTest::assertBounded);
        }
    }

    private static ResponseBody response(byte[] body) {
        return new ResponseBody(new ByteArrayInputStream(body), false);
    }

    private static JsonNode tree(byte[] body) throws IOException {
        try {
            return TREE.readTree(body);
        } catch (JsonProcessingException | NumberFormatException e) {
            // A duplicate name, a malformed end that our parser does not read, or a number that Jackson cannot parse.
            return null;
        }
    }
}
