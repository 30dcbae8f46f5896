package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.List;
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
import io.github.cameltwilio.usage.state.UsageStateRepository;
import io.github.cameltwilio.usage.state.UsageValues;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.spi.Synchronization;
import org.apache.camel.support.ScheduledBatchPollingConsumer;

/**
 * Delivers each record that is new, and again when Twilio corrects it.
 *
 * <p>
 * A poll reads the windows that are due, one after the other. Each page gives a batch: an exchange for each record
 * whose values are not those delivered last. What an exchange carried is remembered when the exchange completes. The
 * watermark moves when a window was read to its end, and never past a record that is not delivered.
 */
final class RecordsConsumer extends ScheduledBatchPollingConsumer {
    private final TwilioUsageConfiguration options;
    private final WindowPlan plan;
    private final UsageStateRepository state;
    private final Set<RecordKey> inProgress = ConcurrentHashMap.newKeySet();
    private final Set<RecordKey> failed = ConcurrentHashMap.newKeySet();
    private volatile Pages<UsageRecord> listing;

    RecordsConsumer(TwilioUsageEndpoint endpoint, Processor processor, UsageStateRepository state) {
        super(endpoint, processor);
        this.options = endpoint.getConfiguration();
        this.plan = endpoint.windowPlan();
        this.state = state;
    }

    @Override
    public TwilioUsageEndpoint getEndpoint() {
        return (TwilioUsageEndpoint) super.getEndpoint();
    }

    @Override
    protected int poll() throws Exception {
        shutdownRunningTask = null;
        pendingExchanges = 0;
        failed.clear();
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
                changes.forEach(change -> state.delivered(change.key(), change.values()));
                changes.forEach(change -> inProgress.remove(change.key()));
            } catch (RuntimeException e) {
                onFailure(exchange);
                throw e;
            }
        }

        @Override
        public void onFailure(Exchange exchange) {
            // In this order: at no moment may the watermark pass the record.
            changes.forEach(change -> failed.add(change.key()));
            changes.forEach(change -> inProgress.remove(change.key()));
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
            position = state.position().orElseGet(this::begin);
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
            state.advance(start, start.firstDay());
            return start;
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
            List<UsageChange> changes = page.stream().flatMap(this::change).toList();
            if (options.isSplitResult()) {
                return changes.stream().map(change -> new Delivery(List.of(change))).toList();
            }
            return changes.isEmpty() ? List.of() : List.of(new Delivery(changes));
        }

        private Stream<UsageChange> change(UsageRecord usage) {
            RecordKey key = RecordKey.of(usage, options.getSubresource(), options.isIncludeSubaccounts());
            if (key.startDate().isBefore(firstDayRead)) {
                firstDayRead = key.startDate();
            }
            UsageValues values = UsageValues.of(usage);
            Optional<UsageValues> previous = state.lastDelivered(key);
            boolean known = previous.isPresent() ? previous.get().equals(values)
                    : options.isSkipEmpty() && !usage.hasUsage();
            return known || inProgress.contains(key) ? Stream.empty()
                    : Stream.of(new UsageChange(usage, key, values, previous, plan.mayChange(usage.endDate(), today)));
        }

        private void advance(WindowPlan.Window window) {
            if (!plan.isByPeriod()) {
                state.advance(position, firstDayRead);
                return;
            }
            LocalDate wholeUpTo = Stream.concat(inProgress.stream(), failed.stream())
                    .map(key -> key.startDate().minusDays(1))
                    .reduce(window.to(), WindowPlan::earlier);
            position = position.advancedTo(wholeUpTo);
            state.advance(position, plan.readsFrom(position));
        }
    }
}
