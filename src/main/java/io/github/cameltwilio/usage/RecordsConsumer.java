package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.ReadAhead;
import io.github.cameltwilio.usage.client.RecordsQuery;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.delivery.LeafCategories;
import io.github.cameltwilio.usage.delivery.PeriodIterator;
import io.github.cameltwilio.usage.delivery.WindowPlan;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageChange;
import io.github.cameltwilio.usage.state.UsageValues;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers each record that is new, and again whenever Twilio corrects it.
 *
 * <p>
 * A poll reads the windows that are due one after the other, page by page. The watermark moves when a window was read to
 * its end, and never past a record that is not delivered.
 */
final class RecordsConsumer extends UsageConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(RecordsConsumer.class);

    private final TwilioUsageConfiguration options;
    private final WindowPlan plan;
    private volatile List<AccountPoll> accountPolls = List.of();

    RecordsConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.options = endpoint.getConfiguration();
        this.plan = endpoint.windowPlan();
    }

    @Override
    void deliverDue(LocalDate today) {
        ReadAhead ahead = getEndpoint().readAhead();
        accountPolls = options.isSplitSubaccounts()
                ? getEndpoint().accountsMainFirst().stream()
                        .map(account -> new AccountPoll(getEndpoint().reader(account.sid()), account, today, ahead))
                        .toList()
                : List.of(new AccountPoll(reader(), null, today, ahead));
        try {
            readAccounts();
        } finally {
            accountPolls.forEach(AccountPoll::close);
            accountPolls = List.of();
        }
    }

    /** An account that cannot be read does not keep the others from being read. Fails only when none can be read. */
    private void readAccounts() {
        List<AccountPoll> polls = accountPolls;
        int failures = 0;
        boolean allowed = true;
        for (int i = 0; i < polls.size() && allowed; i++) {
            // The next accounts are opened early, so that their pages can be fetched while this one is read.
            polls.subList(i, Math.min(i + options.getParallelRequests(), polls.size())).forEach(AccountPoll::open);
            try {
                allowed = polls.get(i).readWindows();
            } catch (TwilioApiException e) {
                if (++failures == polls.size()) {
                    throw e;
                }
                LOG.warn("{} failed to read account {}; will retry at the next poll: {}", getEndpoint(),
                        polls.get(i).reader.accountSid(), e.getMessage());
            }
        }
    }

    @Override
    protected void doStop() throws Exception {
        // Wakes the thread that polls if it waits for a response.
        accountPolls.forEach(AccountPoll::close);
        super.doStop();
    }

    private record Listing(WindowPlan.Window window, Pages<UsageRecord> pages) {
    }

    /** The part of a poll that reads one account; without {@code splitSubaccounts} it is the whole poll. */
    private final class AccountPoll {
        private final ReaderId reader;
        private final Account account;
        private final LocalDate today;
        private final ReadAhead ahead;
        private volatile List<Listing> listings;
        private Position position;
        private LocalDate firstDayListed;

        /** @param account whose own usage to read, or null to read what the options say */
        AccountPoll(ReaderId reader, Account account, LocalDate today, ReadAhead ahead) {
            this.reader = reader;
            this.account = account;
            this.today = today;
            this.ahead = ahead;
        }

        /** Prepares the listings of all windows that are due; nothing is requested before {@link #readWindows}. */
        void open() {
            if (listings != null) {
                return;
            }
            position = positionOrElse(reader, this::start);
            if (!position.isPossibleOn(today)) {
                LOG.warn("{} found a watermark in the future ({}, today is {}) in its state and falls back to the"
                        + " look-back. Reset the state, or days may be missed", getEndpoint(), position.watermark(),
                        today);
                position = plan.rewind(position, today);
            }
            if (plan.isByPeriod()) {
                showWatermark(reader, position);
            }
            RecordsQuery query = getEndpoint().query(null);
            listings = plan.due(position, today).stream().map(window -> new Listing(window,
                    getEndpoint().records(query.between(window.from(), window.to()), account, ahead))).toList();
        }

        /** A new subaccount begins where the main account did, so that none of its days is left out. */
        private Position start() {
            if (account == null) {
                return plan.start(today);
            }
            LocalDate mainStart = state().position(getEndpoint().reader(options.getAccountSid()))
                    .orElseGet(() -> plan.start(today)).firstDay();
            return Position.before(mainStart.isBefore(account.firstDay()) ? account.firstDay() : mainStart);
        }

        /** @return false if the poll must end before everything was read */
        boolean readWindows() {
            try {
                for (Listing listing : listings) {
                    firstDayListed = LocalDate.MAX;
                    Iterator<List<UsageRecord>> pages = isLeaf() ? new PeriodIterator(listing.pages) : listing.pages;
                    while (pages.hasNext()) {
                        List<UsageChange> changes = changes(pages.next());
                        if (!deliver(batch(changes))) {
                            return false;
                        }
                    }
                    advance(listing.window);
                }
                return true;
            } finally {
                close();
            }
        }

        /** Returns the records of a page that are new or corrected, and not in flight. */
        private List<UsageChange> changes(List<UsageRecord> page) {
            countRead(page.size());
            List<UsageRecord> records = isLeaf() ? LeafCategories.of(page) : page;
            // Taken before the state is read, so that a record which completes in between is not delivered twice.
            Set<RecordKey> inFlight = inFlight();
            Map<RecordKey, UsageValues> last = state().lastDelivered(reader,
                    records.stream().map(reader::key).toList());
            Map<RecordKey, UsageValues> listed = new HashMap<>();
            List<UsageChange> changes = new ArrayList<>();
            for (UsageRecord usage : records) {
                RecordKey key = reader.key(usage);
                UsageChange change = new UsageChange(key, Optional.ofNullable(last.get(key)), UsageValues.of(usage),
                        usage);
                firstDayListed = WindowPlan.earlier(firstDayListed, key.startDate());
                boolean repeated = change.values().equals(listed.put(key, change.values()));
                if (change.isUnchanged()) {
                    countUnchanged(1);
                } else if (!repeated && isWanted(change)) {
                    if (inFlight.contains(key)) {
                        // One exchange at a time, or an older value could arrive after a newer one.
                        postpone(key);
                    } else {
                        changes.add(change);
                    }
                }
            }
            return changes;
        }

        private List<Delivery> batch(List<UsageChange> changes) {
            if (options.isSplitResult()) {
                return changes.stream().map(change -> new Delivery(reader, List.of(change),
                        message -> UsageMessages.change(message, change,
                                plan.mayChange(change.usage().endDate(), today))))
                        .toList();
            }
            return changes.isEmpty() ? List.of()
                    : List.of(new Delivery(reader, changes, message -> UsageMessages.changes(message, changes)));
        }

        private void advance(WindowPlan.Window window) {
            if (!plan.isByPeriod()) {
                boolean empty = firstDayListed.equals(LocalDate.MAX);
                // An empty list is no reason to forget what was delivered.
                state().advance(reader, position, empty ? LocalDate.MIN : firstDayListed);
                return;
            }
            LocalDate completeUpTo = undelivered().filter(key -> key.accountSid().equals(reader.accountSid()))
                    .map(key -> key.startDate().minusDays(1))
                    .reduce(window.to(), WindowPlan::earlier);
            position = position.advancedTo(completeUpTo);
            state().advance(reader, position, plan.readsFrom(position));
            showWatermark(reader, position);
        }

        /** Ends the requests in flight; what was not read is read by the next poll. */
        void close() {
            if (listings != null) {
                listings.forEach(listing -> listing.pages.close());
            }
        }
    }

    private boolean isLeaf() {
        return options.getRollup() == Rollup.leaf;
    }

    /** With {@code skipEmpty} a record counts from its first usage on; later corrections to zero are delivered. */
    private boolean isWanted(UsageChange change) {
        return change.isUpdate() || !options.isSkipEmpty() || change.usage().hasUsage();
    }
}
