package io.github.cameltwilio.usage.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Whatever is taken out of a page is what Jackson would have read in its place. */
class AlikeRecordsTest {
    private static final String SMS = record("sms", "\"1\"", "\"0.5\"", "2026-03-14");

    @ParameterizedTest
    @ValueSource(ints = { 1, 7, 100, 1 << 20 })
    void aPageOfRecordsThatAreWrittenAlikeIsTakenWholeHoweverItArrives(int bytesAtOnce) throws IOException {
        Random random = new Random(7);
        String page = page(IntStream.range(0, 400).mapToObj(number -> anyRecord(random)).toArray(String[]::new));

        assertThat(new AlikeRecords(new JsonFactory(), new RepeatedTexts(), slowly(page, bytesAtOnce)).take())
                .hasSize(400);
        assertThat(ResponseParser.records(slowly(page, bytesAtOnce), new RepeatedTexts()).items())
                .isEqualTo(byJackson(page).items()).hasSize(400);
    }

    @Test
    void layoutIsNoDifference() throws IOException {
        String wide = page(SMS, record("mms", "null", "\"0\"", "2026-03-13"), SMS)
                .replaceAll("([{}\\[\\],:])", "\n\t $1\r ").replaceAll("(\\d)\n\t :\r ", "$1:");

        assertThat(taken(wide)).hasSize(3).isEqualTo(byJackson(wide).items());
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "x", "sms-and-more", "null", "{", "]", "//", "\u007f" })
    void aTextMayBeLongerOrShorterOrNoneInEitherOrder(String category) throws IOException {
        for (String other : List.of(record(category, "\"12\"", "null", "2026-03-01"),
                record(category, "null", "\"-7.25\"", "x"))) {
            assertThat(taken(page(SMS, other, SMS))).hasSize(3).isEqualTo(byJackson(page(SMS, other, SMS)).items());
            assertThat(taken(page(other, SMS, other))).hasSize(3).isEqualTo(byJackson(page(other, SMS, other)).items());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "{}", "{\"category\":\"sms\"}", "{\"price\":\"1\",\"category\":\"sms\"}",
            "{\"category\":\"gr\\u00fc\\u00df\",\"price\":\"1\"}",
            "{\"category\":\"Gr\u00fc\u00dfe, \u6771\u4eac\",\"price\":\"1\"}",
            "{\"category\":\"a\\\"b\",\"price\":\"1\"}", "{\"category\":\"\\\\\",\"price\":\"1\"}",
            "{\"category\":\"sms\",\"price\":1.5}", "{\"category\":true,\"price\":\"1\"}",
            "{\"category\":\"sms\",\"price\":[\"1\"]}",
            "{\"category\":\"sms\",\"price\":{\"amount\":\"1\"}}",
            "{\"category\":\"sms\",\"price\":\"1\",\"rate\":\"2\"}",
            "{\"category\":\"sms\",\"price\":\"1\",\"price\":\"2\"}", "{\"category\":\"nul\",\"price\":null }",
            "{\"category\":\"sms\",\"subresource_uris\":{\"daily\":{\"deep\":\"/x\"}},\"price\":\"1\"}" })
    void whatIsWrittenInAnotherWayIsReadAllTheSame(String other) throws IOException {
        String plain = "{\"category\":\"sms\",\"price\":\"0.5\"}";
        for (String page : List.of(page(plain, other, plain), page(other, plain), page(plain, other),
                page(other, other, plain),
                page(other))) {
            assertThat(read(page).items()).isEqualTo(byJackson(page).items());
            assertThat(read(page).nextPageUri()).isEqualTo("/p?Page=1");
        }
    }

    @Test
    void aFieldThatIsTwiceInARecordHasTheLaterValue() throws IOException {
        String page = page("{\"price\":\"1\",\"price\":\"2\"}", "{\"price\":\"3\",\"price\":\"2\"}");

        assertThat(taken(page)).isEmpty();
        assertThat(read(page).items()).extracting(UsageRecord::price)
                .allSatisfy(price -> assertThat(price).isEqualTo("2"));
    }

    @Test
    void whatNobodyKnowsYetOrCannotBeReadIsKeptForEachRecordOfItsOwn() throws IOException {
        String page = page("{\"price\":\"many\",\"new\":\"a\",\"as_of\":\"now\"}",
                "{\"price\":\"1\",\"new\":\"b\",\"as_of\":\"now\"}",
                "{\"price\":\"more\",\"new\":null,\"as_of\":null}");

        assertThat(taken(page)).hasSize(3).isEqualTo(byJackson(page).items());
        assertThat(taken(page)).extracting(usage -> usage.otherFields().toString())
                .containsExactly("{price=many, new=a, as_of=now}", "{new=b, as_of=now}", "{price=more, new=null}");
    }

    @ParameterizedTest
    @ValueSource(strings = { "{\"category\":\"a\nb\",\"price\":\"1\"}", "{\"category\":\"sms\" \"price\":\"1\"}",
            "{\"category\":\"sms\",\"price\":\"1\",}", "{\"category\":\"sms\",\"price\":\"1\"",
            "{\"category\":\"sms\",\"price\":\"1\"}]",
            "{\"category\":\"sms\",\"price\":nul}", "{\"category\":\"sms\",\"price\":\"1\"},", "1", "null",
            "{\"category\":\"sms\",\"price\":\"1\"} {\"category\":\"sms\",\"price\":\"1\"}",
            "{\"category\":\"sms\",\"price\":\"1\"},,{\"category\":\"sms\",\"price\":\"1\"}" })
    void whatIsNoListOfRecordsIsAnErrorWhereverItStands(String other) {
        String plain = "{\"category\":\"sms\",\"price\":\"0.5\"}";
        for (String page : List.of(page(other, plain), page(plain, other), page(plain, plain, other))) {
            assertThatThrownBy(() -> byJackson(page)).isInstanceOf(JsonProcessingException.class);
            assertThatThrownBy(() -> read(page)).isInstanceOf(JsonProcessingException.class);
        }
    }

    @Test
    void aPageThatIsCutAnywhereIsAnError() {
        String page = page(SMS, SMS, SMS);
        for (int length = 0; length < page.length(); length++) {
            String cut = page.substring(0, length);
            assertThatThrownBy(() -> read(cut)).as(cut).isInstanceOf(JsonProcessingException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "{\"other\":{\"usage_records\":[%s]},\"usage_records\":[]}",
            "{\"other\":[],\"usage_records\":[%s]}",
            "{\"a\\\"usage_records\":[%s],\"usage_records\":[]}", "[{\"usage_records\":[%s]}]",
            "{\"usage_records\":[[%s]]}",
            "{\"usage_records\":[%s],\"usage_records\":[]}", "{\"usage_records\" [%s]}",
            "{\"x\" \"usage_records\":[%s]}" })
    void onlyThePagesOwnListIsTaken(String form) throws IOException {
        String page = form.formatted(SMS);
        Page<UsageRecord> expected = attempt(page.replaceFirst("\\{", "{\"odd\":{},"));
        Page<UsageRecord> actual = attempt(page);

        assertThat(actual == null).isEqualTo(expected == null);
        if (actual != null) {
            assertThat(actual.items()).isEqualTo(expected.items());
        }
    }

    @Test
    void noMoreAreTakenThanTwiliosLargestPageHas() throws IOException {
        String page = page(Collections.nCopies(1001, SMS).toArray(String[]::new));

        assertThat(taken(page)).hasSize(1000);
        assertThat(read(page).items()).hasSize(1001).allSatisfy(usage -> assertThat(usage.category()).isEqualTo("sms"));
    }

    @Test
    void aRecordMayBeLongerThanWhatIsLookedAtAtOnce() throws IOException {
        String long1 = record("x".repeat(70_000), "\"1\"", "\"1\"", "2026-03-14");

        for (String page : List.of(page(SMS, long1, SMS), page(long1, SMS))) {
            assertThat(read(page).items()).isEqualTo(byJackson(page).items());
        }
    }

    private static String anyRecord(Random random) {
        return record("category-" + "x".repeat(random.nextInt(120)),
                random.nextInt(4) == 0 ? "null" : "\"" + random.nextInt(1000) + "\"",
                "\"" + random.nextInt(9) + "." + random.nextInt(100_000) + "\"",
                "2026-03-" + (10 + random.nextInt(20)));
    }

    private static String record(String category, String count, String price, String day) {
        return """
                {"account_sid":"AC1","api_version":"2010-04-01","as_of":"2026-03-15T12:00:00+00:00","category":"%s","count":%s,\
                "count_unit":"messages","description":"Usage of %s","end_date":"%s","price":%s,"price_unit":"usd","start_date":"%s",\
                "subresource_uris":{"daily":"/Daily.json?Category=%s","none":null},"uri":"/x?Category=%s","usage":"12.5",\
                "usage_unit":"messages"}"""
                .formatted(category, count, category, day, price, day, category, category);
    }

    private static String page(String... records) {
        return Arrays.stream(records).collect(Collectors.joining(",", "{\"page\":0,\"usage_records\":[",
                "],\"next_page_uri\":\"/p?Page=1\"}"));
    }

    private static List<UsageRecord> taken(String page) throws IOException {
        return new AlikeRecords(new JsonFactory(), new RepeatedTexts(), slowly(page, Integer.MAX_VALUE)).take();
    }

    private static Page<UsageRecord> read(String page) throws IOException {
        return ResponseParser.records(slowly(page, Integer.MAX_VALUE), new RepeatedTexts());
    }

    private static Page<UsageRecord> attempt(String page) throws IOException {
        try {
            return read(page);
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** With something in front of its list that has braces nothing is taken out of a page. */
    private static Page<UsageRecord> byJackson(String page) throws IOException {
        return read(page.replaceFirst("\\{", "{\"odd\":{},"));
    }

    private static ResponseBody slowly(String page, int bytesAtOnce) {
        InputStream whole = new ByteArrayInputStream(page.getBytes(UTF_8));
        return new ResponseBody(new InputStream() {
            @Override
            public int read() throws IOException {
                return whole.read();
            }

            @Override
            public int read(byte[] target, int from, int atMost) throws IOException {
                return whole.read(target, from, Math.min(atMost, bytesAtOnce));
            }
        });
    }
}
