package io.github.cameltwilio.usage.client;

import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntFunction;

import io.github.cameltwilio.usage.client.PageCursor.Page;
import org.apache.hc.client5.http.classic.methods.HttpGet;

/**
 * Fetches pages before they are read, in the order in which they will be read. With one request at a time this is the
 * next page. With more it is as many pages as fit into a fixed amount of memory, since pages of later listings have to
 * wait for those of earlier ones.
 *
 * <p>
 * Threads: the reader's thread calls {@link #next} and waits there, but never sends a request. Each thread of the
 * executor fetches one page, then hands it over in {@link #fetched} and starts further requests. Any thread may call
 * {@link #drop}.
 *
 * <p>
 * The monitor of this object guards its own fields and those of its listings. It is never held while a request is sent.
 */
public final class ReadAhead {
    // Counted in bytes of the responses, twenty full pages. Their records take about half as much.
    private static final long MAX_WAITING_BYTES = 32L * 1024 * 1024;

    private final Executor executor;
    private final int parallelRequests;
    private final Set<Listing<?>> unfetched = new LinkedHashSet<>();
    private int requestsInFlight;
    private int waitingPages;
    private long waitingBytes;
    private long maxPageBytes;

    ReadAhead(Executor executor, int parallelRequests) {
        this.executor = executor;
        this.parallelRequests = parallelRequests;
    }

    int parallelRequests() {
        return parallelRequests;
    }

    /** Appends listings. Nothing is fetched before the first page is read. */
    synchronized void add(Collection<? extends Listing<?>> listings) {
        unfetched.addAll(listings);
    }

    /** Waits for the next page of a listing; empty when the listing was dropped. */
    synchronized <T> Optional<Page<T>> next(Listing<T> listing) {
        listing.paused = false;
        while (!listing.hasResult()) {
            if (listing.canFetch() && requestsInFlight < parallelRequests) {
                fetch(listing);
            }
            fetchAhead();
            awaitChange(listing);
        }
        Optional<Page<T>> page = listing.takeResult();
        page.ifPresent(this::forget);
        fetchAhead();
        return page;
    }

    synchronized boolean isAtEnd(Listing<?> listing) {
        return listing.isAtEnd();
    }

    /** Cancels listings and wakes up their reader. */
    synchronized void drop(List<? extends Listing<?>> listings) {
        for (Listing<?> listing : listings) {
            unfetched.remove(listing);
            listing.drop().forEach(this::forget);
        }
        notifyAll();
    }

    private void forget(Page<?> page) {
        waitingPages--;
        waitingBytes -= page.bytes();
    }

    private void awaitChange(Listing<?> listing) {
        try {
            wait();
        } catch (InterruptedException e) {
            listing.cancel();
            Thread.currentThread().interrupt();
            throw TwilioApiException.noResponse(listing.operation, new InterruptedIOException("interrupted"));
        }
    }

    private void fetchAhead() {
        for (Listing<?> listing : unfetched) {
            if (hasRoom() && listing.canFetch()) {
                fetch(listing);
            }
        }
    }

    private boolean hasRoom() {
        return requestsInFlight < parallelRequests && (waitingPages == 0 || parallelRequests > 1
                && waitingBytes + (requestsInFlight + 1) * maxPageBytes <= MAX_WAITING_BYTES);
    }

    private <T> void fetch(Listing<T> listing) {
        PageRequest<T> request = new PageRequest<>(listing);
        FutureTask<Page<T>> task = new FutureTask<>(request) {
            @Override
            protected void done() {
                fetched(listing, this);
            }
        };
        listing.request = request;
        listing.task = task;
        requestsInFlight++;
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            listing.cancel();
            throw e;
        }
    }

    private synchronized <T> void fetched(Listing<T> listing, FutureTask<Page<T>> task) {
        requestsInFlight--;
        listing.complete(task).ifPresent(page -> {
            waitingPages++;
            waitingBytes += page.bytes();
            maxPageBytes = Math.max(maxPageBytes, page.bytes());
        });
        if (!listing.cursor.hasNext()) {
            unfetched.remove(listing);
        }
        notifyAll();
        try {
            fetchAhead();
        } catch (RejectedExecutionException e) {
            // The component is stopping. The reader gets this exception when it calls next().
            unfetched.clear();
        }
    }

    /** The state of one listing. The lock of its {@link ReadAhead} guards it. */
    static final class Listing<T> {
        private final TwilioHttp http;
        private final Operation operation;
        private final PageCursor cursor;
        private final TwilioHttp.BodyReader<Page<T>> bodyReader;
        private final Queue<Page<T>> unread = new ArrayDeque<>();
        private PageRequest<T> request;
        private FutureTask<Page<T>> task;
        private RuntimeException failure;
        // After a failure or an interrupt the page is not requested again until the reader wants it.
        private boolean paused;
        private boolean dropped;

        Listing(TwilioHttp http, Operation operation, PageCursor cursor, TwilioHttp.BodyReader<Page<T>> bodyReader) {
            this.http = http;
            this.operation = operation;
            this.cursor = cursor;
            this.bodyReader = bodyReader;
        }

        private boolean canFetch() {
            return cursor.hasNext() && task == null && failure == null && !paused && !dropped;
        }

        private boolean hasResult() {
            return dropped || !unread.isEmpty() || failure != null || cursor.brokenLink().isPresent();
        }

        private boolean isAtEnd() {
            return !cursor.hasNext() && cursor.brokenLink().isEmpty() && unread.isEmpty();
        }

        private Optional<Page<T>> takeResult() {
            if (dropped) {
                return Optional.empty();
            }
            if (!unread.isEmpty()) {
                return Optional.of(unread.remove());
            }
            if (cursor.brokenLink().isPresent()) {
                throw TwilioApiException.unusable(operation, ErrorResponse.NONE, cursor.brokenLink().get());
            }
            RuntimeException thrown = failure;
            failure = null;
            paused = true;
            throw thrown;
        }

        /** Stores the result of a task, and returns the page if there is one. */
        private Optional<Page<T>> complete(FutureTask<Page<T>> completed) {
            if (task != completed) {
                // A cancelled task has no page.
                return Optional.empty();
            }
            task = null;
            try {
                Page<T> page = completed.get();
                unread.add(page);
                cursor.advance(request.address, page);
                return Optional.of(page);
            } catch (ExecutionException e) {
                failure = e.getCause() instanceof RuntimeException exception ? exception
                        : new IllegalStateException(operation + ": failed", e.getCause());
            } catch (InterruptedException e) {
                throw new IllegalStateException("get() does not wait for a task that is done", e);
            }
            return Optional.empty();
        }

        private void cancel() {
            paused = true;
            if (task != null) {
                FutureTask<Page<T>> cancelled = task;
                task = null;
                request.cancel();
                cancelled.cancel(true);
            }
        }

        /** Returns the pages that were fetched and will not be read. */
        private List<Page<T>> drop() {
            dropped = true;
            cancel();
            List<Page<T>> left = List.copyOf(unread);
            unread.clear();
            return left;
        }
    }

    /** Fetches one page with retries, which request half as many items if the server fails on a large first page. */
    private static final class PageRequest<T> implements Callable<Page<T>> {
        private static final Optional<Integer> INTERNAL_SERVER_ERROR = Optional.of(20500);

        private final Listing<T> listing;
        private final IntFunction<PageCursor.Address> addresses;
        private PageCursor.Address address;
        private int serverErrors;
        private volatile HttpGet inFlight;
        private volatile boolean cancelled;

        PageRequest(Listing<T> listing) {
            this.listing = listing;
            this.addresses = listing.cursor.next();
        }

        @Override
        public Page<T> call() {
            return listing.http.withRetries(this::attempt);
        }

        private void cancel() {
            cancelled = true;
            HttpGet get = inFlight;
            if (get != null) {
                get.cancel();
            }
        }

        private Page<T> attempt() {
            address = addresses.apply(listing.http.maxPageSize());
            HttpGet get = listing.http.get(address.uri());
            inFlight = get;
            try {
                throwIfCancelled();
                return listing.http.send(listing.operation, get, listing.bodyReader);
            } catch (TwilioApiException e) {
                throwIfCancelled();
                // A single server error may be transient.
                if (e.isAbout(listing.operation) && e.code().equals(INTERNAL_SERVER_ERROR) && ++serverErrors > 1) {
                    listing.http.reduceMaxPageSize(address.pageSize());
                }
                throw e;
            } finally {
                inFlight = null;
            }
        }

        private void throwIfCancelled() {
            if (cancelled) {
                throw new CancellationException(listing.operation + ": cancelled");
            }
        }
    }
}
