package io.github.cameltwilio.usage;

import java.time.Duration;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Bad input ends when the endpoint is made: by name, with the way out, and before anything is sent. */
class OptionsTest extends TwilioUsageTestSupport {
    private static final String WAYS = "give accountSid with authToken, with apiKey and secretKey, or with clientId and"
            + " clientSecret";

    private TwilioUsageConfiguration options;

    @BeforeEach
    void askTheSimulator() {
        options = options();
        context.start();
    }

    @AfterEach
    void nothingWasSent() {
        assertThat(simulator().requests()).isEmpty();
    }

    @Test
    void noCredentials() {
        refusedWith(it -> {
            it.setAccountSid(null);
            it.setAuthToken(null);
        }, "There are no credentials: " + WAYS + ", at the endpoint or at the component");
    }

    @Test
    void anAccountAlone() {
        refusedWith(it -> it.setAuthToken(null), "accountSid alone does not sign in: " + WAYS);
    }

    @Test
    void aTokenAlone() {
        refusedWith(it -> it.setAccountSid(null), "accountSid is missing beside the credentials: " + WAYS);
    }

    @Test
    void halfAPairOfCredentials() {
        refusedWith(it -> {
            it.setAuthToken(null);
            it.setApiKey("SK1");
        }, "secretKey is missing beside apiKey: " + WAYS);
        refusedWith(it -> {
            it.setApiKey(null);
            it.setSecretKey("hush");
        }, "apiKey is missing beside secretKey: " + WAYS);
        refusedWith(it -> {
            it.setSecretKey(null);
            it.setClientId("OQ1");
        }, "clientSecret is missing beside clientId: " + WAYS);
        refusedWith(it -> {
            it.setClientId(null);
            it.setClientSecret("hush");
        }, "clientId is missing beside clientSecret: " + WAYS);
    }

    @Test
    void twoKindsOfCredentials() {
        refusedWith(it -> it.setClientSecret("hush"),
                "authToken and clientSecret are two kinds of credentials: " + WAYS + ", and not both");
        refusedWith(it -> {
            it.setApiKey("SK1");
            it.setSecretKey("hush");
        }, "authToken and apiKey are two kinds of credentials: " + WAYS + ", and not both");
        refusedWith(it -> {
            it.setAuthToken(null);
            it.setClientId("OQ1");
        }, "apiKey and clientId are two kinds of credentials: " + WAYS + ", and not both");
    }

    @ParameterizedTest
    @ValueSource(strings = { "AC123", "SK00000000000000000000000000000000", "AC../../Accounts/0000000000000000000",
            "AC0000000000000000000000000000000０", "AC00000000000000000000000000000000\n" })
    void aMalformedAccountSidWhichIsNotQuoted(String sid) {
        refusedWith(it -> it.setAccountSid(sid), "accountSid is no account SID: AC and 32 hexadecimal digits, as on the"
                + " first page of Twilio's console");
    }

    @Test
    void anUnknownResource() {
        refused("twilio-usage:recods", "resource=recods is unknown; there is records, triggers, accounts");
    }

    @Test
    void anUnknownSubresource() {
        refused("twilio-usage:records?subresource=hourly",
                "subresource=hourly is unknown; there is none, daily, monthly,"
                        + " yearly, allTime, today, yesterday, thisMonth, lastMonth");
    }

    @Test
    void anActionThatTheResourceDoesNotHave() {
        refused("twilio-usage:records?action=create", "action=create is unknown; there is list");
    }

    @Test
    void anUnknownOutputType() {
        refused("twilio-usage:records?outputType=array", "outputType=array is unknown; there is list, stream");
    }

    @ParameterizedTest
    @ValueSource(strings = { "31.01.2026", "2026-02-30", "-30hours", "now", "-9999999days" })
    void anUnreadableDate(String date) {
        refused("twilio-usage:records?startDate=" + date, "startDate=" + date + " is not a date: write a day such as"
                + " 2026-01-31, an offset such as -30days, today or yesterday");
    }

    @Test
    void anEndBeforeItsStart() {
        refused("twilio-usage:records?startDate=today&endDate=-1days", "endDate=-1days lies before startDate=today"
                + " (2026-03-14 before 2026-03-15): exchange the two");
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 5000, -1 })
    void aPageSizeThatTwilioDoesNotServe(int size) {
        refused("twilio-usage:records?pageSize=" + size, "pageSize=" + size + " is no whole number from 1 to 1000");
    }

    @ParameterizedTest
    @ValueSource(strings = { "sms;calls", "sms,,calls", "../Accounts" })
    void somethingThatIsNoCategory(String category) {
        refused("twilio-usage:records?category=" + category, "category=" + category
                + " holds something that is no category:"
                + " names such as sms or calls-inbound, with commas between them; leave it out for all categories");
    }

    @Test
    void aLookBackThatIsNoNumberOfDays() {
        refused("twilio-usage:records?lookback=12h", "lookback=PT12H is no number of whole days, such as 3d");
        refusedWith(it -> it.setLookback(Duration.ofDays(-1)),
                "lookback=PT-24H is no number of whole days, such as 3d");
    }

    @ParameterizedTest
    @CsvSource({ "http://api.twilio.com", "https://user:word@api.twilio.com", "https://api.twilio.com/2010-04-01",
            "https://api.twilio.com?x=y", "ftp://localhost", "localhost:8080", "http://localhost.example.com" })
    void aBaseUrlThatWouldShowTheCredentialsToOthers(String url) {
        refusedWith(it -> it.setBaseUrl(url), "baseUrl must be scheme, host and port, nothing else, and https: only the"
                + " machine itself (localhost) may be asked by http");
    }

    @Test
    void aRegionThatIsNoName() {
        refusedWith(it -> {
            it.setBaseUrl(null);
            it.setRegion("ie1.example.com/");
        }, "region=ie1.example.com/ is no name that Twilio gives, such as ie1 or dublin");
    }

    @Test
    void wordsAreReadWhateverTheirCase() {
        assertThatCode(() -> context.getEndpoint("twilio-usage:records?subresource=ALLTIME&outputType=Stream"))
                .doesNotThrowAnyException();
    }

    private void refusedWith(Consumer<TwilioUsageConfiguration> change, String message) {
        change.accept(options);
        refused("twilio-usage:records", message);
    }

    private void refused(String uri, String message) {
        assertThatThrownBy(() -> context.getEndpoint(uri)).hasRootCauseMessage(message);
    }
}
