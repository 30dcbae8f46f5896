package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The parameters of a usage trigger, named as in Twilio's API. A null component is not sent.
 *
 * @param callbackUrl  may contain a secret of the user, so no message quotes it
 * @param triggerValue a number, or {@code +30} for 30 above the current value
 * @param friendlyName at most 64 characters
 */
public record TriggerParameters(String callbackUrl, String triggerValue, String usageCategory,
        CallbackMethod callbackMethod, String friendlyName, Recurring recurring,
        TriggerBy triggerBy) {

    private static final int MAX_NAME_LENGTH = 64;

    /**
     * Adds a name if there is none, derived from the settings that cannot be changed, so that equal triggers get equal
     * names.
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
                name.length() > MAX_NAME_LENGTH ? shortened(name) : name, recurring, triggerBy);
    }

    BigDecimal value() {
        return new BigDecimal(triggerValue);
    }

    private static String shortened(String name) {
        String hash = TwilioSignature.bodyHash(name.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
        return name.substring(0, MAX_NAME_LENGTH - hash.length() - 1) + " " + hash;
    }

    /** Only the parameters that can be changed. Twilio would silently ignore the others. */
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
        return new Operation("create usage trigger" + name + " of " + usageCategory + " at " + triggerValue,
                Operation.Kind.CREATE);
    }

    private static void put(Map<String, String> form, String name, Object value) {
        if (value != null) {
            form.put(name, value.toString());
        }
    }
}
