package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MalformedChunkCodingException;

/**
 * Twilio rejected a request, or its response cannot be used. The message names the operation and Twilio's error; it
 * never contains credentials or the body of a response.
 */
public final class TwilioApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    // Bounds that keep a message below a kilobyte, whatever the server sends.
    private static final int MAX_TEXT_LENGTH = 250;
    private static final int MAX_NAME_LENGTH = 100;
    // A log shows these as a new line or, for some format characters, shows other text in reverse.
    private static final Set<Integer> NOT_ON_A_LINE = Set.of((int) Character.CONTROL, (int) Character.FORMAT,
            (int) Character.LINE_SEPARATOR, (int) Character.PARAGRAPH_SEPARATOR);

    private final Operation operation;
    private final ErrorResponse response;
    private final boolean mayBeDone;
    private final boolean transientFailure;

    /**
     * @param mayBeDone        whether Twilio may have carried out the operation
     * @param transientFailure whether a later attempt may succeed
     */
    private TwilioApiException(Operation operation, ErrorResponse response, String reason, boolean mayBeDone,
                               boolean transientFailure, Throwable cause) {
        super(operation + ": " + reason
                + (response.requestId() == null ? "" : " (request " + printable(response.requestId()) + ")")
                + (operation.isChange() && mayBeDone ? "; the outcome is unknown: check before retrying" : ""),
                cause);
        this.operation = operation;
        this.response = response;
        this.mayBeDone = mayBeDone;
        this.transientFailure = transientFailure;
    }

    /** Twilio responded with a status other than success. */
    static TwilioApiException rejected(Operation operation, ErrorResponse response, Credentials credentials) {
        StringBuilder reason = new StringBuilder("HTTP ").append(response.status());
        if (response.code() != null) {
            reason.append(", Twilio code ").append(response.code());
        }
        if (response.message() != null) {
            reason.append(": ").append(printable(response.message(), MAX_TEXT_LENGTH));
        }
        if (response.moreInfo() != null) {
            reason.append("; see ").append(printable(response.moreInfo()));
        }
        if (response.status() == HttpStatus.SC_UNAUTHORIZED) {
            reason.append("; check accountSid ").append(credentials.accountSid()).append(", ")
                    .append(credentials.options())
                    .append(" and region: credentials are valid in one region only, and not while the account is"
                            + " suspended");
        }
        if (response.status() == HttpStatus.SC_NOT_FOUND && operation.kind() == Operation.Kind.READ_WINDOW) {
            reason.append("; Twilio also returns 404 when the window begins before the account's creation or after"
                    + " today, and when these credentials have no access to the account");
        }
        boolean serverError = response.status() >= HttpStatus.SC_INTERNAL_SERVER_ERROR;
        return new TwilioApiException(operation, response, reason.toString(), serverError,
                serverError || response.status() == HttpStatus.SC_TOO_MANY_REQUESTS, null);
    }

    /** Twilio responded with success, but the body is malformed or incomplete. */
    static TwilioApiException unreadable(Operation operation, ErrorResponse response, String reason) {
        return new TwilioApiException(operation, response, reason, true, true, null);
    }

    /** Twilio responded with success, but the response cannot be used, and a retry would get the same one. */
    static TwilioApiException unusable(Operation operation, ErrorResponse response, String reason) {
        return new TwilioApiException(operation, response, reason, true, false, null);
    }

    /** There was no response, or not all of it. */
    static TwilioApiException noResponse(Operation operation, IOException cause) {
        // The messages of these exceptions quote what the server sent instead of HTTP.
        boolean quotes = cause instanceof ClientProtocolException || cause instanceof MalformedChunkCodingException;
        Throwable root = quotes && cause.getCause() != null ? cause.getCause() : cause;
        return new TwilioApiException(operation, ErrorResponse.NONE,
                "no response: " + (quotes ? root.getClass().getName() : printable(cause.toString(), MAX_TEXT_LENGTH)),
                !neverSent(cause), true, quotes ? null : cause);
    }

    /** The operation in words: {@code list daily usage records of sms from 2026-01-01 to 2026-01-31}. */
    public String operation() {
        return operation.description();
    }

    /** The HTTP status, or 0 when there was no response. */
    public int status() {
        return response.status();
    }

    /** Twilio's error code, if any. */
    public Optional<Integer> code() {
        return Optional.ofNullable(response.code());
    }

    /** The URL of Twilio's explanation, if any. */
    public Optional<String> moreInfo() {
        return Optional.ofNullable(response.moreInfo());
    }

    /** The request's id ({@code RQ...}) for Twilio's support, if any. */
    public Optional<String> requestId() {
        return Optional.ofNullable(response.requestId());
    }

    /** Returns whether the request may have changed something at Twilio although it failed. */
    public boolean isOutcomeUnknown() {
        return operation.isChange() && mayBeDone;
    }

    /** The delay that Twilio requested in {@code Retry-After}, if any. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(response.retryAfter());
    }

    /** Returns false if the token request failed rather than the operation itself. */
    boolean isAbout(Operation other) {
        return operation.equals(other);
    }

    boolean isThrottled() {
        return response.status() == HttpStatus.SC_TOO_MANY_REQUESTS;
    }

    /** Returns whether a retry is safe and may help. */
    boolean isRetryable() {
        return transientFailure && (operation.kind() != Operation.Kind.CREATE || !mayBeDone);
    }

    private static boolean neverSent(Throwable cause) {
        return cause instanceof UnknownHostException || cause instanceof ConnectException
                || cause instanceof NoRouteToHostException || cause instanceof ConnectTimeoutException
                || cause instanceof ConnectionRequestTimeoutException || cause instanceof SSLHandshakeException
                || cause instanceof SSLPeerUnverifiedException;
    }

    /** A name of foreign origin on one line of bounded length, for use in a message. */
    static String printable(String name) {
        return name == null ? null : printable(name, MAX_NAME_LENGTH);
    }

    private static String printable(String text, int maxLength) {
        String line = text.codePoints().limit(maxLength)
                .map(character -> NOT_ON_A_LINE.contains(Character.getType(character)) ? ' ' : character)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return line.length() < text.length() ? line + "..." : line;
    }
}
