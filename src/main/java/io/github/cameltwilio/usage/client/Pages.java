package io.github.cameltwilio.usage.client;

import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

import org.apache.hc.client5.http.classic.methods.HttpGet;

/**
 * The pages of a listing in Twilio's order, each fetched when it is asked for and read whole. No connection is held
 * between two pages. An empty page is a page like any other: only Twilio's missing link ends a listing.
 *
 * <p>
 * One thread reads; {@link #close} may be called by any other and ends a request that is under way.
 */
public final class Pages<T> implements Iterator<List<T>>, Closeable {
    private final TwilioUsageClient client;
    private final Operation operation;
    private final Deque<String> addresses;
    private final BodyReader<Page<T>> reader;
    private final Set<String> asked = new HashSet<>();
    private String brokenLink;
    private volatile HttpGet underWay;
    private volatile boolean closed;

    /** @param addresses of the first page of each list that is part of the listing: path and query */
    Pages(TwilioUsageClient client, Operation operation, List<String> addresses, BodyReader<Page<T>> reader) {
        this.client = client;
        this.operation = operation;
        this.addresses = new ArrayDeque<>(addresses);
        this.reader = reader;
    }

    @Override
    public boolean hasNext() {
        return !addresses.isEmpty() || brokenLink != null;
    }

    /**
     * @throws TwilioApiException    when Twilio refuses, or its answer cannot be used; asking again then fetches the
     *                               same page again
     * @throws IllegalStateException when the listing was closed
     */
    @Override
    public List<T> next() {
        if (brokenLink != null) {
            throw TwilioApiException.unusable(operation, Reply.NONE, brokenLink);
        }
        if (addresses.isEmpty()) {
            throw new NoSuchElementException();
        }
        Page<T> page = fetch(addresses.peek());
        String address = addresses.pop();
        asked.add(address);
        if (page.nextPageUri() != null) {
            follow(page.nextPageUri(), address.substring(0, address.indexOf('?')));
        }
        return page.items();
    }

    /** A link that leads nowhere is an error of the next page: what is on this one is good. */
    private void follow(String nextPageUri, String path) {
        String query = NextPage.query(nextPageUri, path);
        String next = path + "?" + query;
        if (query == null) {
            brokenLink = "the answer's next_page_uri does not lead to a page of this list";
        } else if (asked.contains(next)) {
            brokenLink = "the answer's next_page_uri leads back to a page that was read already";
        } else {
            addresses.push(next);
        }
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        HttpGet request = underWay;
        if (request != null) {
            request.cancel();
        }
    }

    private Page<T> fetch(String address) {
        return client.repeatedly(() -> {
            HttpGet request = client.get(address);
            underWay = request;
            try {
                checkOpen();
                return client.send(operation, request, reader);
            } catch (TwilioApiException e) {
                checkOpen();
                throw e;
            } finally {
                underWay = null;
            }
        });
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(operation + ": closed before its end");
        }
    }
}
