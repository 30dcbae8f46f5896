package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MalformedChunkCodingException;

/**
 * Twilio refused a request, or its answer could not be used. The message names what was asked and what Twilio said;
 * it holds neither credentials nor the body of an answer.
 */
public final class TwilioApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    // No message has more than a kilobyte, whatever the other side says.
    private static final int LONGEST_TEXT = 250;
    private static final int LONGEST_WORD = 100;

    private final Operation operation;
    private final Reply reply;
    private final TwilioError error;
    private final boolean mayBeDone;
    private final boolean passing;

    /**
     * @param mayBeDone whether Twilio may have done what it was asked for
     * @param passing   whether it may be otherwise in a moment
     */
    private TwilioApiException(Operation operation, Reply reply, TwilioError error, String reason, boolean mayBeDone,
                               boolean passing, Throwable cause) {
        super(operation + ": " + reason
                + (reply.requestId() == null ? "" : " (request " + printable(reply.requestId(), LONGEST_WORD) + ")")
                + (operation.changes() && mayBeDone
                        ? "; whether Twilio did it is unknown: look before you ask for it again" : ""),
                cause);
        this.operation = operation;
        this.reply = reply;
        this.error = error;
        this.mayBeDone = mayBeDone;
        this.passing = passing;
    }

    /** Twilio answered with a status that is no success. A window that makes no sense is "not found" to Twilio. */
    static TwilioApiException refused(Operation operation, Reply reply, TwilioError error) {
        StringBuilder reason = new StringBuilder("HTTP ").append(reply.status());
        if (error.code() != null) {
            reason.append(", Twilio code ").append(error.code());
        }
        if (error.message() != null) {
            reason.append(": ").append(printable(error.message(), LONGEST_TEXT));
        }
        if (error.moreInfo() != null) {
            reason.append("; see ").append(printable(error.moreInfo(), LONGEST_WORD));
        }
        if (reply.status() == HttpStatus.SC_NOT_FOUND && operation.window()) {
            reason.append("; Twilio also answers so when the window begins before the account did or after today, and"
                    + " when these credentials do not reach the account");
        }
        boolean failed = reply.status() >= HttpStatus.SC_INTERNAL_SERVER_ERROR;
        return new TwilioApiException(operation, reply, error, reason.toString(), failed,
                failed || reply.status() == HttpStatus.SC_TOO_MANY_REQUESTS, null);
    }

    /** Twilio answered with a success that was not what it documents, or not all of it. */
    static TwilioApiException unreadable(Operation operation, Reply reply, String reason) {
        return new TwilioApiException(operation, reply, TwilioError.NONE, reason, true, true, null);
    }

    /** Twilio answered with a success that cannot be used, and will again. */
    static TwilioApiException unusable(Operation operation, Reply reply, String reason) {
        return new TwilioApiException(operation, reply, TwilioError.NONE, reason, true, false, null);
    }

    /** There was no answer, or not the whole of it. */
    static TwilioApiException unanswered(Operation operation, IOException cause) {
        // What the other side sent in place of HTTP is quoted by these. Their names will do.
        boolean quotes = cause instanceof ClientProtocolException || cause instanceof MalformedChunkCodingException;
        Throwable root = quotes && cause.getCause() != null ? cause.getCause() : cause;
        return new TwilioApiException(operation, Reply.NONE, TwilioError.NONE,
                "no answer: " + (quotes ? root.getClass().getName() : printable(cause.toString(), LONGEST_TEXT)),
                !neverSent(cause), true, quotes ? null : cause);
    }

    /** What was asked, in words: {@code list daily usage records of sms from 2026-01-01 to 2026-01-31}. */
    public String operation() {
        return operation.words();
    }

    /** The HTTP status, or 0 when there was no answer. */
    public int status() {
        return reply.status();
    }

    /** Twilio's own error code, where it sent one: see its list of errors. */
    public Optional<Integer> code() {
        return Optional.ofNullable(error.code());
    }

    /** The address of Twilio's explanation, where it sent one. */
    public Optional<String> moreInfo() {
        return Optional.ofNullable(error.moreInfo());
    }

    /** The id that Twilio's support asks for, {@code RQ...}, where it sent one. */
    public Optional<String> requestId() {
        return Optional.ofNullable(reply.requestId());
    }

    /**
     * Whether the request was to change something, and may have done so although this came of it. What Twilio refused,
     * and what was never sent, surely did not.
     */
    public boolean isOutcomeUnknown() {
        return operation.changes() && mayBeDone;
    }

    /** How long Twilio asked to be left alone, where it did. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(reply.retryAfter());
    }

    /** A request may fail because another one does, by which it signs in. */
    boolean isAbout(Operation asked) {
        return operation.equals(asked);
    }

    boolean isThrottled() {
        return reply.status() == HttpStatus.SC_TOO_MANY_REQUESTS;
    }

    /** Whether asking again may help, and surely does no harm. */
    boolean isWorthRepeating() {
        return passing && (operation.repeatable() || !mayBeDone);
    }

    private static boolean neverSent(Throwable cause) {
        return cause instanceof UnknownHostException || cause instanceof ConnectException
                || cause instanceof NoRouteToHostException || cause instanceof ConnectTimeoutException
                || cause instanceof ConnectionRequestTimeoutException || cause instanceof SSLHandshakeException
                || cause instanceof SSLPeerUnverifiedException;
    }

    /** A word or a name of foreign origin, for use in a message. */
    static String printable(String word) {
        return word == null ? null : printable(word, LONGEST_WORD);
    }

    /** The other side's words on one line of bounded length: they end in log files. */
    private static String printable(String text, int longest) {
        String line = text.codePoints().limit(longest)
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return line.length() < text.length() ? line + "..." : line;
    }
}
