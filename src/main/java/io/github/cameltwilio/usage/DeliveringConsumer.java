package io.github.cameltwilio.usage;

import java.io.Closeable;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.cameltwilio.usage.state.Delivered;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.util.IOHelper;

/**
 * Delivers what its state does not remember as delivered. What an exchange carried is remembered when the exchange
 * completes; what fails is due again at the next poll.
 */
abstract class DeliveringConsumer extends MonitoredConsumer {
    private final Set<RecordKey> inProgress = ConcurrentHashMap.newKeySet();
    private final Set<RecordKey> dueAgain = ConcurrentHashMap.newKeySet();
    private final ReaderId reader;
    private volatile UsageStateRepository state;
    private volatile boolean over;

    DeliveringConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.reader = endpoint.reader();
    }

    /** @return how many exchanges that gave */
    abstract int deliverWhatIsDue(LocalDate today);

    ReaderId reader() {
        return reader;
    }

    UsageStateRepository state() {
        return state;
    }

    /** What exchanges carry that are not completed yet. */
    Set<RecordKey> inProgress() {
        return inProgress;
    }

    /** What this poll did not deliver although it is due. */
    Set<RecordKey> dueAgain() {
        return dueAgain;
    }

    @Override
    protected int poll() throws Exception {
        shutdownRunningTask = null;
        pendingExchanges = 0;
        dueAgain.clear();
        LocalDate today = getEndpoint().client().today();
        forceConsumerAsReady();
        int exchanges = deliverWhatIsDue(today);
        polled(getEndpoint().getComponent().clock().instant());
        return exchanges;
    }

    /** The queue holds {@link Delivery deliveries}; what cannot be processed now stays in it. */
    @Override
    public int processBatch(Queue<Object> batch) {
        int size = batch.size();
        int index = 0;
        for (; index < size && isBatchAllowed(); index++) {
            Exchange exchange = exchange((Delivery) batch.remove());
            exchange.setProperty(ExchangePropertyKey.BATCH_INDEX, index);
            exchange.setProperty(ExchangePropertyKey.BATCH_SIZE, size);
            exchange.setProperty(ExchangePropertyKey.BATCH_COMPLETE, index == size - 1);
            pendingExchanges = size - index - 1;
            process(exchange);
        }
        return index;
    }

    @Override
    protected void doStart() throws Exception {
        over = false;
        if (state == null) {
            state = getEndpoint().openState();
        }
        super.doStart();
    }

    @Override
    protected void doShutdown() throws Exception {
        super.doShutdown();
        over = true;
        closeStateWhenIdle();
    }

    /** An exchange may complete after its consumer, and is to be remembered all the same. A bean is its owner's. */
    private synchronized void closeStateWhenIdle() {
        if (over && inProgress.isEmpty() && state != getEndpoint().getConfiguration().getStateRepository()
                && state instanceof Closeable file) {
            IOHelper.close(file);
            state = null;
        }
    }

    private Exchange exchange(Delivery delivery) {
        Exchange exchange = createExchange(false);
        delivery.write(exchange.getMessage());
        for (Delivered one : delivery.delivered()) {
            inProgress.add(one.key());
        }
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
            getExceptionHandler().handleException("Not delivered, will be again at the next poll", exchange,
                    exchange.getException());
        }
        releaseExchange(exchange, false);
    }

    /** What one exchange carries. It counts as delivered when the exchange completes, and is due again if it fails. */
    abstract class Delivery implements Synchronization {
        private final ReaderId whose;

        /** @param whose state remembers it */
        Delivery(ReaderId whose) {
            this.whose = whose;
        }

        abstract Collection<Delivered> delivered();

        abstract void write(Message message);

        @Override
        public final void onComplete(Exchange exchange) {
            Collection<Delivered> delivered = delivered();
            try {
                state.delivered(whose, delivered);
            } catch (RuntimeException e) {
                onFailure(exchange);
                throw e;
            }
            countDelivered(delivered.size());
            done(delivered);
        }

        @Override
        public final void onFailure(Exchange exchange) {
            // In this order: at no moment may the watermark pass the record.
            Collection<Delivered> failed = delivered();
            failed.forEach(one -> dueAgain.add(one.key()));
            done(failed);
        }

        private void done(Collection<Delivered> carried) {
            for (Delivered one : carried) {
                inProgress.remove(one.key());
            }
            closeStateWhenIdle();
        }
    }
}
