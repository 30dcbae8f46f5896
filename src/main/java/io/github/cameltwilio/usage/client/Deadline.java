package io.github.cameltwilio.usage.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.apache.hc.core5.concurrent.Cancellable;

/**
 * Ends an exchange that takes too long. A time-out between two bytes is not enough: one byte a second keeps a connection,
 * its thread and its permit for ever.
 */
final class Deadline implements AutoCloseable {
    private final CompletableFuture<Void> exchange = new CompletableFuture<>();

    /** @param within from now until the exchange is cancelled, unless this is closed before */
    Deadline(Duration within, Cancellable exchange) {
        this.exchange.orTimeout(within.toMillis(), TimeUnit.MILLISECONDS).exceptionally(late -> {
            exchange.cancel();
            return null;
        });
    }

    boolean hasPassed() {
        return exchange.isCompletedExceptionally();
    }

    @Override
    public void close() {
        exchange.complete(null);
    }
}
