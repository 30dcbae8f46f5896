package io.github.cameltwilio.usage.simulator;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Something that goes wrong with one request, or with a few in a row; see {@link TwilioUsageSimulator#fail}.
 *
 * <p>A request that is refused is not processed, unless {@link #afterProcessing} says so. Whatever befalls an honest answer
 * comes after the processing: a slow, a cut or a missing one.
 */
public final class Fault {

    private static final int ANY_PAGE = -1;
    private static final String ANY_METHOD = "";
    private static final String ANY_ACCOUNT = "";

    private final int times;
    private final int page;
    private final String method;
    private final String account;
    private final BiFunction<ReceivedRequest, Supplier<Answer>, Answer> twist;

    private Fault(
                  int times, int page, String method, String account,
                  BiFunction<ReceivedRequest, Supplier<Answer>, Answer> twist) {
        this.times = times;
        this.page = page;
        this.method = method;
        this.account = account;
        this.twist = twist;
    }

    /** 429 with code 20429 and no Retry-After. */
    public static Fault rateLimited(int times) {
        return instead(ApiError.tooManyRequests().answer()).times(times);
    }

    public static Fault rateLimited(int times, Duration retryAfter) {
        return instead(ApiError.tooManyRequests().answer().with("Retry-After", Long.toString(retryAfter.toSeconds())))
                .times(times);
    }

    public static Fault serverError() {
        return serverError(1);
    }

    /** 500 with code 20500. */
    public static Fault serverError(int times) {
        return instead(ApiError.internalServerError().answer()).times(times);
    }

    /** 500 with code 20500 where more items a page are asked for; others are answered honestly, and count as well. */
    public static Fault breaksDownOverPagesAbove(int items) {
        return new Fault(1, ANY_PAGE, ANY_METHOD, ANY_ACCOUNT,
                (request, honest) -> Integer.parseInt(request.parameters().getOrDefault("PageSize", "50")) > items
                        ? ApiError.internalServerError().answer() : honest.get());
    }

    /** 503 from something in front of the API, which knows nothing of JSON. */
    public static Fault htmlUnavailable() {
        return instead(Answer.text(503, "text/html",
                "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"));
    }

    public static Fault badRequestWithoutCode() {
        return instead(ApiError.invalidDate("StartDate").answer());
    }

    public static Fault notFound() {
        return new Fault(1, ANY_PAGE, ANY_METHOD, ANY_ACCOUNT,
                (request, honest) -> ApiError.notFound(request.path()).answer());
    }

    public static Fault unauthorized() {
        return instead(ApiError.unauthorized().answer());
    }

    /** The honest answer, later. */
    public static Fault slow(Duration delay) {
        return once((request, honest) -> honest.after(delay));
    }

    /** Takes the request and stays silent until the simulator is closed. */
    public static Fault neverAnswers() {
        return once((request, honest) -> honest.delivered(Answer.Delivery.NEVER));
    }

    /** Half of what Content-Length promises, then the end of the connection. */
    public static Fault truncatedPage() {
        return once((request, honest) -> honest.delivered(Answer.Delivery.TRUNCATED));
    }

    /** The connection is reset before the first byte of an answer. Many clients repeat a GET by themselves then: queue several. */
    public static Fault connectionReset() {
        return once((request, honest) -> honest.delivered(Answer.Delivery.CONNECTION_CLOSED));
    }

    /** A page without records whose next_page_uri leads to the page that was asked for. */
    public static Fault emptyPageWithNextLink() {
        // The further parameter is ignored; it keeps the link from looking like a cycle.
        return once((request, honest) -> edited(honest, page -> page
                .put("next_page_uri", page.get("uri").asText() + "&AfterEmptyPage=true")
                .set("usage_records", page.arrayNode())));
    }

    /** A page whose next_page_uri is the URI that was asked for. */
    public static Fault cyclicNextLink() {
        return once((request, honest) -> edited(honest, page -> page.put("next_page_uri", request.uri())));
    }

    /** A page with this text as its next_page_uri, such as one on another host. */
    public static Fault nextPageUri(String raw) {
        return once((request, honest) -> edited(honest, page -> page.put("next_page_uri", raw)));
    }

    /** A page that lists its first record twice, as a list may that changes while it is read. */
    public static Fault recordTwice() {
        return once((request, honest) -> edited(honest, page -> {
            ArrayNode records = page.withArray("usage_records");
            records.insert(0, records.path(0));
            return page;
        }));
    }

    /** 200, and text that only claims to be JSON. */
    public static Fault notJson() {
        return instead(Answer.text(200, "application/json", "upstream connect error"));
    }

    /** The honest answer in XML. */
    public static Fault xml() {
        return once((request, honest) -> Xml.insteadOf(honest));
    }

    public static Fault redirect(URI location) {
        return instead(Answer.text(307, "text/plain", "").with("Location", location.toString()));
    }

    /** Only for this page of a list, the first being 0; requests for others pass and leave the fault waiting. */
    public Fault onPage(int page) {
        if (page < 0) {
            throw new IllegalArgumentException("Fault.onPage(" + page + "): pages are counted from 0");
        }
        return new Fault(times, page, method, account, twist);
    }

    /** Only for requests with this method, such as {@code POST}; others pass and leave the fault waiting. */
    public Fault onMethod(String method) {
        return new Fault(times, page, method, account, twist);
    }

    /** Only for requests about this account; others pass and leave the fault waiting. */
    public Fault onAccount(String sid) {
        return new Fault(times, page, method, sid, twist);
    }

    /** The request is processed before it goes wrong: a trigger is created, and the caller is told of an error. */
    public Fault afterProcessing() {
        return new Fault(times, page, method, account, (request, honest) -> {
            Answer processed = honest.get();
            return twist.apply(request, () -> processed);
        });
    }

    /** So many times in a row. */
    public Fault times(int times) {
        if (times < 1) {
            throw new IllegalArgumentException("A fault that happens " + times + " times is none: let it be 1 or more");
        }
        return new Fault(times, page, method, account, twist);
    }

    boolean isLastTime() {
        return times == 1;
    }

    Fault onceLess() {
        return times(times - 1);
    }

    boolean concerns(ReceivedRequest request) {
        return (page == ANY_PAGE || Integer.toString(page).equals(request.parameters().getOrDefault("Page", "0")))
                && (method.equals(ANY_METHOD) || method.equals(request.method()))
                && (account.equals(ANY_ACCOUNT) || request.path().contains("/" + account + "/"));
    }

    /** @param honest processes the request; not called where the fault keeps it from being processed */
    Answer twist(ReceivedRequest request, Supplier<Answer> honest) {
        return twist.apply(request, honest);
    }

    private static Fault once(BiFunction<ReceivedRequest, Answer, Answer> twist) {
        return new Fault(1, ANY_PAGE, ANY_METHOD, ANY_ACCOUNT, (request, honest) -> twist.apply(request, honest.get()));
    }

    private static Fault instead(Answer answer) {
        return new Fault(1, ANY_PAGE, ANY_METHOD, ANY_ACCOUNT, (request, honest) -> answer);
    }

    private static Answer edited(Answer honest, UnaryOperator<ObjectNode> edit) {
        if (honest.status() != 200) {
            return honest;
        }
        try {
            return Answer.json(200, edit.apply((ObjectNode) Answer.JSON.readTree(honest.body())));
        } catch (IOException e) {
            throw new IllegalStateException("This fault needs a page in JSON", e);
        }
    }
}
