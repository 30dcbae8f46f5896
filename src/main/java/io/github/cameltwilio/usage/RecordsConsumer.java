package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.ReadAhead;
import io.github.cameltwilio.usage.client.RecordsQuery;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.delivery.Fingerprint;
import io.github.cameltwilio.usage.delivery.LeafCategories;
import io.github.cameltwilio.usage.delivery.PeriodIterator;
import io.github.cameltwilio.usage.delivery.WindowPlan;
import io.github.cameltwilio.usage.state.Delivered;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
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
    private volatile Poll underWay;
    private int delivered;

    RecordsConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.options = endpoint.getConfiguration();
        this.plan = endpoint.windowPlan();
    }

    @Override
    int deliverWhatIsDue(LocalDate today) {
        delivered = 0;
        ReadAhead ahead = getEndpoint().readAhead();
        if (options.isSplitSubaccounts()) {
            deliverWhatIsDueOfEachAccount(today, ahead);
        } else {
            new Poll(reader(), null, plan.start(today), today, ahead).deliverWhatIsDue();
        }
        return delivered;
    }

    /**
     * One account after the other, the main account first. One that cannot be read keeps its position and is read at
     * the next poll; the others go on. The poll fails when none can be read.
     */
    private void deliverWhatIsDueOfEachAccount(LocalDate today, ReadAhead ahead) {
        List<Account> accounts = getEndpoint().accountsMainFirst();
        List<Poll> polls = accounts.stream().map(account -> new Poll(getEndpoint().reader(account.sid()), account,
                startOf(account, today), today, ahead)).toList();
        TwilioApiException failure = null;
        int failures = 0;
        for (Poll poll : polls) {
            try {
                poll.deliverWhatIsDue();
            } catch (TwilioApiException e) {
                failures++;
                failure = e;
                LOG.warn("{} could not read account {}, and will at the next poll: {}", getEndpoint(),
                        poll.reader.accountSid(), e.getMessage());
            }
        }
        if (failures > 0 && failures == polls.size()) {
            throw failure;
        }
    }

    /** A subaccount that is new, or was not read so far, begins where the main account did: no day of it is left out. */
    private Position startOf(Account account, LocalDate today) {
        LocalDate start = state().position(getEndpoint().reader(options.getAccountSid()))
                .orElseGet(() -> plan.start(today)).firstDay();
        return Position.before(start.isBefore(account.firstDay()) ? account.firstDay() : start);
    }

    @Override
    protected void doStop() throws Exception {
        Poll unfinished = underWay;
        if (unfinished != null) {
            unfinished.close();
        }
        super.doStop();
    }

    /** A record by itself. */
    private final class Change extends Delivery {
        private final UsageChange change;

        Change(ReaderId reader, UsageChange change) {
            super(reader);
            this.change = change;
        }

        @Override
        List<Delivered> delivered() {
            return List.of(change.delivered());
        }

        @Override
        void write(Message message) {
            UsageMessages.change(message, change, Fingerprint.of(change.values()));
        }
    }

    /** Those of a page. */
    private final class Changes extends Delivery {
        private final List<UsageChange> changes;

        Changes(ReaderId reader, List<UsageChange> changes) {
            super(reader);
            this.changes = changes;
        }

        @Override
        List<Delivered> delivered() {
            return changes.stream().map(UsageChange::delivered).toList();
        }

        @Override
        void write(Message message) {
            UsageMessages.changes(message, changes);
        }
    }

    private final class Poll {
        private final ReaderId reader;
        private final LocalDate today;
        private final Map<WindowPlan.Window, Pages<UsageRecord>> listings = new LinkedHashMap<>();
        private Position position;
        private LocalDate firstDayRead;

        /**
         * Nothing is read yet, but what is going to be is known.
         *
         * @param account whose own usage it is, or null for what the options say
         */
        Poll(ReaderId reader, Account account, Position start, LocalDate today, ReadAhead ahead) {
            this.reader = reader;
            this.today = today;
            this.position = notInTheFuture(state().position(reader).orElseGet(() -> begin(start)));
            RecordsQuery query = getEndpoint().query(null);
            plan.due(position, today).forEach(window -> listings.put(window,
                    getEndpoint().records(query.between(window.from(), window.to()), account, ahead)));
            showWatermark();
        }

        void deliverWhatIsDue() {
            underWay = this;
            try {
                for (Map.Entry<WindowPlan.Window, Pages<UsageRecord>> listing : listings.entrySet()) {
                    if (!deliver(listing.getValue())) {
                        break;
                    }
                    advance(listing.getKey());
                }
            } finally {
                close();
                underWay = null;
            }
        }

        /** What was not read to its end will be read at the next poll. */
        void close() {
            listings.values().forEach(Pages::close);
        }

        /** Kept at once: a first pass that takes days must not begin anew on each of them. */
        private Position begin(Position start) {
            state().advance(reader, start, start.firstDay());
            return start;
        }

        private Position notInTheFuture(Position kept) {
            if (kept.isPossibleOn(today)) {
                return kept;
            }
            LOG.warn(
                    "{} has a state that says all was delivered up to {}, though today is {}: reading from the look-back"
                            + " before today. Reset the state, or days of a coming outage may be missed",
                    getEndpoint(), kept.watermark(), today);
            return plan.rewind(kept, today);
        }

        /** Whether the window was read, and everything due in it handed to the route. */
        private boolean deliver(Pages<UsageRecord> pages) {
            firstDayRead = LocalDate.MAX;
            Iterator<List<UsageRecord>> lists = options.getRollup() == Rollup.leaf ? new PeriodIterator(pages) : pages;
            while (lists.hasNext()) {
                // Held by nothing else, so that what is delivered leaves the memory before its page is done.
                Deque<Object> due = due(lists.next());
                int room = maxMessagesPerPoll > 0 ? maxMessagesPerPoll - delivered : due.size();
                boolean isCut = room < due.size();
                while (room < due.size()) {
                    due.removeLast();
                }
                delivered += processBatch(due);
                if (isCut || !due.isEmpty()) {
                    return false;
                }
            }
            return true;
        }

        private Deque<Object> due(List<UsageRecord> list) {
            countRead(list.size());
            List<UsageRecord> page = options.getRollup() == Rollup.leaf ? LeafCategories.of(list) : list;
            // Taken first: what completes while the state is read must not look as if it had not been delivered.
            Set<RecordKey> inFlight = Set.copyOf(inProgress());
            List<RecordKey> keys = page.stream().map(reader::key).toList();
            Map<RecordKey, UsageValues> last = state().lastDelivered(reader, keys);
            Map<RecordKey, UsageValues> listed = new HashMap<>(2 * keys.size());
            List<UsageChange> changes = new ArrayList<>();
            int unchanged = 0;
            for (int i = 0; i < keys.size(); i++) {
                UsageChange change = change(page.get(i), keys.get(i), Optional.ofNullable(last.get(keys.get(i))));
                boolean isListedBefore = change.values().equals(listed.put(change.key(), change.values()));
                if (change.isRepetition()) {
                    unchanged++;
                } else if (!isListedBefore && isDue(change) && !isHeldBack(change.key(), inFlight)) {
                    changes.add(change);
                }
            }
            countUnchanged(unchanged);
            Deque<Object> due = new ArrayDeque<>();
            if (options.isSplitResult()) {
                changes.forEach(change -> due.add(new Change(reader, change)));
            } else if (!changes.isEmpty()) {
                due.add(new Changes(reader, changes));
            }
            return due;
        }

        private UsageChange change(UsageRecord usage, RecordKey key, Optional<UsageValues> previous) {
            firstDayRead = WindowPlan.earlier(firstDayRead, key.startDate());
            return new UsageChange(usage, new Delivered(key, previous, UsageValues.of(usage)),
                    plan.mayChange(usage.endDate(), today));
        }

        private boolean isDue(UsageChange change) {
            return change.isUpdate() || !options.isSkipEmpty() || change.usage().hasUsage();
        }

        /** A record is in one exchange at a time, so that no older value arrives after a newer one. */
        private boolean isHeldBack(RecordKey key, Set<RecordKey> inFlight) {
            boolean heldBack = inFlight.contains(key);
            if (heldBack) {
                dueAgain().add(key);
            }
            return heldBack;
        }

        private void advance(WindowPlan.Window window) {
            if (!plan.isByPeriod()) {
                // An empty list is no reason to forget.
                state().advance(reader, position, firstDayRead.equals(LocalDate.MAX) ? LocalDate.MIN : firstDayRead);
                return;
            }
            LocalDate wholeUpTo = Stream.concat(inProgress().stream(), dueAgain().stream())
                    .filter(key -> key.accountSid().equals(reader.accountSid()))
                    .map(key -> key.startDate().minusDays(1))
                    .reduce(window.to(), WindowPlan::earlier);
            position = position.advancedTo(wholeUpTo);
            state().advance(reader, position, plan.readsFrom(position));
            showWatermark();
        }

        /** The whole of a list has none. */
        private void showWatermark() {
            if (plan.isByPeriod()) {
                stands(reader, position);
            }
        }
    }
}
