package io.github.cameltwilio.usage;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.apache.camel.spi.IdempotentRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs each callback once. Concurrent callbacks with a common key share an outcome, and later ones find the key in the
 * repository. Nodes that share a repository claim the keys first. A claim is an entry of its own for a period of a few
 * seconds; it is renewed while the route runs, so that the claim of a dead node ends.
 */
final class CallbackLedger {
    private static final Logger LOG = LoggerFactory.getLogger(CallbackLedger.class);
    /**
     * Twilio waits 15 seconds for a response. A claim ends within two periods, so that another node takes over a dead
     * node's callback before Twilio gives up.
     */
    static final Duration PERIOD = Duration.ofSeconds(4);

    private final IdempotentRepository repository;
    private final Executor executor;
    private final long periodMillis;
    private final Map<String, Run> inFlight = new HashMap<>();
    private volatile boolean closed;

    /**
     * @param executor waits for other nodes and renews claims; null if no other node uses the repository
     * @param period   how long a claim is valid; the same on all nodes
     */
    CallbackLedger(IdempotentRepository repository, Executor executor, Duration period) {
        this.repository = repository;
        this.executor = executor;
        this.periodMillis = period.toMillis();
    }

    /**
     * Runs the delivery unless a callback with one of the keys was processed before.
     *
     * @return true if it was processed, now or before; false if Twilio should retry
     */
    CompletableFuture<Boolean> once(List<String> keys, Supplier<CompletableFuture<Boolean>> delivery) {
        Run run;
        synchronized (inFlight) {
            List<String> others = keys.stream().filter(key -> !inFlight.containsKey(key)).toList();
            Run earlier = keys.stream().map(inFlight::get).filter(Objects::nonNull).findFirst().orElse(null);
            if (others.isEmpty()) {
                return earlier.outcome;
            }
            if (closed) {
                return CompletableFuture.completedFuture(false);
            }
            // Keys that only the later callback has are remembered as well. Otherwise its signature could be replayed
            // with another token.
            run = earlier == null ? new Run(keys, delivery) : new Run(others, () -> earlier.outcome);
            for (String key : others) {
                inFlight.put(key, run);
            }
        }
        run.start();
        return run.outcome;
    }

    /**
     * Starts no more deliveries. Callbacks that wait for another node fail the next time they check its claim. Those in
     * flight keep their own claims until they end.
     */
    void close() {
        closed = true;
    }

    void reopen() {
        closed = false;
    }

    /** Returns the number of keys of callbacks that are in flight or wait for another node. */
    int pending() {
        synchronized (inFlight) {
            return inFlight.size();
        }
    }

    private final class Run {
        private final List<String> keys;
        private final Supplier<CompletableFuture<Boolean>> delivery;
        private final CompletableFuture<Boolean> outcome = new CompletableFuture<>();
        private final long begun = System.nanoTime();
        /** The claims that this run holds, each with its period. */
        private final Map<String, Long> claims = new HashMap<>();
        private boolean finished;

        Run(List<String> keys, Supplier<CompletableFuture<Boolean>> delivery) {
            this.keys = keys;
            this.delivery = delivery;
        }

        void start() {
            try {
                if (isProcessed()) {
                    // A node that died may have remembered only some of the keys.
                    finish(remember());
                } else if (closed) {
                    finish(false);
                } else if (!claim()) {
                    waitForOtherNode();
                } else if (isProcessed()) {
                    finish(remember());
                } else {
                    renewLater();
                    delivery.get()
                            .whenComplete((succeeded, failure) -> finish(failure == null && succeeded && remember()));
                }
            } catch (Throwable e) {
                // Errors too, because otherwise each retry would wait for this run forever.
                LOG.warn("Failed to process a callback, which Twilio may retry", e);
                finish(false);
            }
        }

        private boolean isProcessed() {
            return keys.stream().anyMatch(repository::contains);
        }

        private void waitForOtherNode() {
            if (System.nanoTime() - begun > TimeUnit.MILLISECONDS.toNanos(3 * periodMillis)) {
                LOG.warn("Could not claim a callback, which Twilio may retry: another node is still processing it, or"
                        + " the idempotentRepository cannot be written");
                finish(false);
            } else {
                later(periodMillis / 8).execute(this::start);
            }
        }

        /** Claims for the periods before and after count as well, since the clocks of the nodes may differ. */
        private synchronized boolean claim() {
            if (executor == null) {
                return true;
            }
            long period = period();
            for (String key : keys) {
                if (!add(claimKey(key, period))) {
                    release();
                    return false;
                }
                claims.put(claimKey(key, period), period);
                if (repository.contains(claimKey(key, period - 1)) || repository.contains(claimKey(key, period + 1))) {
                    release();
                    return false;
                }
            }
            return true;
        }

        private void renewLater() {
            if (executor != null) {
                later(periodMillis / 4).execute(this::renew);
            }
        }

        private synchronized void renew() {
            if (finished) {
                return;
            }
            try {
                long period = period();
                for (String key : keys) {
                    // Adding fails if another node has just done so; that node finds this earlier claim and withdraws.
                    if (!claims.containsKey(claimKey(key, period)) && add(claimKey(key, period))) {
                        claims.put(claimKey(key, period), period);
                    }
                }
                claims.entrySet().removeIf(claim -> claim.getValue() < period - 1 && repository.remove(claim.getKey()));
            } catch (RuntimeException e) {
                LOG.warn("Could not renew the claim to a callback, which another node may run as well", e);
            }
            renewLater();
        }

        private void release() {
            claims.keySet().forEach(repository::remove);
            claims.clear();
        }

        /** Marks the callback as processed, and only after the route, so that a retry after a crash is accepted. */
        private boolean remember() {
            try {
                for (String key : keys) {
                    // Another node may remember the same key at this moment.
                    if (!add(key) && !repository.contains(key)) {
                        throw new IllegalStateException("the idempotentRepository did not keep the key of a callback");
                    }
                    repository.confirm(key);
                }
                return true;
            } catch (Throwable e) {
                LOG.warn("Processed a callback but could not mark it as processed; Twilio may retry it", e);
                return false;
            }
        }

        private void finish(boolean processed) {
            synchronized (inFlight) {
                keys.forEach(key -> inFlight.remove(key, this));
            }
            try {
                synchronized (this) {
                    finished = true;
                    release();
                }
            } catch (Throwable e) {
                LOG.debug("Could not release the claim to a callback, which ends by itself", e);
            }
            outcome.complete(processed);
        }
    }

    private static String claimKey(String key, long period) {
        return key + "@" + period;
    }

    private long period() {
        return System.currentTimeMillis() / periodMillis;
    }

    /** When two nodes add a key at the same time, JDBC repositories throw an exception in one of them. */
    private boolean add(String key) {
        try {
            return repository.add(key);
        } catch (RuntimeException e) {
            LOG.debug("Could not add the key of a callback, probably because another node did", e);
            return false;
        }
    }

    private Executor later(long millis) {
        return CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, executor);
    }
}
