package io.github.cameltwilio.usage.simulator;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.LocalDate;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SimulatorAccessTokensTest extends SimulatorTestSupport {

    @Override
    TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder builder) {
        return builder.subaccount("branch", LocalDate.parse("2026-02-01"));
    }

    @Test
    void issuesTokensForAnHourAsTwilioDoes() throws Exception {
        HttpResponse<String> response = accessToken();

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode json = Caller.json(response);
        assertThat(json.get("access_token").asText()).isNotEmpty();
        assertThat(json.get("token_type").asText()).isEqualTo("Bearer");
        assertThat(json.get("expires_in").asInt()).isEqualTo(3600);
        assertThat(json.get("id_token").isNull()).isTrue();
        assertThat(json.get("refresh_token").isNull()).isTrue();
    }

    @Test
    void acceptsATokenUntilItExpiresEvenIfThereIsANewerOne() throws Exception {
        String token = token(accessToken());
        clock.advance(Duration.ofMinutes(30));
        String newer = token(accessToken());

        clock.advance(Duration.ofMinutes(30).minusMillis(1));
        assertThat(status(token)).isEqualTo(200);
        clock.advance(Duration.ofMillis(1));
        assertThat(status(token)).isEqualTo(401);
        assertThat(status(newer)).isEqualTo(200);
    }

    @Test
    void tokenLifetimeIsConfigurable() throws Exception {
        try (TwilioUsageSimulator brief = TwilioUsageSimulator.builder().accessTokenLifetime(Duration.ofMinutes(1))
                .start()) {
            JsonNode json = Caller
                    .json(new Caller(brief).accessToken("client_credentials", brief.clientId(), brief.clientSecret()));

            assertThat(json.get("expires_in").asInt()).isEqualTo(60);
        }
    }

    @Test
    void issuesTokensOnlyToTheAppAndOnlyByPost() throws Exception {
        assertThat(twilio.accessToken("client_credentials", simulator.clientId(), "wrong").statusCode()).isEqualTo(401);
        assertThat(twilio.accessToken("client_credentials", "OQ0", simulator.clientSecret()).statusCode())
                .isEqualTo(401);
        assertThat(twilio.accessToken("password", simulator.clientId(), simulator.clientSecret()).statusCode())
                .isEqualTo(400);
        assertThat(twilio.follow("/v2/token").statusCode()).isEqualTo(405);
    }

    @Test
    void rejectsForeignTokens() throws Exception {
        assertThat(status("eyJ0")).isEqualTo(401);
    }

    @Test
    void tokensReadTheMainAccountButNoSubaccount() throws Exception {
        String bearer = "Bearer " + token(accessToken());

        assertThat(twilio.send("GET", "/2010-04-01/Accounts.json", bearer).statusCode()).isEqualTo(200);
        assertThat(twilio.send("GET", "/2010-04-01/Accounts/" + simulator.subaccountSids().get(0)
                + "/Usage/Records.json", bearer).statusCode()).isEqualTo(401);
    }

    private HttpResponse<String> accessToken() throws Exception {
        return twilio.accessToken("client_credentials", simulator.clientId(), simulator.clientSecret());
    }

    private int status(String token) throws Exception {
        return twilio.send("GET", twilio.records("/Today.json"), "Bearer " + token).statusCode();
    }

    private static String token(HttpResponse<String> response) throws Exception {
        return Caller.json(response).get("access_token").asText();
    }
}
