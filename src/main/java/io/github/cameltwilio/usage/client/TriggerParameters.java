package io.github.cameltwilio.usage.client;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parameters of a usage trigger, under Twilio's names; null for one that is not given.
 *
 * @param callbackUrl   may hold a secret of the user's, so no message quotes it
 * @param triggerValue  a number, or {@code +30} for so much more than the current value
 * @param friendlyName  at most 64 characters
 */
public record TriggerParameters(String callbackUrl, String triggerValue, String usageCategory,
                                CallbackMethod callbackMethod, String friendlyName, Recurring recurring,
                                TriggerBy triggerBy) {

    /** The part that Twilio lets change; it would take the others without a word, and leave them as they were. */
    TriggerParameters changeable() {
        return new TriggerParameters(callbackUrl, null, null, callbackMethod, friendlyName, null, null);
    }

    Map<String, String> form() {
        Map<String, String> form = new LinkedHashMap<>();
        put(form, "CallbackUrl", callbackUrl);
        put(form, "TriggerValue", triggerValue);
        put(form, "UsageCategory", usageCategory);
        put(form, "CallbackMethod", callbackMethod);
        put(form, "FriendlyName", friendlyName);
        put(form, "Recurring", recurring);
        put(form, "TriggerBy", triggerBy);
        return form;
    }

    Operation creation() {
        String name = friendlyName == null ? "" : " \"" + TwilioApiException.printable(friendlyName) + "\"";
        return Operation.change("create usage trigger" + name + " of " + usageCategory + " at " + triggerValue);
    }

    private static void put(Map<String, String> form, String name, Object value) {
        if (value != null) {
            form.put(name, value.toString());
        }
    }
}
