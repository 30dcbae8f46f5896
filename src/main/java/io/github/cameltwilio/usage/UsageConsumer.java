package io.github.cameltwilio.usage;

import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;

import io.github.cameltwilio.usage.client.TwilioUsageClient;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.support.ScheduledBatchPollingConsumer;
import org.apache.camel.util.IOHelper;

/**
 * Delivers everything that is not yet recorded as delivered in its state. The content of an exchange is recorded when
 * the exchange completes; if it fails, its content is due again at the next poll.
 *
 * <p>
 * <b>Threads.</b> One poll runs at a time, on the scheduler's thread, which also runs the route up to its first
 * asynchronous step. Completions ({@link Delivery}) run on whichever thread ends the exchange, possibly during a later
 * poll or after the consumer stopped. {@link ConsumerState} is all that both sides share. Pages are fetched on the
 * threads of the component's executor, which never call this class. Public because JMX calls it.
 */
@ManagedResource(description = "Managed Twilio usage consumer")
public abstract class UsageConsumer extends ScheduledBatchPollingConsumer {

    private final ReaderId reader;
    private volatile ConsumerState state;
    private final RouteFailures failures = new RouteFailures(System::nanoTime);
    private final Rotation rotation = new Rotation();
    private final ConsumerMetrics metrics = new ConsumerMetrics();
    private volatile Progress progress;
    private RouteTransaction transaction;
    private RouteCalls calls;

    UsageConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.reader = endpoint.reader();
    }

    /**
     * Reads what Twilio lists and passes everything that is due to {@link #deliver}.
     *
     * @param after the last record of a poll that ended early: records after it come first, so that none starves. Null
     *              to begin at the beginning
     */
    abstract void deliverDue(LocalDate today, RecordKey after);

    /** Pauses during an outage of the route, unless Camel's own back-off is configured. */
    @Override
    public void run() {
        if (getBackoffMultiplier() > 0 || !failures.isPausing(Duration.of(getDelay(), getTimeUnit().toChronoUnit()))) {
            super.run();
        }
    }

    /** @throws IllegalStateException in place of an Error, after which Camel would silently never poll again */
    @Override
    protected final int poll() throws Exception {
        try {
            return pollOnce();
        } catch (Error e) {
            throw new IllegalStateException("The poll ended with an error: " + e, e);
        }
    }

    private int pollOnce() throws Exception {
        shutdownRunningTask = null;
        pendingExchanges = 0;
        failures.beginPoll();
        state.sync();
        state.reclaimDropped();
        OpenStates.requireSole(state);
        LocalDate today = getEndpoint().client().today();
        // Twilio responds, so a first poll that takes hours or days must not keep the route unready.
        forceConsumerAsReady();
        deliverDue(today, rotation.begin());
        rotation.complete();
        failures.throwIfPresent();
        metrics.endPoll(getEndpoint().getComponent().clock().instant());
        // A greedy consumer polls again at once, and would retry a failed record without pause.
        return isGreedy() && failures.isInThisPoll() ? 0 : rotation.exchanges();
    }

    /**
     * Sends a batch through the route.
     *
     * @return false if the account must end here: because of {@code maxMessagesPerPoll}, because the route keeps
     *         failing, or because the consumer stops
     */
    final boolean deliver(List<Delivery> batch) {
        int processed = processBatch(new ArrayDeque<>(rotation.allowed(batch, maxMessagesPerPoll)));
        rotation.processed(batch, processed);
        progress.countDelivered(processed);
        state.sync();
        if (processed == batch.size()) {
            return true;
        }
        rotation.end(failures.isWorthTrying() || failures.giveUpAccount());
        return false;
    }

    /** Returns whether the poll must end here, and not just its account. */
    final boolean isCut() {
        return rotation.isCut();
    }

    /** Returns whether everything that was due could be delivered so far. */
    final boolean isComplete() {
        return !rotation.isCut() && !failures.hasGivenUp();
    }

    final void beginAccount(long daysToRead, boolean catchingUp) {
        failures.beginAccount();
        progress.beginAccount(daysToRead, catchingUp);
    }

    /** Processes a queue of {@link Delivery}; any that are left are due at the next poll. */
    @Override
    public int processBatch(Queue<Object> batch) {
        int size = batch.size();
        int index = 0;
        for (; index < size && isBatchAllowed() && state.isWritable() && failures.isWorthTrying(); index++) {
            Delivery delivery = (Delivery) batch.remove();
            Exchange exchange = createExchange(delivery);
            exchange.setProperty(ExchangePropertyKey.BATCH_INDEX, index);
            exchange.setProperty(ExchangePropertyKey.BATCH_SIZE, size);
            exchange.setProperty(ExchangePropertyKey.BATCH_COMPLETE, index == size - 1);
            pendingExchanges = size - index - 1;
            calls.call(exchange, delivery);
        }
        return index;
    }

    private Exchange createExchange(Delivery delivery) {
        Exchange exchange = createExchange(false);
        delivery.content().accept(exchange.getMessage());
        state.depart(delivery);
        exchange.getExchangeExtension().addOnCompletion(delivery);
        return exchange;
    }

    final void complete(Delivery delivery) {
        if (transaction != null && !transaction.hasStored(delivery)) {
            fail(delivery);
            return;
        }
        failures.reset(getEndpoint());
        metrics.delivered.add(delivery.changes().size());
        if (transaction != null) {
            state.land(delivery);
            return;
        }
        state.arrive(delivery);
    }

    final void fail(Delivery delivery) {
        failures.add();
        state.fail(delivery);
    }

    final ReaderId reader() {
        return reader;
    }

    final ConsumerState state() {
        return state;
    }

    @Override
    public void setRoute(Route route) {
        super.setRoute(route);
        KameletCompletions.require(route);
    }

    @Override
    protected void doBuild() throws Exception {
        MasterRoute.join(this);
        super.doBuild();
    }

    @Override
    protected void doStart() throws Exception {
        state = getEndpoint().takeState((getRoute() == null ? "a route" : "route " + getRoute().getRouteId()) + " of "
                + getEndpoint().getCamelContext().getName());
        try {
            transaction = RouteTransaction.of(this);
            calls = new RouteCalls(this, transaction, failures);
            super.doStart();
        } catch (Exception e) {
            OpenStates.release(state);
            throw e;
        }
        getEndpoint().getComponent().consumers().add(this);
        metrics.bind(this);
        MasterRoute.showHealth(this, getHealthCheck());
    }

    @Override
    protected void doStop() throws Exception {
        MasterRoute.showHealth(this, null);
        super.doStop();
        IOHelper.close(transaction, metrics);
        getEndpoint().getComponent().consumers().remove(this);
        if (state != null) {
            OpenStates.release(state);
        }
    }

    @Override
    public TwilioUsageEndpoint getEndpoint() {
        return (TwilioUsageEndpoint) super.getEndpoint();
    }

    /** Begins to count the progress of a poll. */
    final void begin(int accounts) {
        progress = new Progress(getEndpoint(), accounts, System::nanoTime);
    }

    final ConsumerMetrics metrics() {
        return metrics;
    }

    final Progress progress() {
        return progress;
    }

    @ManagedAttribute(description = "End of the last successful poll (UTC)")
    public String getLastPoll() {
        return metrics.lastPoll();
    }

    @ManagedAttribute(description = "Records or triggers that Twilio listed")
    public long getRead() {
        return metrics.read.sum();
    }

    @ManagedAttribute(description = "Records or firings whose exchange completed")
    public long getDelivered() {
        return metrics.delivered.sum();
    }

    @ManagedAttribute(description = "Records or firings that were read again unchanged")
    public long getUnchanged() {
        return metrics.unchanged.sum();
    }

    @ManagedAttribute(description = "Requests that this endpoint sent to Twilio, including retries")
    public long getRequests() {
        TwilioUsageClient client = getEndpoint().client();
        return client == null ? 0 : client.requests();
    }

    @ManagedAttribute(description = "Requests of this endpoint that Twilio throttled (429 Too Many Requests)")
    public long getThrottled() {
        TwilioUsageClient client = getEndpoint().client();
        return client == null ? 0 : client.throttled();
    }

    @ManagedAttribute(description = "Last day up to which everything was delivered; with several accounts, the lowest")
    public String getWatermark() {
        return metrics.watermark();
    }

    @ManagedAttribute(
            description = "Progress of the current or last poll, with its rate and an estimate of the time left")
    public String getProgress() {
        return progress == null ? null : progress.toString();
    }

    /** Adds to the health check what Twilio's support needs. */
    @Override
    protected Map<String, Object> getLastErrorDetails() {
        return ConsumerMetrics.details(getLastError());
    }
}
