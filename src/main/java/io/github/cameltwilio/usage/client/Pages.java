package io.github.cameltwilio.usage.client;

import java.io.Closeable;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The pages of a listing in Twilio's order, each read whole; the next ones are fetched while one is looked at. An empty
 * page is a page like any other: only Twilio's missing link ends a listing.
 *
 * <p>
 * One thread reads; {@link #close} may be called by any other and ends the requests that are under way.
 */
public final class Pages<T> implements Iterator<List<T>>, Closeable {
    private final Operation operation;
    private final ReadAhead ahead;
    private final List<Chain<T>> chains;
    private int current;
    private volatile boolean closed;

    Pages(Operation operation, ReadAhead ahead, List<Chain<T>> chains) {
        this.operation = operation;
        this.ahead = ahead;
        this.chains = chains;
        ahead.add(chains);
    }

    @Override
    public boolean hasNext() {
        return current < chains.size();
    }

    /**
     * @throws TwilioApiException    when Twilio refuses, or its answer cannot be used; asking again then fetches the
     *                               same page again
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
        Chain<T> chain = chains.get(current);
        Page<T> page = ahead.next(chain, operation).orElseThrow(this::closedBeforeItsEnd);
        if (ahead.isAtEnd(chain)) {
            current++;
        }
        return page.items();
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        ahead.drop(chains);
    }

    private IllegalStateException closedBeforeItsEnd() {
        return new IllegalStateException(operation + ": closed before its end");
    }
}
