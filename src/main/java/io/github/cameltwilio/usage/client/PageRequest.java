package io.github.cameltwilio.usage.client;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;

import org.apache.hc.client5.http.classic.methods.HttpGet;

/** Fetches one page. Where Twilio breaks down over the size of a large first page, it is asked for one of half the size. */
final class PageRequest<T> implements Callable<Page<T>> {
    private static final Optional<Integer> INTERNAL_SERVER_ERROR = Optional.of(20500);

    private final TwilioHttp http;
    private final Operation operation;
    private final BodyReader<Page<T>> reader;
    private PageAddress address;
    private int breakdowns;
    private volatile HttpGet underWay;
    private volatile boolean cancelled;

    PageRequest(TwilioHttp http, Operation operation, PageAddress address, BodyReader<Page<T>> reader) {
        this.http = http;
        this.operation = operation;
        this.address = address;
        this.reader = reader;
    }

    @Override
    public Page<T> call() {
        return http.repeatedly(this::once);
    }

    /** Ends it from any thread; the exchange with Twilio too, if there is one. */
    void cancel() {
        cancelled = true;
        HttpGet get = underWay;
        if (get != null) {
            get.cancel();
        }
    }

    private Page<T> once() {
        if (address.isFirst()) {
            address = address.withAtMost(http.largestPage());
        }
        HttpGet get = http.get(address.toString());
        underWay = get;
        try {
            checkWanted();
            return http.send(operation, get, reader);
        } catch (TwilioApiException e) {
            checkWanted();
            // Once may be chance.
            if (e.isAbout(operation) && e.code().equals(INTERNAL_SERVER_ERROR) && address.pageSize() > 0
                    && ++breakdowns > 1) {
                http.breaksDownOver(address.pageSize());
            }
            throw e;
        } finally {
            underWay = null;
        }
    }

    private void checkWanted() {
        if (cancelled) {
            throw new CancellationException(operation + ": not wanted any more");
        }
    }
}
