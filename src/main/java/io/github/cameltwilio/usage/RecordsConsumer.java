package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.state.Delivered;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageValues;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers each record that is new, and again when Twilio corrects it.
 *
 * <p>
 * A poll reads the windows that are due, one after the other. Each page gives a batch: an exchange for each record
 * whose values are not those delivered last. The watermark moves when a window was read to its end, and never past a
 * record that is not delivered.
 */
final class RecordsConsumer extends DeliveringConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(RecordsConsumer.class);

    private final TwilioUsageConfiguration options;
    private final WindowPlan plan;
    private volatile Pages<UsageRecord> listing;

    RecordsConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.options = endpoint.getConfiguration();
        this.plan = endpoint.windowPlan();
    }

    @Override
    int deliverWhatIsDue(LocalDate today) {
        return new Poll(today).deliverWhatIsDue();
    }

    @Override
    protected void doStop() throws Exception {
        Pages<UsageRecord> unfinished = listing;
        if (unfinished != null) {
            unfinished.close();
        }
        super.doStop();
    }

    private final class Changes extends Delivery {
        private final List<UsageChange> changes;

        Changes(List<UsageChange> changes) {
            this.changes = changes;
        }

        @Override
        List<Delivered> delivered() {
            return changes.stream().map(UsageChange::delivered).toList();
        }

        @Override
        void write(Message message) {
            if (options.isSplitResult()) {
                UsageMessages.change(message, changes.get(0));
            } else {
                UsageMessages.changes(message, changes);
            }
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
            position = notInTheFuture(state().position(reader()).orElseGet(this::begin));
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
            state().advance(reader(), start, start.firstDay());
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
                    List<Changes> due = due(pages.next());
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

        private List<Changes> due(List<UsageRecord> page) {
            // Taken first: what completes while the state is read must not look as if it had not been delivered.
            Set<RecordKey> inFlight = Set.copyOf(inProgress());
            Map<RecordKey, UsageValues> last = state().lastDelivered(reader(),
                    page.stream().map(reader()::key).toList());
            List<UsageChange> changes = page.stream().map(usage -> change(usage, last)).filter(this::isDue)
                    .filter(change -> !isHeldBack(change, inFlight)).toList();
            if (options.isSplitResult()) {
                return changes.stream().map(change -> new Changes(List.of(change))).toList();
            }
            return changes.isEmpty() ? List.of() : List.of(new Changes(changes));
        }

        private UsageChange change(UsageRecord usage, Map<RecordKey, UsageValues> last) {
            RecordKey key = reader().key(usage);
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
                dueAgain().add(change.key());
            }
            return heldBack;
        }

        private void advance(WindowPlan.Window window) {
            if (!plan.isByPeriod()) {
                state().advance(reader(), position, firstDayRead);
                return;
            }
            LocalDate wholeUpTo = Stream.concat(inProgress().stream(), dueAgain().stream())
                    .map(key -> key.startDate().minusDays(1))
                    .reduce(window.to(), WindowPlan::earlier);
            position = position.advancedTo(wholeUpTo);
            state().advance(reader(), position, plan.readsFrom(position));
        }
    }
}
