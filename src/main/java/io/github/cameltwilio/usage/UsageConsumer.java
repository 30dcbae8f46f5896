package io.github.cameltwilio.usage;

import java.io.Closeable;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageChange;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.ScheduledBatchPollingConsumer;
import org.apache.camel.util.IOHelper;

/**
 * Delivers what its state does not remember as delivered. The state remembers what an exchange carried when that
 * exchange completes; what fails is due again at the next poll.
 *
 * <p>
 * <b>Threads.</b> One poll runs at a time, on the scheduler's thread, which also runs the route up to its first
 * asynchronous step. Completions ({@link Delivery}) run on whichever thread ends the exchange, possibly during a later
 * poll or after the consumer stopped. {@link #inFlight} and {@link #dueAgain} are all that both sides share; they are
 * concurrent sets, and the order in which they are written and read keeps the watermark from passing an undelivered
 * record. The lock of this object guards only the closing of the state. Pages are fetched on the threads of the
 * component's executor, which never call this class. Public because JMX calls it.
 */
@ManagedResource(description = "Managed Twilio usage consumer")
public abstract class UsageConsumer extends ScheduledBatchPollingConsumer {
    private final Set<RecordKey> inFlight = ConcurrentHashMap.newKeySet();
    private final Set<RecordKey> dueAgain = ConcurrentHashMap.newKeySet();
    private final ReaderId reader;
    private volatile UsageStateRepository state;
    private volatile boolean shutDown;
    private int exchangesOfPoll;

    private final LongAdder read = new LongAdder();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder unchanged = new LongAdder();
    private final Map<ReaderId, LocalDate> watermarks = new ConcurrentHashMap<>();
    private volatile Instant lastPoll;

    UsageConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.reader = endpoint.reader();
    }

    /** Reads what Twilio lists and passes everything that is due to {@link #deliver}. */
    abstract void deliverDue(LocalDate today);

    @Override
    protected final int poll() throws Exception {
        shutdownRunningTask = null;
        pendingExchanges = 0;
        exchangesOfPoll = 0;
        dueAgain.clear();
        LocalDate today = getEndpoint().client().today();
        // Twilio responds, so a first poll that takes hours or days must not keep the route unready.
        forceConsumerAsReady();
        deliverDue(today);
        lastPoll = getEndpoint().getComponent().clock().instant();
        return exchangesOfPoll;
    }

    /**
     * Sends a batch through the route.
     *
     * @return false if the poll must end here, because of {@code maxMessagesPerPoll} or because the consumer stops
     */
    final boolean deliver(List<Delivery> batch) {
        int room = maxMessagesPerPoll > 0 ? maxMessagesPerPoll - exchangesOfPoll : batch.size();
        int processed = processBatch(new ArrayDeque<>(batch.subList(0, Math.min(room, batch.size()))));
        exchangesOfPoll += processed;
        return processed == batch.size();
    }

    /** Processes a queue of {@link Delivery}; those that are left when the consumer stops are due at the next poll. */
    @Override
    public int processBatch(Queue<Object> batch) {
        int size = batch.size();
        int index = 0;
        for (; index < size && isBatchAllowed(); index++) {
            Exchange exchange = createExchange((Delivery) batch.remove());
            exchange.setProperty(ExchangePropertyKey.BATCH_INDEX, index);
            exchange.setProperty(ExchangePropertyKey.BATCH_SIZE, size);
            exchange.setProperty(ExchangePropertyKey.BATCH_COMPLETE, index == size - 1);
            pendingExchanges = size - index - 1;
            process(exchange);
        }
        return index;
    }

    private Exchange createExchange(Delivery delivery) {
        Exchange exchange = createExchange(false);
        delivery.content.accept(exchange.getMessage());
        delivery.changes.forEach(change -> inFlight.add(change.key()));
        exchange.getExchangeExtension().addOnCompletion(delivery);
        return exchange;
    }

    private void process(Exchange exchange) {
        try {
            getProcessor().process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        }
        if (exchange.getException() != null) {
            getExceptionHandler().handleException("Processing failed; due again at the next poll", exchange,
                    exchange.getException());
        }
        releaseExchange(exchange, false);
    }

    /** The content of one exchange. Its changes count as delivered when the exchange completes. */
    final class Delivery implements Synchronization {
        private final ReaderId reader;
        private final List<UsageChange> changes;
        private final Consumer<Message> content;

        /**
         * @param reader  whose state remembers the changes
         * @param content writes them into the message
         */
        Delivery(ReaderId reader, List<UsageChange> changes, Consumer<Message> content) {
            this.reader = reader;
            this.changes = changes;
            this.content = content;
        }

        @Override
        public void onComplete(Exchange exchange) {
            try {
                state.delivered(reader, changes);
            } catch (RuntimeException e) {
                onFailure(exchange);
                throw e;
            }
            delivered.add(changes.size());
            land();
        }

        @Override
        public void onFailure(Exchange exchange) {
            // Before land(): at every moment an undelivered record must be in one of the two sets.
            changes.forEach(change -> dueAgain.add(change.key()));
            land();
        }

        private void land() {
            changes.forEach(change -> inFlight.remove(change.key()));
            closeStateWhenIdle();
        }
    }

    final ReaderId reader() {
        return reader;
    }

    final UsageStateRepository state() {
        return state;
    }

    /** Returns the position of a reader, and stores the start if there is none yet. */
    final Position positionOrElse(ReaderId reader, Supplier<Position> start) {
        return state.position(reader).orElseGet(() -> {
            // Stored at once: a first pass that takes days must not begin with a later day after a restart.
            Position first = start.get();
            state.advance(reader, first, first.firstDay());
            return first;
        });
    }

    /** Returns a copy of the keys whose exchanges are not completed. */
    final Set<RecordKey> inFlight() {
        return Set.copyOf(inFlight);
    }

    /** Leaves a record that is due to the next poll. */
    final void postpone(RecordKey key) {
        dueAgain.add(key);
    }

    /** Returns the keys that no watermark may pass: those in flight, then those that failed or were postponed. */
    final Stream<RecordKey> undelivered() {
        return Stream.concat(inFlight.stream(), dueAgain.stream());
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        getEndpoint().getComponent().consumers().add(this);
    }

    @Override
    protected void doStart() throws Exception {
        shutDown = false;
        if (state == null) {
            state = getEndpoint().openState();
        }
        super.doStart();
    }

    @Override
    protected void doShutdown() throws Exception {
        super.doShutdown();
        getEndpoint().getComponent().consumers().remove(this);
        shutDown = true;
        closeStateWhenIdle();
    }

    /** Closes the state after the last exchange, since exchanges may outlive their consumer. A bean is never closed. */
    private synchronized void closeStateWhenIdle() {
        if (shutDown && inFlight.isEmpty() && state != getEndpoint().getConfiguration().getStateRepository()
                && state instanceof Closeable file) {
            IOHelper.close(file);
            state = null;
        }
    }

    @Override
    public TwilioUsageEndpoint getEndpoint() {
        return (TwilioUsageEndpoint) super.getEndpoint();
    }

    final void countRead(int records) {
        read.add(records);
    }

    final void countUnchanged(int records) {
        unchanged.add(records);
    }

    final void showWatermark(ReaderId reader, Position position) {
        watermarks.put(reader, position.watermark());
    }

    @ManagedAttribute(description = "End of the last successful poll (UTC)")
    public String getLastPoll() {
        return lastPoll == null ? null : lastPoll.toString();
    }

    @ManagedAttribute(description = "Records or triggers that Twilio listed")
    public long getRead() {
        return read.sum();
    }

    @ManagedAttribute(description = "Records or firings whose exchange completed")
    public long getDelivered() {
        return delivered.sum();
    }

    @ManagedAttribute(description = "Records or firings that were read again unchanged")
    public long getUnchanged() {
        return unchanged.sum();
    }

    @ManagedAttribute(description = "Requests that this endpoint sent to Twilio, including retries")
    public long getRequests() {
        return getEndpoint().traffic().requests();
    }

    @ManagedAttribute(description = "Requests of this endpoint that Twilio throttled (429 Too Many Requests)")
    public long getThrottled() {
        return getEndpoint().traffic().throttled();
    }

    @ManagedAttribute(description = "Last day up to which everything was delivered; with several accounts, the lowest")
    public String getWatermark() {
        return watermarks.values().stream().min(Comparator.naturalOrder()).map(LocalDate::toString).orElse(null);
    }

    /** Adds to the health check what Twilio's support asks for. */
    @Override
    protected Map<String, Object> getLastErrorDetails() {
        Map<String, Object> details = new LinkedHashMap<>();
        if (getLastError() instanceof TwilioApiException error) {
            if (error.status() > 0) {
                details.put(HealthCheck.HTTP_RESPONSE_CODE, error.status());
            }
            error.code().ifPresent(code -> details.put("twilio.code", code));
            error.requestId().ifPresent(id -> details.put("twilio.request.id", id));
        }
        return details;
    }
}
