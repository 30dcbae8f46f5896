package io.github.cameltwilio.usage.simulator;

import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.cameltwilio.usage.TestClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SimulatorPagingTest {

    @RegisterExtension
    static final TwilioUsageSimulatorExtension EXTENSION = new TwilioUsageSimulatorExtension(simulator -> simulator
            .clock(new TestClock("2026-03-15T12:00:00Z"))
            .accountCreated(LocalDate.parse("2026-03-01"))
            .categoryCount(17));

    private final Caller twilio = new Caller(EXTENSION.simulator());

    @Test
    void pagesListEachRecordOnce() throws Exception {
        List<JsonNode> rows = twilio.all("/Daily.json?PageSize=20");

        assertThat(rows).hasSize(17 * 15);
        assertThat(rows).extracting(row -> row.get("category") + "/" + row.get("start_date")).doesNotHaveDuplicates();
        assertThat(rows).isEqualTo(twilio.all("/Daily.json?PageSize=1000"));
    }

    @Test
    void pageHasItsPositionAndLinks() throws Exception {
        JsonNode first = twilio.page("/Daily.json?StartDate=2026-03-02&PageSize=100");
        JsonNode second = Caller.json(twilio.follow(first.get("next_page_uri").asText()));
        JsonNode third = Caller.json(twilio.follow(second.get("next_page_uri").asText()));

        assertThat(first.get("next_page_uri").asText())
                .startsWith(twilio.records("/Daily.json?StartDate=2026-03-02&PageSize=100&Page=1&PageToken="))
                .endsWith("%3D%3D");
        assertThat(first.get("previous_page_uri").isNull()).isTrue();
        assertThat(second.get("previous_page_uri").asText()).isEqualTo(first.get("uri").asText());
        assertThat(third.get("first_page_uri").asText()).isEqualTo(first.get("uri").asText());
        assertThat(List.of(third.get("page").asInt(), third.get("page_size").asInt(), third.get("start").asInt(),
                third.get("end").asInt())).containsExactly(2, 100, 200, 237);
        assertThat(third.get("next_page_uri").isNull()).isTrue();
    }

    @Test
    void pageSizeIsFiftyByDefaultAndAThousandAtMost() throws Exception {
        assertThat(twilio.page("/Daily.json").get("usage_records")).hasSize(50);
        assertThat(twilio.page("/Daily.json?PageSize=5000").get("page_size").asInt()).isEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource({
            "Page=1, 20001, PageToken is required for paging.",
            "Page=1&PageToken=APMQ%3D%3D, 21481, Invalid PageToken",
            "Page=one, 20001, Invalid Page",
            "PageSize=0, 20001, Invalid PageSize" })
    void rejectsInvalidPaging(String query, int code, String message) throws Exception {
        HttpResponse<String> response = twilio.get("/Daily.json?" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Caller.json(response).get("code").asInt()).isEqualTo(code);
        assertThat(Caller.json(response).get("message").asText()).isEqualTo(message);
    }

    @Test
    void rejectsThePageTokenOfAnotherList() throws Exception {
        String next = twilio.page("/Daily.json?PageSize=10").get("next_page_uri").asText();

        assertThat(twilio.follow(next.replace("Daily", "Monthly")).statusCode()).isEqualTo(400);
        assertThat(twilio.follow(next.replace("PageSize=10&", "PageSize=5&")).statusCode()).isEqualTo(400);
        assertThat(twilio.follow(next).statusCode()).isEqualTo(200);
    }

    @Test
    void listsAHundredThousandRecordsInFullPages() throws Exception {
        try (TwilioUsageSimulator large = TwilioUsageSimulator.builder()
                .clock(new TestClock("2026-03-15T12:00:00Z"))
                .accountCreated(LocalDate.parse("2025-12-06"))
                .categoryCount(1000)
                .start()) {
            assertThat(new Caller(large).all("/Daily.json?PageSize=1000")).hasSize(100_000);
            assertThat(large.requests()).hasSize(100);
        }
    }
}
