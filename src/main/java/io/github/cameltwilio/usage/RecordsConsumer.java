package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.ReadAhead;
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
import org.apache.hc.core5.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers each record that is new, and again whenever Twilio corrects it.
 *
 * <p>
 * A poll reads the windows that are due one after the other, page by page. The watermark moves when a window was read
 * to its end, and never past a record that is not delivered.
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
    void deliverDue(LocalDate today, RecordKey after) {
        ReadAhead ahead = getEndpoint().readAhead();
        List<Account> accounts = options.isSplitSubaccounts()
                ? accountsFrom(after) : Collections.singletonList(null);
        List<AccountPoll> polls = new ArrayList<>();
        for (Account account : accounts) {
            polls.add(new AccountPoll(account, polls.isEmpty() ? after : null, today, ahead));
        }
        begin(polls.size());
        readAccounts(polls);
        if (polls.get(0).hasSkipped && isComplete()) {
            readAccounts(List.of(new AccountPoll(accounts.get(0), null, today, ahead)));
        }
        if (isComplete()) {
            progress().end();
        }
    }

    /** Returns the accounts, beginning with the one of the last record that an earlier poll delivered. */
    private List<Account> accountsFrom(RecordKey after) {
        List<Account> accounts = new ArrayList<>(getEndpoint().accountsMainFirst());
        for (int i = 0; after != null && i < accounts.size(); i++) {
            if (accounts.get(i).sid().equals(after.accountSid())) {
                Collections.rotate(accounts, -i);
                break;
            }
        }
        return accounts;
    }

    /** An account that cannot be read does not keep the others from being read. Fails only when none can be read. */
    private void readAccounts(List<AccountPoll> polls) {
        accountPolls = polls;
        int failures = 0;
        try {
            for (int i = 0; i < polls.size() && !isCut(); i++) {
                // The next accounts are opened early, so that their pages can be fetched while this one is read.
                polls.subList(i, Math.min(i + options.getParallelRequests(), polls.size())).forEach(AccountPoll::open);
                try {
                    polls.get(i).readWindows();
                } catch (TwilioApiException e) {
                    if (++failures == polls.size()) {
                        throw e;
                    }
                    LOG.warn("{} failed to read account {}; will retry at the next poll: {}", getEndpoint(),
                            polls.get(i).reader.accountSid(), e.getMessage());
                }
            }
        } finally {
            polls.forEach(AccountPoll::close);
            accountPolls = List.of();
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
        private final Deque<Listing> listings = new ConcurrentLinkedDeque<>();
        private Iterator<WindowPlan.Window> windows;
        private Position position;
        private RecordKey after;
        private boolean hasSkipped;
        private Set<RecordKey> missing = Set.of();
        private LocalDate firstDayListed;
        private volatile boolean closed;

        /**
         * @param account whose own usage to read, or null to read what the options say
         * @param after   the record behind which to begin, or null
         */
        AccountPoll(Account account, RecordKey after, LocalDate today, ReadAhead ahead) {
            this.reader = account == null ? reader() : getEndpoint().reader(account.sid());
            this.account = account;
            this.after = after;
            this.today = today;
            this.ahead = ahead;
        }

        /** Prepares the first listings; nothing is requested before {@link #readWindows}. */
        void open() {
            if (windows != null) {
                return;
            }
            position = positionOrElse(reader, this::start);
            if (!plan.isPossible(position, today)) {
                LOG.warn("{} found a position in the future in its state ({}, today is {}), and reads the look-back"
                        + " again. Earlier days may be missing: to be safe, reset the state", getEndpoint(), position,
                        today);
                position = plan.rewind(position, today);
                state().rewind(reader, position);
            }
            showWatermark();
            windows = plan.due(position, today);
            openListings();
        }

        /** Keeps just enough listings open for the requests that may run in parallel. */
        private void openListings() {
            while (windows.hasNext() && listings.size() <= options.getParallelRequests() && !closed) {
                listings.add(listing(windows.next()));
            }
        }

        private Listing listing(WindowPlan.Window window) {
            return new Listing(window,
                    getEndpoint().records(getEndpoint().query(null).between(window.from(), window.to()),
                            account, ahead));
        }

        /** A new subaccount begins where the main account did, so that none of its days is left out. */
        private Position start() {
            if (account == null) {
                return plan.start(today);
            }
            LocalDate mainStart = state().store().position(getEndpoint().reader(options.getAccountSid()))
                    .orElseGet(() -> plan.start(today)).firstDay();
            return Position.before(mainStart.isBefore(account.firstDay()) ? account.firstDay() : mainStart);
        }

        void readWindows() {
            try {
                beginAccount(plan.days(position, today), plan.isCatchingUp(position, today));
                while (!listings.isEmpty()) {
                    Listing listing = listings.peek();
                    if (!isRead(listing)) {
                        return;
                    }
                    advance(listing.window);
                    listings.remove().pages.close();
                    openListings();
                }
                progress().endAccount();
            } finally {
                close();
            }
        }

        /** Returns whether the window was read to its end, so that the watermark may move. */
        private boolean isRead(Listing listing) {
            try {
                missing = state().due().stream()
                        .filter(key -> reader.covers(key) && listing.window.contains(key.startDate()))
                        .collect(Collectors.toSet());
                boolean read = isDelivered(listing.pages);
                if (read && firstDayListed.equals(LocalDate.MAX) && plan.isByPeriod()) {
                    // Twilio lists every category of every day. An empty list may be a mistake, two are believed.
                    try (Pages<UsageRecord> again = listing(listing.window).pages) {
                        return isDelivered(again);
                    }
                }
                return read;
            } catch (TwilioApiException e) {
                if (e.status() == HttpStatus.SC_NOT_FOUND && today.equals(listing.window.from())) {
                    LOG.debug("{}: Twilio does not have {} yet", getEndpoint(), today);
                    return false;
                }
                throw e;
            }
        }

        private boolean isDelivered(Pages<UsageRecord> listing) {
            firstDayListed = LocalDate.MAX;
            Iterator<List<UsageRecord>> pages = isLeaf() ? new PeriodIterator(listing) : listing;
            while (pages.hasNext()) {
                if (!deliver(batch(changes(pages.next())))) {
                    return false;
                }
            }
            return true;
        }

        /** Returns the records of a page that are new or corrected, and not in flight. */
        private List<UsageChange> changes(List<UsageRecord> page) {
            countRead(page.size());
            // A list that moves between two requests may have a record twice: the later one counts.
            Map<RecordKey, UsageRecord> records = new LinkedHashMap<>();
            (isLeaf() ? LeafCategories.of(page) : page).forEach(usage -> records.put(reader.key(usage), usage));
            // Taken before the state is read, so that a record which completes in between is not delivered twice.
            Set<RecordKey> inFlight = state().inFlight();
            Map<RecordKey, UsageValues> last = state().store().lastDelivered(reader, records.keySet());
            List<UsageChange> changes = new ArrayList<>();
            records.forEach((key, usage) -> {
                UsageChange change = new UsageChange(key, Optional.ofNullable(last.get(key)), UsageValues.of(usage),
                        usage);
                firstDayListed = WindowPlan.earlier(firstDayListed, key.startDate());
                missing.remove(key);
                if (change.isUnchanged()) {
                    countUnchanged(1);
                    state().settle(key);
                } else if (!isWanted(change)) {
                    state().settle(key);
                } else if (after != null) {
                    hasSkipped = true;
                    state().postpone(key);
                } else if (inFlight.contains(key)) {
                    // One exchange at a time, or an older value could arrive after a newer one.
                    state().postpone(key);
                } else {
                    changes.add(change);
                }
                if (key.equals(after)) {
                    after = null;
                }
            });
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
            missing.forEach(state()::missed);
            if (!plan.isByPeriod()) {
                boolean empty = firstDayListed.equals(LocalDate.MAX);
                // An empty list is no reason to forget what was delivered.
                state().advance(reader, position, empty ? LocalDate.MIN : firstDayListed);
                return;
            }
            LocalDate completeUpTo = state().undelivered().filter(key -> key.accountSid().equals(reader.accountSid()))
                    .map(key -> key.startDate().minusDays(1))
                    .reduce(window.to(), WindowPlan::earlier);
            position = position.advancedTo(completeUpTo);
            state().advance(reader, position, WindowPlan.earlier(plan.readsFrom(position), firstDayListed));
            showWatermark();
            progress().endWindow(ChronoUnit.DAYS.between(window.from(), window.to()) + 1);
        }

        private void showWatermark() {
            if (plan.isByPeriod()) {
                RecordsConsumer.this.showWatermark(reader, position);
            }
        }

        /** Ends the requests in flight; what was not read is read by the next poll. */
        void close() {
            closed = true;
            listings.forEach(listing -> listing.pages.close());
            listings.clear();
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
