package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The parameters of a usage trigger, under Twilio's names; null for one that is not given.
 *
 * @param callbackUrl  may hold a secret of the user's, so no message quotes it
 * @param triggerValue  a number, or {@code +30} for so much more than the current value
 * @param friendlyName  at most 64 characters
 */
public record TriggerParameters(String callbackUrl, String triggerValue, String usageCategory,
        CallbackMethod callbackMethod, String friendlyName, Recurring recurring,
        TriggerBy triggerBy) {

    private static final int LONGEST_NAME = 64;

    /**
     * The same with a name: the one it has, or one that follows from what Twilio lets nobody change. Equal wishes have
     * equal names, and a name is no longer than Twilio takes.
     */
    public TriggerParameters named() {
        if (friendlyName != null) {
            return this;
        }
        String name = "camel " + usageCategory.toLowerCase(Locale.ROOT)
                + " " + (triggerBy == null ? TriggerBy.usage : triggerBy)
                + " " + value().stripTrailingZeros().toPlainString()
                + " " + (recurring == null ? Recurring.alltime : recurring);
        return new TriggerParameters(callbackUrl, triggerValue, usageCategory, callbackMethod,
                name.length() > LONGEST_NAME ? shortened(name) : name, recurring, triggerBy);
    }

    BigDecimal value() {
        return new BigDecimal(triggerValue);
    }

    private static String shortened(String name) {
        String hash = TwilioSignature.bodyHash(name.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
        return name.substring(0, LONGEST_NAME - hash.length() - 1) + " " + hash;
    }

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
        return Operation.create("create usage trigger" + name + " of " + usageCategory + " at " + triggerValue);
    }

    private static void put(Map<String, String> form, String name, Object value) {
        if (value != null) {
            form.put(name, value.toString());
        }
    }
}
