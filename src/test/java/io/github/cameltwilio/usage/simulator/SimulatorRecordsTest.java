package io.github.cameltwilio.usage.simulator;

import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SimulatorRecordsTest extends SimulatorTestSupport {

    private static final LocalDate TODAY = LocalDate.parse("2026-03-15");
    private static final LocalDate YESTERDAY = TODAY.minusDays(1);

    @Override
    TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder builder) {
        return builder.accountCreated(LocalDate.parse("2025-12-20"));
    }

    @Test
    void listsEveryCategoryForEveryDayNewestFirst() throws Exception {
        List<JsonNode> rows = twilio.all("/Daily.json?PageSize=1000");

        int categories = twilio.page("/Today.json").get("usage_records").size();
        assertThat(categories).isGreaterThanOrEqualTo(40);
        assertThat(rows).hasSize(categories * 86);
        assertThat(rows).extracting(row -> row.get("start_date").asText())
                .isSortedAccordingTo((a, b) -> b.compareTo(a));
        assertThat(rows.get(0).get("start_date").asText()).isEqualTo("2026-03-15");
        assertThat(rows.get(rows.size() - 1).get("start_date").asText()).isEqualTo("2025-12-20");
        assertThat(rows).filteredOn(row -> row.get("count").asText().equals("0")).isNotEmpty();
    }

    @Test
    void recordsHaveTwiliosFieldsWithNumbersAsText() throws Exception {
        JsonNode row = twilio.page("/Yesterday.json?Category=calls").get("usage_records").get(0);

        assertThat(row.fieldNames()).toIterable().containsExactly("account_sid", "api_version", "as_of", "category",
                "count",
                "count_unit", "description", "end_date", "price", "price_unit", "start_date", "subresource_uris", "uri",
                "usage",
                "usage_unit");
        assertThat(List.of(row.get("count"), row.get("usage"), row.get("price"))).allMatch(JsonNode::isTextual);
        assertThat(row.get("as_of").asText()).isEqualTo("2026-03-15T12:00:00+00:00");
        assertThat(row.get("uri").asText())
                .isEqualTo(twilio.records("/Yesterday.json?Category=calls&StartDate=2026-03-14&EndDate=2026-03-14"));
        assertThat(row.get("subresource_uris").fieldNames()).toIterable().containsExactlyInAnyOrder(
                "all_time", "daily", "last_month", "monthly", "this_month", "today", "yearly", "yesterday");
        assertThat(usage(row)).isEqualTo(simulator.usage(YESTERDAY, "calls"));
    }

    @Test
    void totalPriceHasNoCount() throws Exception {
        JsonNode row = twilio.page("/ThisMonth.json?Category=totalprice").get("usage_records").get(0);

        assertThat(row.get("count").isNull()).isTrue();
        assertThat(row.get("count_unit").asText()).isEmpty();
        assertThat(row.get("usage_unit").asText()).isEqualTo("usd");
        assertThat(row.get("usage")).isEqualTo(row.get("price"));
    }

    @ParameterizedTest
    @CsvSource({
            "'.json', 2025-12-20, 2026-03-15, 1",
            "/AllTime.json, 2025-12-20, 2026-03-15, 1",
            "/Yearly.json, 2026-01-01, 2026-03-15, 2",
            "/Monthly.json, 2026-03-01, 2026-03-15, 4",
            "/Daily.json, 2026-03-15, 2026-03-15, 86",
            "/Today.json, 2026-03-15, 2026-03-15, 1",
            "/Yesterday.json, 2026-03-14, 2026-03-14, 1",
            "/ThisMonth.json, 2026-03-01, 2026-03-15, 1",
            "/LastMonth.json, 2026-02-01, 2026-02-28, 1" })
    void periodsRunFromTheAccountsFirstDayToToday(String list, String start, String end, int rows) throws Exception {
        List<JsonNode> records = twilio.all(list + "?Category=sms&PageSize=1000");

        assertThat(records).hasSize(rows);
        assertThat(records.get(0).get("start_date").asText()).isEqualTo(start);
        assertThat(records.get(0).get("end_date").asText()).isEqualTo(end);
        if (rows > 1) {
            assertThat(records.get(rows - 1).get("start_date").asText()).isEqualTo("2025-12-20");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "calls-inbound-local", "sms", "totalprice" })
    void daysMonthsAndYearsAddUpToAllTime(String category) throws Exception {
        BigDecimal allTime = price(twilio.all("/AllTime.json?Category=" + category));

        assertThat(allTime).isPositive();
        assertThat(price(twilio.all("/Daily.json?PageSize=1000&Category=" + category))).isEqualByComparingTo(allTime);
        assertThat(price(twilio.all("/Monthly.json?Category=" + category))).isEqualByComparingTo(allTime);
        assertThat(price(twilio.all("/Yearly.json?Category=" + category))).isEqualByComparingTo(allTime);
    }

    @Test
    void parentsAndTotalPriceAreTheSumOfTheirLeaves() {
        assertThat(prices("calls-inbound-local", "calls-inbound-mobile", "calls-inbound-tollfree", "calls-outbound"))
                .isEqualByComparingTo(prices("calls"));
        assertThat(prices("calls", "calls-client", "calls-sip", "sms", "sms-messages-carrierfees", "mms",
                "channels-whatsapp",
                "phonenumbers", "recordings", "recordingstorage", "transcriptions", "lookups", "studio-engagements"))
                .isEqualByComparingTo(prices("totalprice"));
    }

    @Test
    void windowIsInclusiveAndAcceptsRelativeDates() throws Exception {
        assertThat(twilio.all("/Daily.json?Category=sms&StartDate=2026-03-01&EndDate=2026-03-03"))
                .extracting(row -> row.get("start_date").asText())
                .containsExactly("2026-03-03", "2026-03-02", "2026-03-01");
        assertThat(twilio.all("/Daily.json?Category=sms&StartDate=-2days&EndDate=%2B30days"))
                .extracting(row -> row.get("start_date").asText())
                .containsExactly("2026-03-15", "2026-03-14", "2026-03-13");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "StartDate=2026-03-03&EndDate=2026-03-02", "StartDate=2025-12-19", "StartDate=2026-03-16",
            "EndDate=2025-12-01" })
    void respondsNotFoundOutsideTheAccountsLife(String window) throws Exception {
        HttpResponse<String> response = twilio.get("/Daily.json?" + window);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(Caller.json(response).get("code").asInt()).isEqualTo(20404);
        assertThat(Caller.json(response).get("message").asText()).contains(twilio.records("/Daily.json"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "2026-02-30", "yesterday", "", "-3", "-99999999999days" })
    void rejectsMalformedDatesWithoutACode(String date) throws Exception {
        HttpResponse<String> response = twilio.get("/Daily.json?StartDate=" + date);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{\"message\":\"Invalid StartDate\",\"status\":400}");
    }

    @Test
    void listsNothingForAnUnknownCategory() throws Exception {
        JsonNode page = twilio.page("/Daily.json?Category=telegrams");

        assertThat(page.get("usage_records")).isEmpty();
        assertThat(page.get("next_page_uri").isNull()).isTrue();
    }

    @Test
    void usageOfTodayGrowsUntilMidnight() {
        Usage before = simulator.usage(TODAY, "calls");
        clock.set("2026-03-15T18:00:00Z");
        Usage later = simulator.usage(TODAY, "calls");
        clock.set("2026-03-16T00:00:00Z");
        Usage whole = simulator.usage(TODAY, "calls");
        clock.set("2026-03-20T07:00:00Z");

        assertThat(before.count()).isPositive();
        assertThat(later.count()).isGreaterThan(before.count());
        assertThat(whole.count()).isGreaterThan(later.count());
        assertThat(simulator.usage(TODAY, "calls")).isEqualTo(whole);
    }

    @Test
    void usageIsZeroAtMidnight() throws Exception {
        clock.set("2026-03-15T00:00:00Z");

        assertThat(twilio.all("/Today.json")).allMatch(row -> row.get("price").asText().equals("0"));
    }

    @Test
    void usageOfYesterdayChangesOnlyByCorrection() throws Exception {
        Usage sms = simulator.usage(YESTERDAY, "sms-outbound-shortcode");
        BigDecimal total = simulator.usage(YESTERDAY, "totalprice").price();
        assertThat(sms.price()).isPositive();

        simulator.correct(YESTERDAY, "sms-outbound-shortcode", new BigDecimal("1.5"));

        Usage corrected = usage(twilio.all("/Yesterday.json?Category=sms-outbound-shortcode").get(0));
        assertThat(corrected).isEqualTo(sms.times(new BigDecimal("1.5")));
        assertThat(simulator.usage(YESTERDAY, "totalprice").price())
                .isEqualByComparingTo(total.add(corrected.price()).subtract(sms.price()));
    }

    @Test
    void correctingAParentCorrectsItsChildren() {
        BigDecimal inbound = prices("calls-inbound");
        BigDecimal outbound = prices("calls-outbound");

        simulator.correct(YESTERDAY, "calls", new BigDecimal("2"));

        assertThat(prices("calls-inbound")).isEqualByComparingTo(inbound.add(inbound));
        assertThat(prices("calls-outbound")).isEqualByComparingTo(outbound.add(outbound));
    }

    @Test
    void overridesAFieldOfTheDailyListOnly() throws Exception {
        simulator.override("sms", YESTERDAY, "price", "\"\"").override("sms", YESTERDAY, "added_in_2030",
                "{\"a\": 1.50}");

        assertThat(twilio.get("/Daily.json?Category=sms&PageSize=2").body())
                .containsOnlyOnce("\"price\":\"\"").containsOnlyOnce("\"added_in_2030\":{\"a\": 1.50}");
        assertThat(twilio.get("/Yesterday.json?Category=sms").body()).doesNotContain("added_in_2030", "\"price\":\"\"");
    }

    @Test
    void errorNamesAnUnlistedCategory() {
        assertThatThrownBy(() -> simulator.usage(TODAY, "telegrams"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("telegrams");
    }

    private BigDecimal prices(String... categories) {
        return List.of(categories).stream()
                .map(category -> simulator.usage(YESTERDAY, category).price())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static BigDecimal price(List<JsonNode> rows) {
        return rows.stream().map(row -> new BigDecimal(row.get("price").asText())).reduce(BigDecimal.ZERO,
                BigDecimal::add);
    }

    private static Usage usage(JsonNode row) {
        return new Usage(new BigDecimal(row.get("count").asText()), new BigDecimal(row.get("usage").asText()),
                new BigDecimal(row.get("price").asText()));
    }
}
