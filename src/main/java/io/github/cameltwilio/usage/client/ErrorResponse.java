package io.github.cameltwilio.usage.client;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;

/**
 * What a response says about an error: its status and headers and, where Twilio sent one, the error in its body. Every
 * component but the status may be null.
 *
 * @param retryAfter how long to wait before a retry
 * @param code       Twilio's error code
 * @param moreInfo   URL of Twilio's explanation
 */
record ErrorResponse(int status, String requestId, Duration retryAfter, Integer code, String message, String moreInfo)
        implements
            Serializable {
    /** There was no response. */
    static final ErrorResponse NONE = new ErrorResponse(0, null, null, null, null, null);

    private static final int MAX_DIGITS = 9;
    private static final long MAX_SECONDS = 999_999_999;
    private static final Pattern SECONDS = Pattern.compile("\\d+");

    /** Reads the status and the headers. */
    static ErrorResponse of(HttpResponse response, Instant now) {
        return new ErrorResponse(response.getCode(), header(response, "Twilio-Request-Id"),
                parseRetryAfter(header(response, HttpHeaders.RETRY_AFTER), now), null, null, null);
    }

    /** Adds the error in the body, which may be any JSON. */
    ErrorResponse withBody(JsonNode body, UnaryOperator<String> maskSecrets) {
        JsonNode number = body.path("code");
        return new ErrorResponse(status, requestId, retryAfter,
                number.canConvertToInt() ? number.intValue() : null,
                text(body.path("message"), maskSecrets), text(body.path("more_info"), maskSecrets));
    }

    private static String text(JsonNode node, UnaryOperator<String> maskSecrets) {
        return node.isTextual() ? maskSecrets.apply(node.textValue()) : null;
    }

    static String header(HttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    /** Parses seconds or an HTTP date; null when the header is missing, malformed or in the past. */
    static Duration parseRetryAfter(String header, Instant now) {
        if (header == null) {
            return null;
        }
        String text = header.strip();
        if (SECONDS.matcher(text).matches()) {
            // Decades, however many digits there are.
            return Duration.ofSeconds(text.length() > MAX_DIGITS ? MAX_SECONDS : Long.parseLong(text));
        }
        Instant time = DateUtils.parseStandardDate(text);
        return time == null || time.isBefore(now) ? null : Duration.between(now, time);
    }
}
