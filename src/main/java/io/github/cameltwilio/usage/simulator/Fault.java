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
 * A failure of one request, or of several in a row; see {@link TwilioUsageSimulator#fail}.
 *
 * <p>
 * An error response replaces the processing of the request, unless {@link #afterProcessing} is added. A fault that
 * changes the regular response, for example by delaying or truncating it, happens after the request was processed.
 */
public final class Fault {

    private static final int ANY_PAGE = -1;
    private static final String ANY_METHOD = "";
    private static final String ANY_ACCOUNT = "";

    private final int times;
    private final int page;
    private final String method;
    private final String account;
    private final BiFunction<ReceivedRequest, Supplier<SimulatedResponse>, SimulatedResponse> effect;

    private Fault(
                  int times, int page, String method, String account,
                  BiFunction<ReceivedRequest, Supplier<SimulatedResponse>, SimulatedResponse> effect) {
        this.times = times;
        this.page = page;
        this.method = method;
        this.account = account;
        this.effect = effect;
    }

    /** 429 with code 20429 and no Retry-After. */
    public static Fault rateLimited(int times) {
        return responding(ApiError.tooManyRequests().response()).times(times);
    }

    public static Fault rateLimited(int times, Duration retryAfter) {
        return responding(
                ApiError.tooManyRequests().response().with("Retry-After", Long.toString(retryAfter.toSeconds())))
                .times(times);
    }

    public static Fault serverError() {
        return serverError(1);
    }

    /** 500 with code 20500. */
    public static Fault serverError(int times) {
        return responding(ApiError.internalServerError().response()).times(times);
    }

    /** 500 with code 20500 if the page size is larger. Other requests succeed, and count as well. */
    public static Fault serverErrorAbovePageSize(int items) {
        return new Fault(1, ANY_PAGE, ANY_METHOD, ANY_ACCOUNT,
                (request, regular) -> Integer.parseInt(request.parameters().getOrDefault("PageSize", "50")) > items
                        ? ApiError.internalServerError().response() : regular.get());
    }

    /** 503 with an HTML page, as a proxy in front of the API sends it. */
    public static Fault htmlUnavailable() {
        return responding(SimulatedResponse.text(503, "text/html",
                "<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>"));
    }

    public static Fault badRequestWithoutCode() {
        return responding(ApiError.invalidDate("StartDate").response());
    }

    public static Fault notFound() {
        return new Fault(1, ANY_PAGE, ANY_METHOD, ANY_ACCOUNT,
                (request, regular) -> ApiError.notFound(request.path()).response());
    }

    public static Fault unauthorized() {
        return responding(ApiError.unauthorized().response());
    }

    /** The regular response after a delay. */
    public static Fault slow(Duration delay) {
        return changing((request, regular) -> regular.after(delay));
    }

    /** No response until the simulator is closed. */
    public static Fault neverResponds() {
        return changing((request, regular) -> regular.delivered(SimulatedResponse.Delivery.NEVER));
    }

    /** Half of the body that Content-Length announces, then the end of the connection. */
    public static Fault truncatedResponse() {
        return changing((request, regular) -> regular.delivered(SimulatedResponse.Delivery.TRUNCATED));
    }

    /**
     * The connection is closed before the first byte of a response. Many HTTP clients then retry a GET: queue several.
     */
    public static Fault connectionReset() {
        return changing((request, regular) -> regular.delivered(SimulatedResponse.Delivery.CONNECTION_CLOSED));
    }

    /** A page without records whose next_page_uri leads to the requested page. */
    public static Fault emptyPageWithNextLink() {
        // The additional parameter is ignored by the API and keeps the link from looking like a cycle.
        return changing((request, regular) -> edited(regular, page -> page
                .put("next_page_uri", page.get("uri").asText() + "&AfterEmptyPage=true")
                .set("usage_records", page.arrayNode())));
    }

    /** A page whose next_page_uri is the requested URI. */
    public static Fault cyclicNextLink() {
        return changing((request, regular) -> edited(regular, page -> page.put("next_page_uri", request.uri())));
    }

    /** A page with this text as its next_page_uri, for example a URI on another host. */
    public static Fault nextPageUri(String raw) {
        return changing((request, regular) -> edited(regular, page -> page.put("next_page_uri", raw)));
    }

    /** A page that lists its first record twice, as happens when a list changes while it is read. */
    public static Fault duplicateRecord() {
        return changing((request, regular) -> edited(regular, page -> {
            ArrayNode records = page.withArray("usage_records");
            records.insert(0, records.path(0));
            return page;
        }));
    }

    /** 200 with a body that is not valid JSON. */
    public static Fault invalidJson() {
        return responding(SimulatedResponse.text(200, "application/json", "upstream connect error"));
    }

    /** The regular response as XML. */
    public static Fault xml() {
        return changing((request, regular) -> XmlFormat.of(regular));
    }

    public static Fault redirect(URI location) {
        return responding(SimulatedResponse.text(307, "text/plain", "").with("Location", location.toString()));
    }

    /** Affects only this page of a list, counted from 0. Other requests succeed, and the fault stays queued. */
    public Fault onPage(int page) {
        if (page < 0) {
            throw new IllegalArgumentException("Fault.onPage(" + page + "): the first page is 0");
        }
        return new Fault(times, page, method, account, effect);
    }

    /** Affects only requests with this method, for example {@code POST}. */
    public Fault onMethod(String method) {
        return new Fault(times, page, method, account, effect);
    }

    /** Affects only requests for this account. */
    public Fault onAccount(String sid) {
        return new Fault(times, page, method, sid, effect);
    }

    /**
     * Processes the request before it fails: for example a trigger is created, although the caller gets an error
     * response.
     */
    public Fault afterProcessing() {
        return new Fault(times, page, method, account, (request, regular) -> {
            SimulatedResponse processed = regular.get();
            return effect.apply(request, () -> processed);
        });
    }

    /** Happens this many times in a row. */
    public Fault times(int times) {
        if (times < 1) {
            throw new IllegalArgumentException("Fault.times(" + times + "): a fault happens at least once");
        }
        return new Fault(times, page, method, account, effect);
    }

    boolean isLast() {
        return times == 1;
    }

    Fault afterOnce() {
        return times(times - 1);
    }

    boolean matches(ReceivedRequest request) {
        return (page == ANY_PAGE || Integer.toString(page).equals(request.parameters().getOrDefault("Page", "0")))
                && (method.equals(ANY_METHOD) || method.equals(request.method()))
                && (account.equals(ANY_ACCOUNT) || request.path().contains("/" + account + "/"));
    }

    /** @param regular processes the request; not called if the fault prevents that */
    SimulatedResponse respond(ReceivedRequest request, Supplier<SimulatedResponse> regular) {
        return effect.apply(request, regular);
    }

    private static Fault changing(BiFunction<ReceivedRequest, SimulatedResponse, SimulatedResponse> change) {
        return new Fault(1, ANY_PAGE, ANY_METHOD, ANY_ACCOUNT,
                (request, regular) -> change.apply(request, regular.get()));
    }

    private static Fault responding(SimulatedResponse response) {
        return new Fault(1, ANY_PAGE, ANY_METHOD, ANY_ACCOUNT, (request, regular) -> response);
    }

    private static SimulatedResponse edited(SimulatedResponse regular, UnaryOperator<ObjectNode> edit) {
        if (regular.status() != 200) {
            return regular;
        }
        try {
            return SimulatedResponse.json(200,
                    edit.apply((ObjectNode) SimulatedResponse.JSON.readTree(regular.body())));
        } catch (IOException e) {
            throw new IllegalStateException("This fault needs a page as JSON", e);
        }
    }
}
