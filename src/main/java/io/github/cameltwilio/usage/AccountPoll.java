package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.ReadAhead;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.delivery.Fingerprint;
import io.github.cameltwilio.usage.delivery.PeriodIterator;
import io.github.cameltwilio.usage.delivery.WindowPlan;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageChange;
import io.github.cameltwilio.usage.state.UsageValues;
import org.apache.hc.core5.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of a poll that reads one account; without {@code splitSubaccounts} it is the whole poll. */
final class AccountPoll {
    private static final Logger LOG = LoggerFactory.getLogger(AccountPoll.class);

    private final RecordsConsumer consumer;
    private final TwilioUsageEndpoint endpoint;
    private final TwilioUsageConfiguration options;
    private final WindowPlan plan;
    private final ConsumerState state;
    private final ReaderId reader;
    private final DeepLookback deepLookback;
    private final Account account;
    private final boolean isLeaf;
    private final ReadAhead ahead;
    private final Fingerprint fingerprint = new Fingerprint();
    private final Deque<Listing> listings = new ConcurrentLinkedDeque<>();
    private LocalDate today;
    private Iterator<WindowPlan.Window> windows;
    private Position position;
    private RecordKey after;
    private boolean hasSkipped;
    private AccountWatermark watermark;
    private boolean isSecondReading;
    private volatile boolean closed;

    private record Listing(WindowPlan.Window window, Pages<UsageRecord> pages) {
    }

    /**
     * @param account the account whose own usage is read, or null to read what the options select
     * @param after   the record after which to begin, or null to begin with the first one
     */
    AccountPoll(RecordsConsumer consumer, Account account, RecordKey after, LocalDate today, ReadAhead ahead) {
        this.consumer = consumer;
        this.endpoint = consumer.getEndpoint();
        this.options = endpoint.getConfiguration();
        this.plan = consumer.plan();
        this.state = consumer.state();
        this.reader = account == null ? consumer.reader() : endpoint.reader(account.sid());
        this.deepLookback = new DeepLookback(plan, state, reader);
        this.account = account;
        this.isLeaf = options.getRollup() == Rollup.leaf;
        this.after = after;
        this.today = today;
        this.ahead = ahead;
    }

    ReaderId reader() {
        return reader;
    }

    /** Returns whether due records were skipped because they precede the one to begin after. */
    boolean hasSkipped() {
        return hasSkipped;
    }

    /** Prepares the first listings; nothing is requested before {@link #readWindows}. */
    void open() {
        if (windows != null) {
            return;
        }
        position = state.positionOrElse(reader, this::start);
        state.leaveToOthers(reader, position);
        windows = deepLookback.windows(position, today);
        if (plan.isByPeriod()) {
            consumer.metrics().showWatermark(reader, position);
        }
        openListings();
    }

    /**
     * Finds out whether the position or Twilio's clock is wrong. Twilio never lists a day before it comes, but a list
     * may be empty by mistake. If both may be wrong, nothing is read.
     */
    private void settleFuture() {
        LocalDate last = position.watermark();
        boolean hasRead = !last.isBefore(position.firstDay());
        if (hasRead && consumer.isListed(last, account)) {
            consumer.warnOfClock(today, last);
            today = last;
        } else if (!consumer.isListed(today, account) || hasRead && consumer.isListed(last, account)) {
            consumer.warnOfFuture(today, position);
        } else {
            LOG.warn("{}: the stored {} is in the future (Twilio's date is {}), so the whole look-back is read"
                    + " again. Earlier days may be missing: to be safe, reset the state", endpoint, position, today);
            position = plan.rewind(position, today);
            state.rewind(reader, position);
            consumer.metrics().showWatermark(reader, position);
        }
        windows = deepLookback.windows(position, today);
        openListings();
    }

    /** Keeps just enough listings open for the requests that may run in parallel. */
    private void openListings() {
        while (windows.hasNext() && listings.size() <= options.getParallelRequests() && !closed) {
            listings.add(listing(windows.next()));
        }
    }

    private Listing listing(WindowPlan.Window window) {
        return new Listing(window, endpoint.records(endpoint.query(window), account, ahead));
    }

    /** A new subaccount begins where the main account did, or the first of the others if that one is not read. */
    private Position start() {
        if (account == null) {
            return plan.start(today);
        }
        LocalDate mainStart = consumer.firstDay(today);
        return Position.before(mainStart.isBefore(account.firstDay()) ? account.firstDay() : mainStart);
    }

    void readWindows() {
        try {
            if (!plan.isPossible(position, today)) {
                settleFuture();
            }
            consumer.beginAccount(deepLookback.days(position), plan.isCatchingUp(position, today));
            if (listings.isEmpty() && !closed) {
                // Perhaps nothing is due only because Twilio's date was wrong. Without a request, it would stay wrong.
                endpoint.client().requestTime();
            }
            watermark = new AccountWatermark(consumer, reader, position, today, deepLookback);
            while (!listings.isEmpty()) {
                Listing listing = listings.peek();
                if (!readToEnd(listing) || watermark.isDoubtful(listing.window) && !readAgain(listing.window)) {
                    return;
                }
                watermark.endWindow(listing.window);
                consumer.progress().endWindow(listing.window);
                if (!watermark.isEmpty() && !readEmptyWindows()) {
                    return;
                }
                listings.remove().pages.close();
                openListings();
            }
            if (readEmptyWindows()) {
                if (!watermark.isHeld()) {
                    deepLookback.end();
                }
                consumer.progress().endAccount(hasSkipped);
            }
        } finally {
            close();
        }
    }

    /** Reads empty windows again, once Twilio has listed later ones or no more windows are due. */
    private boolean readEmptyWindows() {
        for (WindowPlan.Window next; (next = watermark.emptyWindow()) != null;) {
            if (!readAgain(next)) {
                return false;
            }
            watermark.settleEmptyWindow();
        }
        return true;
    }

    /**
     * A list may lack or contradict a record by mistake. If a second list lacks the record too, it does not exist.
     */
    private boolean readAgain(WindowPlan.Window window) {
        Listing again = listing(window);
        isSecondReading = true;
        try {
            return readToEnd(again);
        } finally {
            isSecondReading = false;
            again.pages.close();
        }
    }

    /** Returns whether the window was read to its end. */
    private boolean readToEnd(Listing listing) {
        watermark.beginWindow(listing.window);
        try {
            Iterator<List<UsageRecord>> pages = isLeaf ? new PeriodIterator(listing.pages) : listing.pages;
            while (pages.hasNext()) {
                List<UsageChange> changes = changes(pages.next());
                // After the values were read, so that none of them can have been forgotten unnoticed.
                if (!changes.isEmpty() && watermark.isOvertaken(listing.window)
                        || !consumer.deliver(batch(changes))) {
                    return false;
                }
            }
            return true;
        } catch (TwilioApiException e) {
            if (e.status() == HttpStatus.SC_NOT_FOUND && today.equals(listing.window.from())) {
                LOG.debug("{}: Twilio does not have {} yet", endpoint, today);
                consumer.progress().endAccount(hasSkipped);
                return false;
            }
            throw e;
        }
    }

    /** Returns the records of a page that are new or corrected, and not in flight. */
    private List<UsageChange> changes(List<UsageRecord> page) {
        consumer.metrics().read.add(page.size());
        PageRecords listed = isLeaf
                ? PageRecords.leavesOf(page, reader, watermark::firstOf, consumer.categories(reader))
                : PageRecords.of(page, reader, watermark::firstOf);
        consumer.metrics().showSpend(account, listed.byKey().values());
        // Taken before the state is read, so that a record which completes in between is not delivered twice.
        Set<RecordKey> inFlight = state.inFlight();
        Map<RecordKey, UsageValues> last = state.store().lastDelivered(reader, listed.byKey().keySet());
        List<UsageChange> changes = new ArrayList<>();
        listed.byKey().forEach((key, usage) -> {
            UsageChange change = new UsageChange(key, Optional.ofNullable(last.get(key)), UsageValues.of(usage),
                    endpoint.accountSelection().detailed(usage, account));
            if (listed.withdrawn().contains(key) && !change.isUpdate() && !inFlight.contains(key)) {
                return;
            }
            boolean isFirst = listed.unlisted().contains(key) ? !watermark.hasListed(key)
                    : watermark.listed(key, usage);
            if (inFlight.contains(key)) {
                // One exchange at a time, or an older value could arrive after a newer one. What is listed now is
                // compared in the next poll with what is in flight.
                state.postpone(key);
            } else if (!isWanted(change)) {
                consumer.metrics().unchanged.add(change.isUnchanged() ? 1 : 0);
                if (isFirst) {
                    state.settle(key);
                }
            } else if (after != null) {
                hasSkipped = true;
                state.postpone(key);
            } else if (isSecondReading && state.isDue(key)) {
                // Records that failed in this poll are retried in the next one.
                state.postpone(key);
            } else if (isFirst) {
                changes.add(change);
            } else if (!state.isDue(key)) {
                watermark.contradicted(key);
            }
            if (key.equals(after)) {
                after = null;
            }
        });
        return changes;
    }

    private List<Delivery> batch(List<UsageChange> changes) {
        if (options.isSplitResult()) {
            LocalDate mayChangeFrom = plan.mayChangeFrom(today);
            return changes.stream().map(change -> new Delivery(consumer, reader, List.of(change),
                    message -> UsageMessages.change(message, endpoint, change, fingerprint, mayChangeFrom, account)))
                    .toList();
        }
        return changes.isEmpty() ? List.of()
                : List.of(new Delivery(consumer, reader, changes,
                        message -> UsageMessages.changes(message, endpoint, changes, account)));
    }

    /** Ends the requests in flight; the next poll reads the rest. */
    void close() {
        closed = true;
        listings.forEach(listing -> listing.pages.close());
        listings.clear();
    }

    /**
     * With {@code skipEmpty} a record counts from its first usage on; later corrections to zero are delivered. After an
     * exchange failed, the sink may have other values than those delivered last, unless a transaction rolled it back.
     */
    private boolean isWanted(UsageChange change) {
        return options.getTransactedPolicy() == null && state.hasFailed(change.key()) || !change.isUnchanged()
                && (change.isUpdate() || !options.isSkipEmpty() || change.usage().hasUsage());
    }
}
