package io.github.cameltwilio.usage.client;

import java.io.InterruptedIOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;

/**
 * Fetches pages before they are asked for, in the order in which they will be. With one request at a time that is the
 * next page; with several it is as many as fit into the memory set aside, since the reader's order leaves pages of later
 * lists waiting.
 */
public final class ReadAhead {
    // Counted in bytes of the answers, twenty full pages. What becomes of them takes about half as much.
    private static final long MOST_BYTES_WAITING = 32L * 1024 * 1024;

    private final Executor executor;
    private final int parallelRequests;
    private final Set<Chain<?>> chains = new LinkedHashSet<>();
    private int underWay;
    private int pagesWaiting;
    private long bytesWaiting;
    private long largestPage;

    ReadAhead(Executor executor, int parallelRequests) {
        this.executor = executor;
        this.parallelRequests = parallelRequests;
    }

    int parallelRequests() {
        return parallelRequests;
    }

    /** Takes the chains in behind those that are there. Nothing is fetched before the first page is asked for. */
    synchronized void add(Collection<? extends Chain<?>> more) {
        chains.addAll(more);
    }

    /** Waits for the chain's next page; empty when the chain was dropped. */
    synchronized <T> Optional<Page<T>> next(Chain<T> chain, Operation operation) {
        chain.isWanted();
        while (!chain.isReady()) {
            if (chain.isIdle() && underWay < parallelRequests) {
                fetch(chain);
            }
            fetchMore();
            await(chain, operation);
        }
        Optional<Page<T>> page = chain.take();
        page.ifPresent(this::isGone);
        fetchMore();
        return page;
    }

    synchronized boolean isAtEnd(Chain<?> chain) {
        return chain.isAtEnd();
    }

    /** Ends these chains where they are. Who waits for a page of them does so no longer. */
    synchronized void drop(List<? extends Chain<?>> dropped) {
        dropped.forEach(chains::remove);
        dropped.stream().map(Chain::drop).flatMap(List::stream).forEach(this::isGone);
        notifyAll();
    }

    private void isGone(Page<?> page) {
        pagesWaiting--;
        bytesWaiting -= page.bytes();
    }

    private void await(Chain<?> chain, Operation operation) {
        try {
            wait();
        } catch (InterruptedException e) {
            chain.cancel();
            Thread.currentThread().interrupt();
            throw TwilioApiException.unanswered(operation, new InterruptedIOException("interrupted"));
        }
    }

    private void fetchMore() {
        Iterator<Chain<?>> inOrder = chains.iterator();
        while (inOrder.hasNext() && isRoom()) {
            Chain<?> chain = inOrder.next();
            if (chain.isIdle()) {
                fetch(chain);
            }
        }
    }

    private boolean isRoom() {
        if (underWay >= parallelRequests) {
            return false;
        }
        return pagesWaiting == 0
                || parallelRequests > 1 && bytesWaiting + (underWay + 1) * largestPage <= MOST_BYTES_WAITING;
    }

    private <T> void fetch(Chain<T> chain) {
        PageRequest<T> request = chain.nextRequest();
        FutureTask<Page<T>> task = new FutureTask<>(request) {
            @Override
            protected void done() {
                fetched(chain, this);
            }
        };
        chain.isFetchedBy(task, request);
        underWay++;
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            chain.cancel();
            throw e;
        }
    }

    private synchronized <T> void fetched(Chain<T> chain, FutureTask<Page<T>> task) {
        underWay--;
        chain.endOf(task).ifPresent(page -> {
            pagesWaiting++;
            bytesWaiting += page.bytes();
            largestPage = Math.max(largestPage, page.bytes());
        });
        if (!chain.hasMore()) {
            chains.remove(chain);
        }
        notifyAll();
        try {
            fetchMore();
        } catch (RejectedExecutionException e) {
            // The component stops. A reader is told so when it wants a page.
            chains.clear();
        }
    }
}
