package io.github.cameltwilio.usage;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.Pages;
import io.github.cameltwilio.usage.client.RecordsQuery;
import io.github.cameltwilio.usage.client.TwilioUsageClient;
import io.github.cameltwilio.usage.client.UsageRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts that {@code splitSubaccounts} reads: all that Twilio lists, or those that the options choose by SID, and
 * of these only one shard if there are several.
 */
final class AccountSelection {
    private static final Logger LOG = LoggerFactory.getLogger(AccountSelection.class);

    private final TwilioUsageEndpoint endpoint;
    private final Set<String> chosen;
    private final Set<String> excluded;
    private final Shard shard;
    private volatile Set<String> missing = Set.of();
    private volatile String mainAccountName;

    /** @throws IllegalArgumentException when an option is invalid, or cannot matter */
    AccountSelection(TwilioUsageEndpoint endpoint) {
        TwilioUsageConfiguration options = endpoint.getConfiguration();
        this.endpoint = endpoint;
        this.chosen = sids("accounts", options.getAccounts());
        this.excluded = sids("excludeAccounts", options.getExcludeAccounts());
        // An empty text is an error, or every node would read all accounts.
        this.shard = options.getShard() == null ? null : Shard.of(new OptionValue("shard", options.getShard()));
        String given = chosen != null ? "accounts" : excluded != null ? "excludeAccounts" : shard != null ? "shard"
                : options.isAccountDetails() ? "accountDetails" : null;
        if (given != null && !options.isSplitSubaccounts()) {
            throw new IllegalArgumentException(given + " needs splitSubaccounts=true: without it, accounts are not read"
                    + " separately");
        }
        if (chosen != null && excluded != null) {
            throw new IllegalArgumentException("accounts and excludeAccounts cannot be combined: remove one of them");
        }
    }

    private static Set<String> sids(String option, String value) {
        return value == null ? null : Arrays.stream(value.split(",", -1))
                .map(sid -> new OptionValue(option, sid.strip()).asAccountSid()).collect(Collectors.toSet());
    }

    /** Lists the records of each account, one account after the other. */
    Pages<UsageRecord> records(TwilioUsageClient client, RecordsQuery query) {
        Map<String, Account> accounts = new HashMap<>();
        Map<String, RecordsQuery> queries = new LinkedHashMap<>();
        list().forEach(account -> query.ofItself(account).ifPresent(own -> {
            accounts.put(account.sid(), account);
            queries.put(account.sid(), own);
        }));
        return client.records(queries, endpoint.readAhead())
                .map(page -> page.stream().map(usage -> detailed(usage, accounts.get(usage.accountSid()))).toList());
    }

    /** Adds the details of the account, if they are requested and known. */
    UsageRecord detailed(UsageRecord usage, Account account) {
        return account == null || !endpoint.getConfiguration().isAccountDetails() ? usage
                : usage.withAccount(account.friendlyName(), account.status());
    }

    /**
     * Returns the accounts of the shard, of which there may be none.
     *
     * @throws IllegalStateException when no account is left for any shard
     */
    List<Account> list() {
        List<Account> listed = endpoint.accounts().toList();
        mainAccountName = listed.stream()
                .filter(account -> endpoint.getConfiguration().getAccountSid().equals(account.sid())).findFirst()
                .map(Account::friendlyName).orElse(null);
        List<Account> selected = listed.stream().filter(this::isSelected).toList();
        Set<String> unlisted = new TreeSet<>(chosen != null ? chosen : excluded != null ? excluded : Set.of());
        listed.forEach(account -> unlisted.remove(String.valueOf(account.sid())));
        if (selected.isEmpty()) {
            throw new IllegalStateException(listed.isEmpty()
                    ? "Twilio lists no account, not even " + endpoint.getConfiguration().getAccountSid()
                    : chosen == null ? "excludeAccounts leaves no account to read"
                            : "Twilio lists none of the accounts " + String.join(", ", unlisted));
        }
        if (!unlisted.isEmpty() && !unlisted.equals(missing)) {
            LOG.warn(chosen != null ? "{}: Twilio does not list some of the chosen accounts, so they are not read: {}"
                    : "{}: Twilio does not list some of excludeAccounts, so check their SIDs: {}", endpoint,
                    String.join(", ", unlisted));
        }
        missing = unlisted;
        return shard == null ? selected
                : selected.stream().filter(account -> shard.contains(String.valueOf(account.sid()))).toList();
    }

    /** The name of the account that authenticates, as it was last listed; null if no accounts were listed. */
    String mainAccountName() {
        return mainAccountName;
    }

    /** Returns null if the option shard is not set. */
    Shard shard() {
        return shard;
    }

    private boolean isSelected(Account account) {
        return chosen != null ? account.sid() != null && chosen.contains(account.sid())
                : excluded == null || account.sid() == null || !excluded.contains(account.sid());
    }
}
