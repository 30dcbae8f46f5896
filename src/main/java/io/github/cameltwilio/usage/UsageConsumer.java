package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageChange;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.Ordered;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.ManagementAgent;
import org.apache.camel.spi.Synchronization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what its state does not remember as delivered. The state remembers the content of an exchange when that
 * exchange completes; what fails is due again at the next poll.
 *
 * <p>
 * <b>Threads.</b> One poll runs at a time, on the scheduler's thread, which also runs the route up to its first
 * asynchronous step. Completions ({@link Delivery}) run on whichever thread ends the exchange, possibly during a later
 * poll or after the consumer stopped. {@link ConsumerState} is all that both sides share. Pages are fetched on the
 * threads of the component's executor, which never call this class.
 */
public abstract class UsageConsumer extends MonitoredConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(UsageConsumer.class);
    // Enough to tell a sink that is down from a record, or an account, that it rejects.
    private static final int MAX_FAILURES_IN_A_ROW = 3;

    private final ReaderId reader;
    private volatile ConsumerState state;
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private int failuresBeforeAccount;
    private int accountsGivenUp;
    private int exchangesOfPoll;
    private RecordKey lastKey;
    private RecordKey resumeAfter;
    private boolean cut;

    UsageConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.reader = endpoint.reader();
    }

    /**
     * Reads what Twilio lists and passes everything that is due to {@link #deliver}.
     *
     * @param after the last record of a poll that ended early, so that those behind it come first and none starves;
     *              null to begin at the beginning
     */
    abstract void deliverDue(LocalDate today, RecordKey after);

    @Override
    protected final int poll() throws Exception {
        shutdownRunningTask = null;
        pendingExchanges = 0;
        exchangesOfPoll = 0;
        accountsGivenUp = 0;
        cut = false;
        state.sync();
        LocalDate today = getEndpoint().client().today();
        // Twilio responds, so a first poll that takes hours or days must not keep the route unready.
        forceConsumerAsReady();
        lastKey = resumeAfter;
        resumeAfter = null;
        deliverDue(today, lastKey);
        if (accountsGivenUp > 0 && failuresInARow.get() > 0) {
            throw new RepeatedFailureException(failuresInARow.get());
        }
        endPoll();
        return exchangesOfPoll;
    }

    /**
     * Sends a batch through the route.
     *
     * @return false if the account must end here: because of {@code maxMessagesPerPoll}, because the route keeps
     *         failing, or because the consumer stops
     */
    final boolean deliver(List<Delivery> batch) {
        int room = maxMessagesPerPoll > 0 ? maxMessagesPerPoll - exchangesOfPoll : batch.size();
        List<Delivery> now = batch.subList(0, Math.min(room, batch.size()));
        int processed = processBatch(new ArrayDeque<>(now));
        exchangesOfPoll += processed;
        progress().countDelivered(processed);
        if (processed > 0) {
            lastKey = now.get(processed - 1).lastKey();
        }
        state.sync();
        if (processed == batch.size()) {
            return true;
        }
        resumeAfter = lastKey;
        cut = isWorthTrying() || ++accountsGivenUp == MAX_FAILURES_IN_A_ROW;
        return false;
    }

    /** Returns whether the poll must end here, and not just its account. */
    final boolean isCut() {
        return cut;
    }

    /** Returns whether everything that was due could be delivered so far. */
    final boolean isComplete() {
        return !cut && accountsGivenUp == 0;
    }

    final void beginAccount(long daysToRead, boolean catchingUp) {
        failuresBeforeAccount = failuresInARow.get();
        progress().beginAccount(daysToRead, catchingUp);
    }

    /** Processes a queue of {@link Delivery}; those that are left are due at the next poll. */
    @Override
    public int processBatch(Queue<Object> batch) {
        int size = batch.size();
        int index = 0;
        for (; index < size && isBatchAllowed() && state.isWritable() && isWorthTrying(); index++) {
            Delivery delivery = (Delivery) batch.remove();
            Exchange exchange = createExchange(delivery);
            exchange.setProperty(ExchangePropertyKey.BATCH_INDEX, index);
            exchange.setProperty(ExchangePropertyKey.BATCH_SIZE, size);
            exchange.setProperty(ExchangePropertyKey.BATCH_COMPLETE, index == size - 1);
            pendingExchanges = size - index - 1;
            process(exchange, delivery);
        }
        return index;
    }

    private Exchange createExchange(Delivery delivery) {
        Exchange exchange = createExchange(false);
        delivery.content.accept(exchange.getMessage());
        state.depart(delivery.changes);
        exchange.getExchangeExtension().addOnCompletion(delivery);
        return exchange;
    }

    private void process(Exchange exchange, Delivery delivery) {
        try {
            getProcessor().process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        } catch (Error e) {
            // Camel completes no exchange after an Error, and ends the polling.
            delivery.onFailure(exchange);
            throw e;
        }
        if (exchange.getException() != null) {
            report(exchange);
        }
        releaseExchange(exchange, false);
    }

    /** One warning per outage: a sink that is down must not fill the log. */
    private void report(Exchange exchange) {
        if (failuresInARow.get() <= 1) {
            getExceptionHandler().handleException("Processing failed; due again at the next poll", exchange,
                    exchange.getException());
        } else {
            LOG.debug("{}: processing failed again; due again at the next poll", getEndpoint(),
                    exchange.getException());
        }
    }

    /** An account is given up for this poll after failures in a row; while they last, after a single one. */
    private boolean isWorthTrying() {
        int failures = failuresInARow.get();
        return failures < MAX_FAILURES_IN_A_ROW || failures == failuresBeforeAccount;
    }

    /** The failures were logged one by one, so the stack trace of this one would say nothing. */
    private static final class RepeatedFailureException extends RuntimeException {
        private static final long serialVersionUID = 1;

        RepeatedFailureException(int failures) {
            super("The route failed for " + failures
                    + " exchanges in a row, so the poll ended early. Nothing is lost: the"
                    + " next poll tries again, beginning with another record", null, false, false);
        }
    }

    /**
     * The content of one exchange. Its changes count as delivered when the exchange completed, and was neither failed
     * nor rolled back by anything that completes it too, such as a transaction of Kafka: so this completion is the
     * last.
     */
    final class Delivery implements Synchronization, Ordered {
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

        RecordKey lastKey() {
            return changes.get(changes.size() - 1).key();
        }

        @Override
        public int getOrder() {
            return Ordered.LOWEST;
        }

        @Override
        public void onComplete(Exchange exchange) {
            if (exchange.isFailed() || exchange.isRollbackOnly() || exchange.isRollbackOnlyLast()) {
                onFailure(exchange);
                return;
            }
            if (failuresInARow.getAndSet(0) >= MAX_FAILURES_IN_A_ROW) {
                LOG.info("{}: the route works again", getEndpoint());
            }
            countDelivered(changes.size());
            state.arrive(reader, changes);
        }

        @Override
        public void onFailure(Exchange exchange) {
            failuresInARow.incrementAndGet();
            state.fail(changes);
        }
    }

    final ReaderId reader() {
        return reader;
    }

    final ConsumerState state() {
        return state;
    }

    /** Returns the position of a reader, and stores the start if there is none yet. */
    final Position positionOrElse(ReaderId reader, Supplier<Position> start) {
        return state.store().position(reader).orElseGet(() -> {
            // Stored at once: a first pass that takes days must not begin with a later day after a restart.
            Position first = start.get();
            state.advance(reader, first, first.firstDay());
            return first;
        });
    }

    /**
     * Camel passes an exchange from a Kamelet on as a copy without its completions, unless its routes are registered in
     * JMX. An exchange would then count as delivered before the steps behind the Kamelet have run.
     */
    @Override
    public void setRoute(Route route) {
        super.setRoute(route);
        if (route.isCreatedByKamelet()) {
            ManagementAgent agent = getEndpoint().getCamelContext().getManagementStrategy().getManagementAgent();
            if (agent == null) {
                throw new IllegalStateException("A Kamelet would lose what fails behind it: add camel-management, and"
                        + " set camel.main.jmxManagementRegisterRoutesCreateByKamelet=true");
            }
            agent.setRegisterRoutesCreateByKamelet(true);
        }
    }

    @Override
    protected void doStart() throws Exception {
        state = getEndpoint().takeState();
        try {
            super.doStart();
        } catch (Exception e) {
            state.release();
            throw e;
        }
        getEndpoint().getComponent().consumers().add(this);
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        getEndpoint().getComponent().consumers().remove(this);
        if (state != null) {
            state.release();
        }
    }
}
