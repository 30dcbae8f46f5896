package io.github.cameltwilio.usage.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.cameltwilio.usage.client.PageCursor.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ResponseParserTest {
    private static final ErrorResponse NOT_FOUND = new ErrorResponse(404, null, null, null, null, null);

    @Test
    void readsTypedValues() throws IOException {
        UsageRecord usage = record("""
                {"account_sid": "AC1", "api_version": "2010-04-01", "as_of": "2026-03-15T12:00:00+00:00",
                 "category": "sms", "count": "12", "count_unit": "messages", "description": "SMS",
                 "start_date": "2026-03-14", "end_date": "2026-03-14", "price": "0.09000", "price_unit": "usd",
                 "subresource_uris": {"daily": "/x"}, "uri": "/y", "usage": "12.5", "usage_unit": "messages"}""");

        assertThat(usage).isEqualTo(new UsageRecord("AC1", "sms", "SMS", LocalDate.parse("2026-03-14"),
                LocalDate.parse("2026-03-14"), new BigDecimal("12"), "messages", new BigDecimal("12.5"), "messages",
                new BigDecimal("0.09000"), "usd", OffsetDateTime.parse("2026-03-15T12:00:00Z"), "2010-04-01", "/y",
                Map.of()));
    }

    @Test
    void readsNullAndEmptyNumbersAsNull() throws IOException {
        UsageRecord usage = record("""
                {"category": "totalprice", "count": null, "count_unit": "", "usage": "", "price": "5.1"}""");

        assertThat(usage.count()).isNull();
        assertThat(usage.countUnit()).isEmpty();
        assertThat(usage.usage()).isNull();
        assertThat(usage.price()).isEqualTo("5.1");
        assertThat(usage.otherFields()).isEmpty();
    }

    @Test
    void readsUnquotedNumbersExactly() throws IOException {
        assertThat(record("{\"price\": 0.1000000000000000055511151231257827}").price())
                .isEqualTo("0.1000000000000000055511151231257827");
        assertThat(record("{\"price\": -12}").price()).isEqualTo("-12");
    }

    @ParameterizedTest
    @ValueSource(strings = { "\"\"", "\"bitcoin\"", "\"EUR\"", "null" })
    void keepsUnknownCurrencies(String currency) throws IOException {
        assertThat(record("{\"price\": \"1\", \"price_unit\": " + currency + "}").priceUnit())
                .isEqualTo(currency.equals("null") ? null : currency.replace("\"", ""));
    }

    @Test
    void keepsUnknownFields() throws IOException {
        UsageRecord usage = record("""
                {"category": "sms", "tags": ["a", 1, null, {"deep": true}], "rate": 0.1, "new": "x", "none": null}""");

        assertThat(usage.otherFields())
                .containsEntry("tags", java.util.Arrays.asList("a", 1, null, Map.of("deep", true)))
                .containsEntry("rate", new BigDecimal("0.1")).containsEntry("new", "x").containsEntry("none", null);
    }

    @ParameterizedTest
    @ValueSource(strings = { "\"abc\"", "\"1e999999999\"", "1e999999999", "true", "[1]", "{\"amount\":1}" })
    void keepsMalformedNumbersWithoutFailingThePage(String price) throws IOException {
        UsageRecord usage = record("{\"price\": " + price + ", \"category\": \"sms\"}");

        assertThat(usage.price()).isNull();
        assertThat(usage.otherFields()).containsKey("price");
        assertThat(usage.category()).isEqualTo("sms");
    }

    @Test
    void keepsOversizedNumbersAsText() throws IOException {
        UsageRecord usage = record("""
                {"rate": 1e10000009999, "rates": [1, 12345678901, 0.5, {"high": 1e99}],
                 "digits": %s}""".formatted("9".repeat(65)));

        assertThat(usage.otherFields()).containsEntry("rate", "1e10000009999").containsEntry("digits", "9".repeat(65))
                .containsEntry("rates", List.of(1, 12345678901L, new BigDecimal("0.5"), Map.of("high", "1e99")));
    }

    @Test
    void acceptsNumbersOfUpToSixtyFourDigits() throws IOException {
        assertThat(record("{\"price\": \"" + "9".repeat(64) + "\"}").price()).isEqualTo("9".repeat(64));
        assertThat(record("{\"price\": \"1e-64\", \"count\": \"1e64\"}")).satisfies(usage -> {
            assertThat(usage.price()).isEqualTo("1E-64");
            assertThat(usage.count()).isEqualTo("1E+64");
        });
        assertThat(record("{\"price\": \"1e-65\", \"count\": \"1e65\", \"usage\": \"" + "9".repeat(65) + "\"}")
                .otherFields())
                .containsOnlyKeys("price", "count", "usage");
    }

    @Test
    void readsAnAccountWithoutItsSecrets() throws IOException {
        Page<Account> page = ResponseParser.accounts(body("""
                {"accounts": [{"sid": "AC1", "friendly_name": "mine", "status": "active", "type": "Full",
                 "owner_account_sid": "AC0", "date_created": "Sun, 15 Mar 2026 12:00:00 +0000", "date_updated": null,
                 "auth_token": "secret", "subresource_uris": {"calls": "/x"}}], "next_page_uri": "/p?Page=1"}"""));

        assertThat(page.items()).containsExactly(new Account("AC1", "mine", "active", "Full", "AC0",
                OffsetDateTime.parse("2026-03-15T12:00:00Z"), null));
        assertThat(page.nextPageUri()).isEqualTo("/p?Page=1");
    }

    @Test
    void keepsUnknownFieldsOfATrigger() throws IOException {
        UsageTrigger trigger = ResponseParser.trigger(body("""
                {"sid": "UT1", "trigger_value": "1000.00", "current_value": "many", "recurring": null, "new": [1]}"""));

        assertThat(trigger.triggerValue()).isEqualTo("1000.00");
        assertThat(trigger.otherFields()).isEqualTo(Map.of("current_value", "many", "new", List.of(1)));
        assertThatThrownBy(() -> ResponseParser.trigger(body("{}"))).hasMessageStartingWith("no sid");
    }

    @Test
    void keepsMalformedDatesAsText() throws IOException {
        UsageRecord usage = record("{\"start_date\": \"14/03/2026\", \"as_of\": \"just now\"}");

        assertThat(usage.startDate()).isNull();
        assertThat(usage.otherFields()).isEqualTo(Map.of("start_date", "14/03/2026", "as_of", "just now"));
    }

    @Test
    void readsTheLinkToTheNextPage() throws IOException {
        assertThat(page("{\"next_page_uri\": \"/p?Page=1\", \"usage_records\": []}").nextPageUri())
                .isEqualTo("/p?Page=1");
        assertThat(page("{\"next_page_uri\": null, \"usage_records\": []}").nextPageUri()).isNull();
        assertThat(page("{\"usage_records\": [], \"page\": {\"next_page_uri\": \"/elsewhere\"}}").nextPageUri())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = { "", "null", "[]", "\"text\"", "{}", "{\"usage_records\": null}", "{\"usage_records\": [1]}",
                    "{\"usage_records\": [{\"category\": \"sms\"}", "{\"usage_records\": [], \"usage_records\": []}",
                    "{\"usage_records\": [{\"category\": \"sm", "<html/>" })
    void rejectsIncompletePages(String body) {
        assertThatThrownBy(() -> page(body)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void readsWhateverAnErrorBodyContains() {
        assertThat(
                error("{\"code\": 20404, \"message\": \"not found\", \"more_info\": \"https://x\", \"status\": 404}"))
                .isEqualTo(new ErrorResponse(404, null, null, 20404, "not found", "https://x"));
        assertThat(error("{\"message\": \"Invalid StartDate\", \"status\": 400}"))
                .isEqualTo(new ErrorResponse(404, null, null, null, "Invalid StartDate", null));
        for (String other : List.of("", "<html>", "[]", "null", "{\"code\": \"many\"}", "{\"code\": 1e10000009999}")) {
            assertThat(error(other)).isEqualTo(NOT_FOUND);
        }
    }

    @ParameterizedTest
    @CsvSource({ "3600, PT1H", "60, PT1M", "null, PT1H", "-5, PT0S", "1438315200000, PT720H", "1e999999999, PT1H",
            "'\"60\"', PT1H" })
    void limitsTheLifetimeOfATokenToAMonth(String expiresIn, Duration lifetime)
            throws IOException {
        assertThat(ResponseParser.accessToken(body("{\"access_token\": \"a.b-c_d~e+f/g==\", \"id_token\": null,"
                + " \"token_type\": \"bearer\", \"expires_in\": " + expiresIn + "}")))
                .isEqualTo(new Authenticator.AccessToken("a.b-c_d~e+f/g==", lifetime));
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "[]", "{\"access_token\": null, \"token_type\": \"Bearer\"}",
            "{\"token_type\": \"Bearer\"}",
            "{\"access_token\": \"hush\"}", "{\"access_token\": \"hush\", \"token_type\": \"mac\"}",
            "{\"access_token\": \"hush\\r\\nX-Injected: 1\", \"token_type\": \"Bearer\"}",
            "{\"access_token\": \"hush\", \"token_type\": \"Bearer\"" })
    void rejectsInvalidTokensWithoutQuotingThem(String body) {
        assertThatThrownBy(() -> ResponseParser.accessToken(body(body))).isInstanceOf(JsonProcessingException.class)
                .message().doesNotContain("hush");
    }

    private static UsageRecord record(String json) throws IOException {
        return page("{\"usage_records\": [" + json + "]}").items().get(0);
    }

    private static Page<UsageRecord> page(String json) throws IOException {
        return ResponseParser.records(body(json));
    }

    private static ErrorResponse error(String text) {
        return NOT_FOUND.withBody(ResponseParser.error(body(text)), UnaryOperator.identity());
    }

    private static ResponseBody body(String text) {
        return new ResponseBody(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), false);
    }
}
