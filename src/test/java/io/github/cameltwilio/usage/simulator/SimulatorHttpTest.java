package io.github.cameltwilio.usage.simulator;

import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SimulatorHttpTest extends SimulatorTestSupport {

    @Test
    void acceptsOnlyTheAuthTokenAndTheApiKey() throws Exception {
        assertThat(status(simulator.accountSid(), simulator.authToken())).isEqualTo(200);
        assertThat(status(simulator.apiKey(), simulator.secretKey())).isEqualTo(200);
        assertThat(status(simulator.accountSid(), simulator.secretKey())).isEqualTo(401);
        assertThat(status(simulator.apiKey(), "")).isEqualTo(401);
    }

    @Test
    void dateHeaderFollowsTheClock() throws Exception {
        Clock noon = Clock.fixed(Instant.parse("2026-03-05T12:00:00Z"), ZoneOffset.UTC);
        try (TwilioUsageSimulator then = TwilioUsageSimulator.builder().clock(noon).start()) {
            HttpResponse<String> response = new Caller(then).follow("/v1/nothing.json");

            assertThat(response.headers().firstValue("Date")).hasValue("Thu, 05 Mar 2026 12:00:00 GMT");
        }
    }

    @Test
    void startsAgainOnThePortThatItJustUsed() throws Exception {
        assertThat(status(simulator.accountSid(), simulator.authToken())).isEqualTo(200);
        simulator.close();

        try (TwilioUsageSimulator again = TwilioUsageSimulator.builder().port(simulator.baseUrl().getPort()).start()) {
            assertThat(again.baseUrl()).isEqualTo(simulator.baseUrl());
        }
    }

    @Test
    void credentialsHaveTwiliosFormat() {
        assertThat(simulator.accountSid()).matches("AC[0-9a-f]{32}");
        assertThat(simulator.apiKey()).matches("SK[0-9a-f]{32}");
        assertThat(simulator.authToken()).matches("[0-9a-f]{32}").isNotEqualTo(simulator.secretKey());
        assertThat(simulator.clientId()).matches("OQ[0-9a-f]{32}");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "/2010-04-01/Accounts/AC00000000000000000000000000000000/Usage/Records.json",
            "/2010-04-01/Accounts/{sid}/Usage/Records/Hourly.json",
            "/2010-04-01/Accounts/{sid}/Usage/Records/daily.json",
            "/2010-04-01/Accounts/{sid}/Usage.json",
            "/v1/nothing.json" })
    void respondsNotFoundToUnknownPaths(String path) throws Exception {
        HttpResponse<String> response = twilio.follow(path.replace("{sid}", simulator.accountSid()));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(Caller.json(response).get("code").asInt()).isEqualTo(20404);
        assertThat(Caller.json(response).get("more_info").asText())
                .isEqualTo("https://www.twilio.com/docs/errors/20404");
    }

    @ParameterizedTest
    @ValueSource(strings = { "POST", "DELETE", "HEAD" })
    void listsOfRecordsAreReadOnly(String method) throws Exception {
        assertThat(twilio.send(method, twilio.records("/Daily.json"), simulator.accountSid(), simulator.authToken())
                .statusCode())
                .isEqualTo(405);
    }

    @Test
    void pathWithoutJsonSuffixReturnsXml() throws Exception {
        HttpResponse<String> response = twilio.get("/Today?PageSize=1");

        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/xml");
        assertThat(response.body()).startsWith("<?xml").contains("<TwilioResponse>");
    }

    @Test
    void responsesHaveTwiliosHeaders() throws Exception {
        HttpResponse<String> response = twilio.get("/Today.json");

        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.headers().firstValue("Date")).isPresent();
        assertThat(response.headers().firstValue("Twilio-Request-Id").orElseThrow()).matches("RQ[0-9a-f]{32}");
        assertThat(response.headers().firstValue("Twilio-Request-Duration").orElseThrow()).matches("\\d+\\.\\d{3}");
        assertThat(response.headers().firstValue("Twilio-Concurrent-Requests")).hasValue("1");
    }

    @Test
    void recordsRequestsUntilCleared() throws Exception {
        twilio.get("/Daily.json?StartDate=-3days&EndDate=%2B1days");

        ReceivedRequest request = simulator.requests().get(0);
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.path()).isEqualTo(twilio.records("/Daily.json"));
        assertThat(request.query()).isEqualTo("StartDate=-3days&EndDate=%2B1days");
        assertThat(request.parameters()).isEqualTo(Map.of("StartDate", "-3days", "EndDate", "+1days"));
        assertThat(request.headers()).containsKeys("authorization", "host");

        simulator.clearRequests();
        assertThat(simulator.requests()).isEmpty();
    }

    @Test
    void sameSeedGivesTheSameAccount() throws Exception {
        try (TwilioUsageSimulator one = TwilioUsageSimulator.builder().seed(7).clock(clock).start();
                TwilioUsageSimulator same = TwilioUsageSimulator.builder().seed(7).clock(clock).start();
                TwilioUsageSimulator other = TwilioUsageSimulator.builder().seed(8).clock(clock).start()) {
            assertThat(new Caller(one).get("/Monthly.json").body())
                    .isEqualTo(new Caller(same).get("/Monthly.json").body());
            assertThat(one.authToken()).isEqualTo(same.authToken()).isNotEqualTo(other.authToken());
            LocalDate day = LocalDate.parse("2026-03-01");
            assertThat(one.usage(day, "totalprice")).isNotEqualTo(other.usage(day, "totalprice"));
        }
    }

    @Test
    void acceptsKnownAndUnknownCategories() throws Exception {
        try (TwilioUsageSimulator few = TwilioUsageSimulator.builder()
                .categories("calls", "calls-inbound-local", "hologram-calls", "totalprice").zeroShare(0).start()) {
            assertThat(new Caller(few).all("/Yesterday.json")).extracting(row -> row.get("category").asText())
                    .containsExactly("calls", "calls-inbound-local", "hologram-calls", "totalprice");
            LocalDate yesterday = LocalDate.now(few.clock()).minusDays(1);
            Usage local = few.usage(yesterday, "calls-inbound-local");
            assertThat(few.usage(yesterday, "calls")).isEqualTo(local);
            assertThat(few.usage(yesterday, "totalprice").price())
                    .isEqualByComparingTo(local.price().add(few.usage(yesterday, "hologram-calls").price()));
        }
    }

    @Test
    void zeroShareSetsTheShareOfEmptyRecords() throws Exception {
        try (TwilioUsageSimulator quiet = TwilioUsageSimulator.builder().categoryCount(100).zeroShare(0.8).start()) {
            assertThat(new Caller(quiet).all("/Daily.json?EndDate=-1days&StartDate=-10days&PageSize=1000"))
                    .filteredOn(row -> row.get("usage").asText().equals("0")).hasSizeBetween(750, 850);
        }
        assertThatThrownBy(() -> TwilioUsageSimulator.builder().zeroShare(1.5)).hasMessageContaining("zeroShare(1.5)");
    }

    private int status(String user, String password) throws Exception {
        return twilio.send("GET", twilio.records("/Today.json"), user, password).statusCode();
    }
}
