package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

import io.github.cameltwilio.usage.client.Operation.Kind;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TwilioApiExceptionTest {
    private static final Operation READ = new Operation("list usage triggers", Kind.READ);
    private static final Operation CREATE = new Operation("create usage trigger", Kind.CREATE);
    private static final Operation DELETE = new Operation("delete usage trigger UT1", Kind.CHANGE);
    private static final Credentials AUTH_TOKEN = new Credentials("AC1", "AC1", "hush");

    @Test
    void tellsWhatTwilioSaysAboutTheError() {
        TwilioApiException error = rejected(READ, new ErrorResponse(400, "RQ1", Duration.ofSeconds(2), 20001,
                "Invalid date", "https://www.twilio.com/docs/errors/20001"));

        assertThat(error).hasMessage("list usage triggers: HTTP 400, Twilio code 20001: Invalid date; see"
                + " https://www.twilio.com/docs/errors/20001 (request RQ1)").hasNoCause();
        assertThat(error.operation()).isEqualTo("list usage triggers");
        assertThat(error.status()).isEqualTo(400);
        assertThat(error.code()).contains(20001);
        assertThat(error.moreInfo()).contains("https://www.twilio.com/docs/errors/20001");
        assertThat(error.requestId()).contains("RQ1");
        assertThat(error.retryAfter()).contains(Duration.ofSeconds(2));
    }

    @Test
    void tellsOnlyTheStatusIfTwilioSaysNothingElse() {
        TwilioApiException error = rejected(READ, 502);

        assertThat(error).hasMessage("list usage triggers: HTTP 502");
        assertThat(error.code()).isEmpty();
        assertThat(error.moreInfo()).isEmpty();
        assertThat(error.requestId()).isEmpty();
        assertThat(error.retryAfter()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = { "AC1 | | authToken", "SK1 | | apiKey, secretKey",
            "OQ1 | https://oauth.example/token | clientId, clientSecret" })
    void namesTheOptionsOfRejectedCredentialsButNotTheirValues(String username, URI tokenUrl, String options) {
        Credentials credentials = new Credentials("AC1", username, "hush", tokenUrl);
        TwilioApiException error = TwilioApiException.rejected(READ, response(401, null), credentials);

        assertThat(error).hasMessage("list usage triggers: HTTP 401; check accountSid AC1, " + options
                + " and region: credentials are valid in one region only, and not while the account is suspended");
        assertThat(credentials.toString()).isEqualTo("Credentials[AC1]");
    }

    @Test
    void explainsThatAWindowWithoutUsageIsNotFound() {
        Operation window = new Operation("list daily usage records", Kind.READ_WINDOW);

        assertThat(rejected(window, 404)).hasMessage("list daily usage records: HTTP 404; Twilio also returns 404 when"
                + " the window begins before the account's creation or after today, and when these credentials have no"
                + " access to the account");
        assertThat(rejected(window, 400)).hasMessage("list daily usage records: HTTP 400");
        assertThat(rejected(READ, 404)).hasMessage("list usage triggers: HTTP 404");
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = { "CREATE", "CHANGE" })
    void saysThatTheOutcomeOfAChangeIsUnknown(Kind kind) {
        Operation change = new Operation("change it", kind);
        assertThat(List.of(rejected(change, 500), TwilioApiException.unusable(change, response(201, null), "cut off"),
                TwilioApiException.unreadable(change, response(201, null), "cut off"),
                TwilioApiException.noResponse(change, new IOException("cut off"))))
                .allMatch(TwilioApiException::isOutcomeUnknown)
                .allSatisfy(error -> assertThat(error)
                        .hasMessageEndingWith("; the outcome is unknown: check before retrying"));
        assertThat(rejected(change, 499)).matches(error -> !error.isOutcomeUnknown()).hasMessage("change it: HTTP 499");
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = { "READ", "READ_WINDOW" })
    void knowsThatReadingChangesNothing(Kind kind) {
        Operation read = new Operation("read it", kind);
        assertThat(rejected(read, 500)).matches(error -> !error.isOutcomeUnknown()).hasMessage("read it: HTTP 500");
    }

    @Test
    void retriesWhatMaySucceedLaterUnlessItCouldBeCreatedTwice() {
        assertThat(rejected(READ, 499).isRetryable()).isFalse();
        for (Operation operation : List.of(READ, DELETE)) {
            assertThat(rejected(operation, 500).isRetryable()).isTrue();
            assertThat(TwilioApiException.unreadable(operation, response(200, null), "cut off").isRetryable()).isTrue();
            assertThat(TwilioApiException.unusable(operation, response(200, null), "no JSON").isRetryable()).isFalse();
        }
        assertThat(rejected(CREATE, 500).isRetryable()).isFalse();
        assertThat(rejected(CREATE, 429)).matches(TwilioApiException::isRetryable)
                .matches(TwilioApiException::isThrottled);
        assertThat(rejected(READ, 503).isThrottled()).isFalse();
    }

    @ParameterizedTest
    @MethodSource
    void createsAgainWhatWasNeverSent(IOException cause) {
        TwilioApiException error = TwilioApiException.noResponse(CREATE, cause);

        assertThat(error.isRetryable()).isTrue();
        assertThat(error.isOutcomeUnknown()).isFalse();
        assertThat(error).hasMessage("create usage trigger: no response: " + cause).hasCause(cause);
        assertThat(error.status()).isZero();
    }

    static Stream<IOException> createsAgainWhatWasNeverSent() {
        return Stream.of(new UnknownHostException("api.twilio.com"), new ConnectException("Connection refused"),
                new NoRouteToHostException("No route"), new ConnectTimeoutException("timed out"),
                new ConnectionRequestTimeoutException("pool"), new SSLHandshakeException("expired"),
                new SSLPeerUnverifiedException("other.example"));
    }

    @ParameterizedTest
    @MethodSource
    void neverCreatesAgainWhatMayHaveBeenSent(IOException cause) {
        assertThat(TwilioApiException.noResponse(CREATE, cause)).matches(error -> !error.isRetryable())
                .matches(TwilioApiException::isOutcomeUnknown);
        assertThat(TwilioApiException.noResponse(READ, cause).isRetryable()).isTrue();
    }

    static Stream<IOException> neverCreatesAgainWhatMayHaveBeenSent() {
        return Stream.of(new SocketTimeoutException("Read timed out"), new IOException("Connection reset"),
                new SSLException("closed"), new ClientProtocolException("bad"));
    }

    /** A server that is no Twilio, or a proxy, may send anything, even what it was sent. */
    @Test
    void neverQuotesWhatWasSentInsteadOfHttp() {
        Throwable invalid = new ProtocolException("Invalid header: Authorization: Basic hush");
        TwilioApiException header = TwilioApiException.noResponse(READ,
                new ClientProtocolException(invalid.getMessage(), invalid));
        TwilioApiException chunk = TwilioApiException.noResponse(READ,
                new MalformedChunkCodingException("Bad chunk header: hush"));

        assertThat(header).hasMessage("list usage triggers: no response: " + ProtocolException.class.getName())
                .hasNoCause();
        assertThat(chunk).hasMessage("list usage triggers: no response: "
                + MalformedChunkCodingException.class.getName()).hasNoCause();
    }

    @Test
    void tellsAFailedTokenRequestFromAFailedOperation() {
        TwilioApiException error = rejected(new Operation("request an access token", Kind.READ), 500);
        assertThat(error.isAbout(READ)).isFalse();
        assertThat(error.isAbout(new Operation("request an access token", Kind.READ))).isTrue();
    }

    @Test
    void putsForeignTextOnOneLine() {
        assertThat(rejected(READ, new ErrorResponse(400, "RQ\n1", null, null, "a\r\nFATAL\u0000\u0085b", "x\ty")))
                .hasMessage("list usage triggers: HTTP 400: a  FATAL  b; see x y (request RQ 1)");
        assertThat(TwilioApiException.printable("a\u2028b\u2029c\u202ed")).isEqualTo("a b c d");
        assertThat(TwilioApiException.printable("caf\u00e9 \ud83d\ude00")).isEqualTo("caf\u00e9 \ud83d\ude00");
        assertThat(TwilioApiException.printable(null)).isNull();
    }

    @Test
    void cutsForeignTextOff() {
        String longest = "x".repeat(99) + "\ud83d\ude00";
        assertThat(TwilioApiException.printable(longest)).isEqualTo(longest);
        assertThat(TwilioApiException.printable(longest + "y")).isEqualTo(longest + "...");
        assertThat(rejected(READ, response(400, "x".repeat(250)))).hasMessageEndingWith(": " + "x".repeat(250));
        assertThat(rejected(READ, response(400, "x".repeat(251)))).hasMessageEndingWith(": " + "x".repeat(250) + "...");
        assertThat(TwilioApiException.noResponse(READ, new IOException("x".repeat(9999))).getMessage())
                .hasSizeLessThan(300).endsWith("x...");
    }

    @ParameterizedTest
    @ValueSource(ints = { 400, 401, 404, 429, 500 })
    void keepsMessagesBelowAKilobyte(int status) {
        String endless = "x".repeat(99_999);
        Operation window = new Operation("list daily usage records", Kind.READ_WINDOW);
        assertThat(rejected(window, new ErrorResponse(status, endless, null, 20001, endless, endless)).getMessage())
                .hasSizeLessThan(1024);
    }

    private static TwilioApiException rejected(Operation operation, int status) {
        return rejected(operation, response(status, null));
    }

    private static TwilioApiException rejected(Operation operation, ErrorResponse response) {
        return TwilioApiException.rejected(operation, response, AUTH_TOKEN);
    }

    private static ErrorResponse response(int status, String message) {
        return new ErrorResponse(status, null, null, null, message, null);
    }
}
