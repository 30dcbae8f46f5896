package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.ReadAhead;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.TwilioUsageClient;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.delivery.LeafCategories;
import io.github.cameltwilio.usage.delivery.WindowPlan;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
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
    private final EmptyLists emptyLists = new EmptyLists();
    // Grows with the categories that Twilio has, a few hundred.
    private final Set<String> categories = new HashSet<>();
    private final Set<ReaderId> knownReaders = new HashSet<>();
    // The accounts whose stored position does not begin after startDate.
    private final Set<ReaderId> withStartDate = new HashSet<>();
    private volatile List<AccountPoll> accountPolls = List.of();
    // Errors for accounts that another consumer delivers from the same state.
    private Map<ReaderId, String> conflicts = Map.of();
    private LocalDate warnedOf;
    private LocalDate warnedOfContradiction;

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
        rejectEarlierStartDate(accounts, today);
        List<AccountPoll> polls = new ArrayList<>();
        for (Account account : accounts) {
            polls.add(new AccountPoll(this, account, polls.isEmpty() ? after : null, today, ahead));
        }
        begin(polls.size());
        metrics().keepOnly(polls.stream().map(AccountPoll::reader).toList());
        readAccounts(polls);
        if (!polls.isEmpty() && polls.get(0).hasSkipped() && isComplete()) {
            readAccounts(List.of(new AccountPoll(this, accounts.get(0), null, today, ahead)));
        }
        requireNoConflicts();
        if (isComplete()) {
            progress().end();
            getEndpoint().warnOfUnknownCategories();
        }
    }

    /** The other accounts are delivered, but the error must not be overlooked. */
    private void requireNoConflicts() {
        if (!conflicts.isEmpty()) {
            throw new IllegalStateException(String.join("; ", conflicts.values()));
        }
    }

    /** The day at which a new account begins, so that none of its days is left out. */
    LocalDate firstDay(LocalDate today) {
        // The main account, or without it the others, may be younger than the first poll, or than startDate.
        LocalDate start = plan.start(today).firstDay();
        return state().store().position(reader()).map(main -> WindowPlan.earlier(start, main.firstDay()))
                .orElseGet(() -> accountPolls.stream()
                        .flatMap(poll -> state().store().position(poll.reader()).stream()).map(Position::firstDay)
                        .reduce(start, WindowPlan::earlier));
    }

    /** The state does not know what was delivered before its first day, so an earlier start needs another state. */
    private void rejectEarlierStartDate(List<Account> accounts, LocalDate today) {
        if (options.getStartDate() == null || !plan.isByPeriod()) {
            return;
        }
        LocalDate start = plan.start(today).firstDay();
        for (Account account : accounts) {
            ReaderId reader = account == null ? reader() : reader(account);
            Position position = withStartDate.contains(reader) ? null : state().store().position(reader).orElse(null);
            if (position == null || position.watermark().isAfter(today)) {
                continue;
            }
            LocalDate first = account == null || account.firstDay().isBefore(start) ? start : account.firstDay();
            if (first.isBefore(position.firstDay())) {
                throw new OptionValue("startDate", options.getStartDate()).invalid("is before " + position.firstDay()
                        + ", where the stored position of " + reader.accountSid() + " begins, and earlier days cannot"
                        + " be added to it: restore the previous startDate, or start over with another stateFile or"
                        + " stateRepository. If it was not changed, Twilio's clock was ahead when the first day was"
                        + " determined");
            }
            withStartDate.add(reader);
        }
    }

    /** Returns the accounts, beginning with the main one, or with the one in which an earlier poll ended. */
    private List<Account> accountsFrom(RecordKey after) {
        List<Account> accounts = new ArrayList<>();
        for (Account account : getEndpoint().accountSelection().list()) {
            if (account.sid() != null && TwilioUsageClient.isAccountSid(account.sid())) {
                accounts.add(account);
            } else {
                LOG.warn("{}: ignoring an account that Twilio lists with an invalid SID: {}", getEndpoint(),
                        account.sid() == null ? "null" : RecordKey.part(account.sid()));
            }
        }
        conflicts = OpenStates.claim(state(), accounts.stream().map(this::reader).collect(Collectors.toSet()));
        accounts.removeIf(account -> conflicts.containsKey(reader(account)));
        if (accounts.isEmpty() && options.getShard() == null) {
            requireNoConflicts();
            throw new IllegalStateException("Twilio lists no account, not even " + options.getAccountSid());
        }
        accounts.sort(Comparator.comparing(account -> !account.sid().equals(options.getAccountSid())));
        for (int i = 0; after != null && i < accounts.size(); i++) {
            if (accounts.get(i).sid().equals(after.accountSid())) {
                Collections.rotate(accounts, -i);
                break;
            }
        }
        return accounts;
    }

    private ReaderId reader(Account account) {
        return getEndpoint().reader(account.sid());
    }

    /** Continues after an account that cannot be read, and fails only if none can be read. */
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
                            polls.get(i).reader().accountSid(), e.getMessage());
                }
            }
        } finally {
            polls.forEach(AccountPoll::close);
            accountPolls = List.of();
        }
    }

    /** Returns whether Twilio lists anything for a day. */
    boolean isListed(LocalDate day, Account account) {
        try (Pages<UsageRecord> pages = getEndpoint().records(
                getEndpoint().query(new WindowPlan.Window(day, day)), account, getEndpoint().readAhead())) {
            return !pages.toList().isEmpty();
        } catch (TwilioApiException e) {
            if (e.status() == HttpStatus.SC_NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    /** Warns once per day, and not at each poll. */
    void warnOfClock(LocalDate today, LocalDate listed) {
        if (isFirstWarning(today)) {
            LOG.warn("{}: by Twilio's clock it is {}, but Twilio has already listed {}. No later day is read until the"
                    + " clock is right", getEndpoint(), today, listed);
        }
    }

    /** Warns once per day, and not at each poll. */
    void warnOfFuture(LocalDate today, Position position) {
        if (isFirstWarning(today)) {
            LOG.warn("{}: by Twilio's clock it is {}, but the stored position is {}. Nothing is read until the clock is"
                    + " right, or Twilio lists usage of {}", getEndpoint(), today, position, today);
        }
    }

    private boolean isFirstWarning(LocalDate today) {
        boolean isFirst = !today.equals(warnedOf);
        warnedOf = today;
        return isFirst;
    }

    /** Warns once per day, and not at each poll. */
    void warnOfContradiction(LocalDate today, RecordKey key) {
        if (!today.equals(warnedOfContradiction)) {
            warnedOfContradiction = today;
            LOG.warn("{}: Twilio lists {} twice in one list, with different values. The first one counts",
                    getEndpoint(), key);
        }
    }

    WindowPlan plan() {
        return plan;
    }

    EmptyLists emptyLists() {
        return emptyLists;
    }

    /** The categories that Twilio has listed since the consumer was created, and those that were delivered before. */
    Set<String> categories(ReaderId reader) {
        if (!knownReaders.contains(reader)) {
            categories.addAll(LeafCategories.namesAmong(state().store().categories(reader)));
            knownReaders.add(reader);
        }
        return categories;
    }

    @Override
    protected void doStop() throws Exception {
        // Wakes the thread that polls if it waits for a response.
        accountPolls.forEach(AccountPoll::close);
        super.doStop();
    }
}
