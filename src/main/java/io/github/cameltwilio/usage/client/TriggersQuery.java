package io.github.cameltwilio.usage.client;

import java.util.StringJoiner;

/**
 * Which usage triggers to list; null where any will do.
 *
 * @param recurring     {@code alltime} for those that fire once
 * @param usageCategory one category
 * @param pageSize      triggers a request, 1 to 1000
 */
public record TriggersQuery(Recurring recurring, TriggerBy triggerBy, String usageCategory, int pageSize) {

    /** All of the account's. */
    public static TriggersQuery all(int pageSize) {
        return new TriggersQuery(null, null, null, pageSize);
    }

    String queryString() {
        StringJoiner query = new StringJoiner("&");
        if (recurring != null) {
            query.add("Recurring=" + recurring);
        }
        if (triggerBy != null) {
            query.add("TriggerBy=" + triggerBy);
        }
        if (usageCategory != null) {
            query.add("UsageCategory=" + usageCategory);
        }
        return query.add("PageSize=" + pageSize).toString();
    }

    Operation operation() {
        return Operation.read("list usage triggers" + (usageCategory == null ? "" : " of " + usageCategory));
    }
}
