package io.github.cameltwilio.usage.simulator;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The account and its subaccounts, in order of creation. */
record SimulatedAccounts(SimulatedCredentials credentials, SimulatedAccount main,
        List<SimulatedAccount> subaccounts) {

    Optional<SimulatedAccount> find(String sid) {
        return all().stream().filter(account -> account.sid().equals(sid)).findFirst();
    }

    /**
     * Newest first, as in all of Twilio's lists, and with the auth token of each account, which Twilio includes too.
     */
    Map<String, Object> page(Paging paging) {
        List<SimulatedAccount> listed = new ArrayList<>(all());
        Collections.reverse(listed);
        return paging.page("accounts", listed.size(), row -> json(listed.get(row)));
    }

    List<SimulatedAccount> all() {
        List<SimulatedAccount> all = new ArrayList<>(List.of(main));
        all.addAll(subaccounts);
        return all;
    }

    private Map<String, Object> json(SimulatedAccount account) {
        String created = SimulatedTrigger.RFC_2822.format(account.created().atTime(9, 30).atOffset(ZoneOffset.UTC));
        String uri = "/2010-04-01/Accounts/" + account.sid();
        Map<String, Object> json = new TreeMap<>();
        json.put("auth_token", credentials.tokenOf(account.sid()));
        json.put("date_created", created);
        json.put("date_updated", created);
        json.put("friendly_name", account.friendlyName());
        json.put("owner_account_sid", main.sid());
        json.put("sid", account.sid());
        json.put("status", "active");
        json.put("subresource_uris", Map.of("usage", uri + "/Usage.json"));
        json.put("type", "Full");
        json.put("uri", uri + ".json");
        return json;
    }
}
