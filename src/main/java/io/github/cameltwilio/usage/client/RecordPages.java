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
import org.apache.hc.core5.http.HttpStatus;

/**
 * The pages of a listing in Twilio's order, each fetched when it is asked for and read whole. No connection is held
 * between two pages. An empty page is a page like any other: only Twilio's missing link ends a listing.
 *
 * <p>
 * One thread reads; {@link #close} may be called by any other and ends a request that is under way.
 */
public final class RecordPages implements Iterator<List<UsageRecord>>, Closeable {
    private final TwilioUsageClient client;
    private final RecordsQuery query;
    private final String path;
    private final Deque<String> queries;
    private final Set<String> asked = new HashSet<>();
    private String brokenLink;
    private volatile HttpGet underWay;
    private volatile boolean closed;

    RecordPages(TwilioUsageClient client, RecordsQuery query) {
        this.client = client;
        this.query = query;
        this.path = client.accountPath() + query.subresource().path();
        this.queries = new ArrayDeque<>(query.queryStrings());
    }

    @Override
    public boolean hasNext() {
        return !queries.isEmpty() || brokenLink != null;
    }

    /**
     * @throws TwilioApiException    when Twilio refuses, or its answer cannot be used; asking again then fetches the
     *                               same page again
     * @throws IllegalStateException when the listing was closed
     */
    @Override
    public List<UsageRecord> next() {
        if (brokenLink != null) {
            throw TwilioApiException.unusable(query.operation(), HttpStatus.SC_OK, null, brokenLink);
        }
        if (queries.isEmpty()) {
            throw new NoSuchElementException();
        }
        Page page = fetch(queries.peek());
        asked.add(queries.pop());
        if (page.nextPageUri() != null) {
            follow(page.nextPageUri());
        }
        return page.records();
    }

    /** A link that leads nowhere is an error of the next page: the records of this one are good. */
    private void follow(String nextPageUri) {
        String next = NextPage.query(nextPageUri, path);
        if (next == null) {
            brokenLink = "the answer's next_page_uri does not lead to a page of this list";
        } else if (asked.contains(next)) {
            brokenLink = "the answer's next_page_uri leads back to a page that was read already";
        } else {
            queries.push(next);
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

    private Page fetch(String queryString) {
        HttpGet request = client.request(path, queryString);
        underWay = request;
        try {
            if (closed) {
                throw new IllegalStateException(query.operation() + ": closed before its end");
            }
            return client.page(query.operation(), request);
        } finally {
            underWay = null;
        }
    }
}
