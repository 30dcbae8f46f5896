package io.github.cameltwilio.usage.crash;

import java.lang.ref.WeakReference;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.cameltwilio.usage.client.UsageRecord;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/** The end of a route. Like a transaction, it keeps nothing of an exchange that is rolled back. */
final class Sink {

    /** How an exchange ends. */
    enum Fate {
        DELIVERED,
        FAILED,
        FAILED_LATE,
        ROLLED_BACK,
        ROLLED_BACK_LAST,
        HANDLED_AND_ROLLED_BACK,
        INTERRUPTED,
        ENDED_BY_ERROR
    }

    /** Handled by the route, which then rolls back. */
    static final class RejectedException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** The error that no route can handle. */
    static final class LinkageFailure extends LinkageError {
        private static final long serialVersionUID = 1;
    }

    private final class Entered extends SynchronizationAdapter {
        private final WeakReference<Entered> reference = new WeakReference<>(this);

        @Override
        public void onDone(Exchange exchange) {
            inFlight.remove(reference);
        }
    }

    private record Delivered(String values, OffsetDateTime asOf) {
    }

    private final Random random;
    private final Variant variant;
    private final Map<String, Delivered> last = new HashMap<>();
    // Weak, because a full queue drops exchanges without completing them.
    private final Set<WeakReference<Entered>> inFlight = ConcurrentHashMap.newKeySet();
    private final AtomicInteger idlePolls = new AtomicInteger();
    private int deliveries;
    private int repeats;
    private int disordered;
    private volatile boolean down;
    private volatile List<Fate> fates = List.of();
    // Guarded by this object, and notifies it.
    private int slowness;

    Sink(Random random, Variant variant) {
        this.random = random;
        this.variant = variant;
    }

    void setDown(boolean down) {
        this.down = down;
    }

    /** @param fates other than {@code DELIVERED}; one exchange in four, or in two of a defective variant, meets one */
    void setFates(Set<Fate> fates) {
        this.fates = List.copyOf(fates);
    }

    /** @param millis the longest time that a delivery takes */
    synchronized void setSlowness(int millis) {
        slowness = millis;
        notifyAll();
    }

    /** Returns how many exchanges entered the route and can still end. */
    int inFlight() {
        System.gc();
        inFlight.removeIf(entered -> entered.refersTo(null));
        return inFlight.size();
    }

    int idlePolls() {
        return idlePolls.get();
    }

    synchronized int deliveries() {
        return deliveries;
    }

    synchronized int repeats() {
        return repeats;
    }

    synchronized int disordered() {
        return disordered;
    }

    /** Returns the values that were delivered last, or null. */
    synchronized String last(String key) {
        return last.containsKey(key) ? last.get(key).values : null;
    }

    /** The first step of the route. */
    void enter(Exchange exchange) {
        if (exchange.getMessage().getBody() == null) {
            return;
        }
        Entered entered = new Entered();
        inFlight.add(entered.reference);
        exchange.getExchangeExtension().addOnCompletion(entered);
    }

    /** The last step of the route. */
    void deliver(Exchange exchange) throws InterruptedException {
        UsageRecord usage = exchange.getMessage().getBody(UsageRecord.class);
        if (usage == null) {
            idlePolls.incrementAndGet();
            return;
        }
        takeTime();
        if (down) {
            throw new IllegalStateException("The sink is down");
        }
        switch (fate()) {
            case DELIVERED -> keep(usage);
            case INTERRUPTED -> {
                keep(usage);
                Thread.currentThread().interrupt();
            }
            case FAILED -> throw new IllegalStateException("The sink failed");
            case ENDED_BY_ERROR -> throw new LinkageFailure();
            case HANDLED_AND_ROLLED_BACK -> {
                pretendSuccess(exchange);
                throw new RejectedException();
            }
            case ROLLED_BACK -> {
                pretendSuccess(exchange);
                exchange.setRollbackOnly(true);
            }
            case ROLLED_BACK_LAST -> {
                pretendSuccess(exchange);
                exchange.setRollbackOnlyLast(true);
            }
            case FAILED_LATE -> exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                @Override
                public void onComplete(Exchange completed) {
                    completed.setException(new IllegalStateException("The transaction could not be committed"));
                }
            });
        }
    }

    /** Waits up to the slowness, or until the sink is fast again. */
    private synchronized void takeTime() throws InterruptedException {
        if (slowness > 0) {
            TimeUnit.MILLISECONDS.timedWait(this, random.nextInt(slowness));
        }
    }

    private Fate fate() {
        List<Fate> possible = fates;
        int share = variant == Variant.PRODUCTION ? 4 : 2;
        return possible.isEmpty() || random.nextInt(share) > 0 ? Fate.DELIVERED
                : possible.get(random.nextInt(possible.size()));
    }

    /** As if the consumer did not check whether a completed exchange was rolled back. */
    private void pretendSuccess(Exchange exchange) {
        if (variant == Variant.ROLLBACK_IS_DELIVERED) {
            exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                @Override
                public void onComplete(Exchange completed) {
                    completed.setRollbackOnly(false);
                    completed.setRollbackOnlyLast(false);
                }
            });
        }
    }

    private synchronized void keep(UsageRecord usage) {
        Delivered delivered = new Delivered(ChangingTwilio.values(usage), usage.asOf());
        Delivered before = last.put(ChangingTwilio.key(usage), delivered);
        deliveries++;
        if (before != null) {
            repeats += before.values.equals(delivered.values) ? 1 : 0;
            disordered += before.asOf.isAfter(delivered.asOf) ? 1 : 0;
        }
    }
}
