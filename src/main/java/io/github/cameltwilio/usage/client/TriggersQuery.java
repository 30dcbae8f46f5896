package io.github.cameltwilio.usage.client;

import java.util.ArrayList;
import java.util.List;

import org.apache.hc.core5.http.NameValuePair;

/**
 * Selects the usage triggers to list. A null component selects all.
 *
 * @param recurring     {@code alltime} selects triggers that fire once
 * @param usageCategory one category
 * @param pageSize      triggers per request, 1 to 1000
 */
public record TriggersQuery(Recurring recurring, TriggerBy triggerBy, String usageCategory, int pageSize) {

    /** Selects all triggers of the account. */
    public static TriggersQuery all(int pageSize) {
        return new TriggersQuery(null, null, null, pageSize);
    }

    /** The parameters other than the page size. */
    List<NameValuePair> parameters() {
        List<NameValuePair> parameters = new ArrayList<>();
        PageCursor.add(parameters, "Recurring", recurring);
        PageCursor.add(parameters, "TriggerBy", triggerBy);
        PageCursor.add(parameters, "UsageCategory", usageCategory);
        return parameters;
    }

    Operation operation() {
        return new Operation("list usage triggers" + (usageCategory == null ? "" : " of " + usageCategory),
                Operation.Kind.READ);
    }
}
