package io.github.cameltwilio.usage;

import java.io.Closeable;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageReader;
import io.github.cameltwilio.usage.state.UsageStateRepository;
import io.github.cameltwilio.usage.state.UsageValues;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.ScheduledBatchPollingConsumer;
import org.apache.camel.util.IOHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers each record that is new, and again when Twilio corrects it.
 *
 * <p>
 * A poll reads the windows that are due, one after the other. Each page gives a batch: an exchange for each record
 * whose values are not those delivered last. What an exchange carried is remembered when the exchange completes. The
 * watermark moves when a window was read to its end, and never past a record that is not delivered.
 */
final class RecordsConsumer extends ScheduledBatchPollingConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(RecordsConsumer.class);

    private final TwilioUsageConfiguration options;
    private final WindowPlan plan;
    private final UsageReader reader;
    private final Set<RecordKey> inProgress = ConcurrentHashMap.newKeySet();
    private final Set<RecordKey> dueAgain = ConcurrentHashMap.newKeySet();
    private volatile Pages<UsageRecord> listing;
    private volatile UsageStateRepository state;
    private volatile boolean over;

    RecordsConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.options = endpoint.getConfiguration();
        this.plan = endpoint.windowPlan();
        this.reader = endpoint.reader();
    }

    @Override
    public TwilioUsageEndpoint getEndpoint() {
        return (TwilioUsageEndpoint) super.getEndpoint();
    }

    @Override
    protected int poll() throws Exception {
        shutdownRunningTask = null;
        pendingExchanges = 0;
        dueAgain.clear();
        try {
            Poll poll = new Poll(getEndpoint().client().today());
            forceConsumerAsReady();
            return poll.deliverWhatIsDue();
        } catch (TwilioApiException e) {
            if (e.status() > 0) {
                addLastErrorDetail(HealthCheck.HTTP_RESPONSE_CODE, e.status());
            }
            throw e;
        }
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
        if (over && inProgress.isEmpty() && state != options.getStateRepository() && state instanceof Closeable file) {
            IOHelper.close(file);
            state = null;
        }
    }

    @Override
    protected void doStop() throws Exception {
        Pages<UsageRecord> unfinished = listing;
        if (unfinished != null) {
            unfinished.close();
        }
        super.doStop();
    }

    private Exchange exchange(Delivery delivery) {
        Exchange exchange = createExchange(false);
        if (options.isSplitResult()) {
            UsageMessages.change(exchange.getMessage(), delivery.changes().get(0));
        } else {
            UsageMessages.changes(exchange.getMessage(), delivery.changes());
        }
        delivery.changes().forEach(change -> inProgress.add(change.key()));
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
    private final class Delivery implements Synchronization {
        private final List<UsageChange> changes;

        Delivery(List<UsageChange> changes) {
            this.changes = changes;
        }

        List<UsageChange> changes() {
            return changes;
        }

        @Override
        public void onComplete(Exchange exchange) {
            try {
                state.delivered(reader, changes.stream().map(UsageChange::delivered).toList());
            } catch (RuntimeException e) {
                onFailure(exchange);
                throw e;
            }
            done();
        }

        @Override
        public void onFailure(Exchange exchange) {
            // In this order: at no moment may the watermark pass the record.
            changes.forEach(change -> dueAgain.add(change.key()));
            done();
        }

        private void done() {
            changes.forEach(change -> inProgress.remove(change.key()));
            closeStateWhenIdle();
        }
    }

    private final class Poll {
        private final LocalDate today;
        private Position position;
        private LocalDate firstDayRead;
        private int delivered;

        Poll(LocalDate today) {
            this.today = today;
        }

        int deliverWhatIsDue() {
            position = notInTheFuture(state.position(reader).orElseGet(this::begin));
            for (WindowPlan.Window window : plan.due(position, today)) {
                if (!deliver(window)) {
                    break;
                }
                advance(window);
            }
            return delivered;
        }

        /** Kept at once: a first pass that takes days must not begin anew on each of them. */
        private Position begin() {
            Position start = plan.start(today);
            state.advance(reader, start, start.firstDay());
            return start;
        }

        private Position notInTheFuture(Position kept) {
            if (kept.isPossibleOn(today)) {
                return kept;
            }
            LOG.warn("{} has a state that says all was delivered up to {}, though today is {}: reading from the look-back"
                     + " before today. Reset the state, or days of a coming outage may be missed",
                    getEndpoint(), kept.watermark(), today);
            return plan.broughtBack(kept, today);
        }

        /** Whether the window was read, and everything due in it handed to the route. */
        private boolean deliver(WindowPlan.Window window) {
            firstDayRead = LocalDate.MAX;
            try (Pages<UsageRecord> pages = getEndpoint().records(window)) {
                listing = pages;
                while (pages.hasNext()) {
                    List<Delivery> due = due(pages.next());
                    int room = maxMessagesPerPoll > 0 ? maxMessagesPerPoll - delivered : due.size();
                    int processed = processBatch(new ArrayDeque<>(due.subList(0, Math.min(room, due.size()))));
                    delivered += processed;
                    if (processed < due.size()) {
                        return false;
                    }
                }
                return true;
            } finally {
                listing = null;
            }
        }

        private List<Delivery> due(List<UsageRecord> page) {
            // Taken first: what completes while the state is read must not look as if it had not been delivered.
            Set<RecordKey> inFlight = Set.copyOf(inProgress);
            Map<RecordKey, UsageValues> last = state.lastDelivered(reader, page.stream().map(reader::key).toList());
            List<UsageChange> changes = page.stream().map(usage -> change(usage, last)).filter(this::isDue)
                    .filter(change -> !isHeldBack(change, inFlight)).toList();
            if (options.isSplitResult()) {
                return changes.stream().map(change -> new Delivery(List.of(change))).toList();
            }
            return changes.isEmpty() ? List.of() : List.of(new Delivery(changes));
        }

        private UsageChange change(UsageRecord usage, Map<RecordKey, UsageValues> last) {
            RecordKey key = reader.key(usage);
            if (key.startDate().isBefore(firstDayRead)) {
                firstDayRead = key.startDate();
            }
            return new UsageChange(usage, key, UsageValues.of(usage), Optional.ofNullable(last.get(key)),
                    plan.mayChange(usage.endDate(), today));
        }

        private boolean isDue(UsageChange change) {
            return change.isUpdate() ? !change.values().equals(change.previous().get())
                    : !options.isSkipEmpty() || change.usage().hasUsage();
        }

        /** A record is in one exchange at a time, so that no older value arrives after a newer one. */
        private boolean isHeldBack(UsageChange change, Set<RecordKey> inFlight) {
            boolean heldBack = inFlight.contains(change.key());
            if (heldBack) {
                dueAgain.add(change.key());
            }
            return heldBack;
        }

        private void advance(WindowPlan.Window window) {
            if (!plan.isByPeriod()) {
                state.advance(reader, position, firstDayRead);
                return;
            }
            LocalDate wholeUpTo = Stream.concat(inProgress.stream(), dueAgain.stream())
                    .map(key -> key.startDate().minusDays(1))
                    .reduce(window.to(), WindowPlan::earlier);
            position = position.advancedTo(wholeUpTo);
            state.advance(reader, position, plan.readsFrom(position));
        }
    }
}
