package io.github.cameltwilio.usage.client;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * One of Twilio's lists, whose pages each say where the next one is. Its {@link ReadAhead} lets one thread in at a time.
 */
final class Chain<T> {
    // One is seen now and then. A list that goes on like this has no end.
    private static final int MOST_EMPTY_PAGES = 1000;
    // Ten million records in pages of the usual size: more than twenty years of every category. Nor has this list an end.
    private static final int MOST_PAGES = 100_000;

    private final TwilioHttp http;
    private final Operation operation;
    private final BodyReader<Page<T>> reader;
    private final String path;
    private final Set<String> asked = new HashSet<>();
    private final Queue<Page<T>> unread = new ArrayDeque<>();
    private PageAddress next;
    private String brokenLink;
    private int emptyInARow;
    private FutureTask<Page<T>> task;
    private PageRequest<T> request;
    private RuntimeException failure;
    private boolean stopped;
    private boolean dropped;

    Chain(TwilioHttp http, Operation operation, PageAddress first, BodyReader<Page<T>> reader) {
        this.http = http;
        this.operation = operation;
        this.reader = reader;
        this.path = first.path();
        this.next = first;
    }

    /** Whether a page could be fetched, and nobody does. */
    boolean isIdle() {
        return next != null && task == null && failure == null && !stopped && !dropped;
    }

    /** Whether {@link #take} can say something. */
    boolean isReady() {
        return dropped || !unread.isEmpty() || failure != null || brokenLink != null;
    }

    /** Whether all pages were taken. */
    boolean isAtEnd() {
        return next == null && brokenLink == null && unread.isEmpty();
    }

    /** Whether there is a page left to fetch. */
    boolean hasMore() {
        return next != null;
    }

    /** What failed is fetched again when its reader wants it, not before. */
    void isWanted() {
        stopped = false;
    }

    /** The next page, or what came in its place; empty when the chain was dropped. */
    Optional<Page<T>> take() {
        if (dropped) {
            return Optional.empty();
        }
        if (!unread.isEmpty()) {
            return Optional.of(unread.remove());
        }
        if (brokenLink != null) {
            throw TwilioApiException.unusable(operation, Reply.NONE, brokenLink);
        }
        RuntimeException thrown = failure;
        failure = null;
        stopped = true;
        throw thrown;
    }

    PageRequest<T> nextRequest() {
        return new PageRequest<>(http, operation, next, reader);
    }

    void isFetchedBy(FutureTask<Page<T>> newTask, PageRequest<T> newRequest) {
        task = newTask;
        request = newRequest;
    }

    /** Takes over what a task of this chain came to: a page, unless it failed or was cancelled. */
    Optional<Page<T>> endOf(FutureTask<Page<T>> ended) {
        if (task != ended) {
            return Optional.empty();
        }
        task = null;
        if (ended.isCancelled()) {
            return Optional.empty();
        }
        try {
            Page<T> page = ended.get();
            unread.add(page);
            asked.add(next.query());
            emptyInARow = page.items().isEmpty() ? emptyInARow + 1 : 0;
            follow(page.nextPageUri());
            return Optional.of(page);
        } catch (ExecutionException e) {
            failure = e.getCause() instanceof RuntimeException exception ? exception
                    : new IllegalStateException(operation + ": failed", e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException("a task that is done keeps nobody waiting", e);
        }
        return Optional.empty();
    }

    /** Stops what is under way. */
    void cancel() {
        stopped = true;
        if (task != null) {
            FutureTask<Page<T>> cancelled = task;
            task = null;
            request.cancel();
            cancelled.cancel(true);
        }
    }

    /** @return the pages that nobody will read */
    List<Page<T>> drop() {
        dropped = true;
        cancel();
        List<Page<T>> left = List.copyOf(unread);
        unread.clear();
        return left;
    }

    /** A link that leads nowhere is an error of the next page: what is on this one is good. */
    private void follow(String nextPageUri) {
        next = null;
        if (nextPageUri == null) {
            return;
        }
        String query = NextPage.query(nextPageUri, path);
        if (query == null) {
            brokenLink = "the answer's next_page_uri does not lead to a page of this list";
        } else if (asked.contains(query)) {
            brokenLink = "the answer's next_page_uri leads back to a page that was read already";
        } else if (emptyInARow == MOST_EMPTY_PAGES) {
            brokenLink = "the last " + MOST_EMPTY_PAGES + " pages were empty, and each led to another one";
        } else if (asked.size() == MOST_PAGES) {
            brokenLink = "after " + MOST_PAGES
                    + " pages there is another one. Should it be so long, ask for fewer days at"
                    + " once, or for more records a page (pageSize)";
        } else {
            next = new PageAddress(path, query);
        }
    }
}
