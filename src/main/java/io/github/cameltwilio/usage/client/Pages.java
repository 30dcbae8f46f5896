package io.github.cameltwilio.usage.client;

import java.io.Closeable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;

import io.github.cameltwilio.usage.client.PageCursor.Page;

/**
 * The pages of a listing in Twilio's order. Each page is complete, and may be empty: only a missing link ends a
 * listing.
 *
 * <p>
 * One thread reads. Any thread may {@link #close}, which cancels the requests in flight.
 */
public final class Pages<T> implements Iterator<List<T>>, Closeable {
    private final Operation operation;
    private final ReadAhead readAhead;
    private final List<ReadAhead.Listing<T>> listings;
    private UnaryOperator<List<T>> view = UnaryOperator.identity();
    private int current;
    private volatile boolean closed;

    Pages(Operation operation, ReadAhead readAhead, List<ReadAhead.Listing<T>> listings) {
        this.operation = operation;
        this.readAhead = readAhead;
        this.listings = listings;
        readAhead.add(listings);
    }

    @Override
    public boolean hasNext() {
        return current < listings.size();
    }

    /**
     * @throws TwilioApiException    when the page cannot be read; the next call requests the same page again
     * @throws IllegalStateException when the listing was closed
     */
    @Override
    public List<T> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        if (closed) {
            throw closedBeforeItsEnd();
        }
        ReadAhead.Listing<T> listing = listings.get(current);
        Page<T> page = readAhead.next(listing).orElseThrow(this::closedBeforeItsEnd);
        if (readAhead.isAtEnd(listing)) {
            current++;
        }
        return view.apply(page.items());
    }

    /** Passes each page through this function, which may check whether it was the last one. */
    public Pages<T> map(UnaryOperator<List<T>> function) {
        UnaryOperator<List<T>> before = view;
        view = page -> function.apply(before.apply(page));
        return this;
    }

    /** Reads all pages that are left, then closes: no request continues after a failure or an interrupt. */
    public List<T> toList() {
        try (this) {
            List<T> items = new ArrayList<>();
            forEachRemaining(items::addAll);
            return items;
        }
    }

    /** The items of all pages that are left, one by one. */
    public Items<T> items() {
        return new Items<>(this);
    }

    @Override
    public void close() {
        closed = true;
        readAhead.drop(listings);
    }

    private IllegalStateException closedBeforeItsEnd() {
        return new IllegalStateException(operation + ": closed before its end, because the exchange that requested it"
                + " has ended. Read a stream within that exchange, or set outputType=list");
    }

    /**
     * The items of a listing. An error is final: every later call throws the same one, so that a reader who tries again
     * does not take the rest for the whole.
     */
    public static final class Items<T> implements Iterator<T>, Closeable {
        private final Pages<T> pages;
        private Iterator<T> page = Collections.emptyIterator();
        private RuntimeException failure;

        private Items(Pages<T> pages) {
            this.pages = pages;
        }

        @Override
        public boolean hasNext() {
            if (failure != null) {
                throw failure;
            }
            try {
                while (!page.hasNext() && pages.hasNext()) {
                    page = pages.next().iterator();
                }
                return page.hasNext();
            } catch (RuntimeException e) {
                failure = e;
                pages.close();
                throw e;
            }
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return page.next();
        }

        @Override
        public void close() {
            pages.close();
        }
    }
}
