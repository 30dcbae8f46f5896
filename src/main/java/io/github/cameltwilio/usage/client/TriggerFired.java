package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;

/**
 * A firing of a usage trigger, as reported by a callback.
 *
 * @param accountSid       the trigger's account
 * @param triggerSid       the trigger's SID
 * @param dateFired        when it fired
 * @param recurring        daily, monthly or yearly; null for a trigger that fires once
 * @param usageCategory    the watched category
 * @param triggerBy        the watched figure: count, usage or price
 * @param triggerValue     the value at which the trigger fires
 * @param currentValue     the value that usage reached
 * @param usageRecordUri   the path of the watched record in Twilio's API
 * @param idempotencyToken identifies the firing; every callback of one firing has the same token
 * @param otherParameters  any further parameters, under the names Twilio gave them
 */
public record TriggerFired(
        String accountSid,
        String triggerSid,
        @JsonSerialize(using = TimeSerializer.class) OffsetDateTime dateFired,
        String recurring,
        String usageCategory,
        String triggerBy,
        BigDecimal triggerValue,
        BigDecimal currentValue,
        String usageRecordUri,
        String idempotencyToken,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> otherParameters) implements TwilioValue {

    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,30}(\\.[0-9]{1,30})?");
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]{1,1024}");
    // Camel interprets names with this prefix, and these names come from outside.
    private static final Pattern CAMEL = Pattern.compile("camel", Pattern.CASE_INSENSITIVE);

    public TriggerFired {
        otherParameters = Collections.unmodifiableMap(new LinkedHashMap<>(otherParameters));
    }

    /**
     * Reads the parameters of a callback. The signature does not cover where one parameter ends and the next begins, so
     * each is checked against its pattern.
     *
     * @throws IllegalArgumentException if one is missing or malformed; the message names it without quoting it
     */
    public static TriggerFired of(Map<String, String> parameters) {
        Map<String, String> rest = new TreeMap<>(parameters);
        // Arguments are evaluated in order: the last one holds what the others did not take.
        return new TriggerFired(
                take(rest, "AccountSid", TwilioUsageClient.ACCOUNT_SID),
                take(rest, "UsageTriggerSid", TwilioUsageClient.TRIGGER_SID),
                time(rest),
                recurring(rest.remove("Recurring")),
                take(rest, "UsageCategory", WORD),
                take(rest, "TriggerBy", WORD),
                new BigDecimal(take(rest, "TriggerValue", NUMBER)),
                new BigDecimal(take(rest, "CurrentValue", NUMBER)),
                take(rest, "UsageRecordUri", PRINTABLE),
                take(rest, "IdempotencyToken", PRINTABLE),
                others(rest));
    }

    private static String recurring(String text) {
        return text == null || text.isEmpty() ? null : checked("Recurring", text, WORD);
    }

    private static Map<String, String> others(Map<String, String> parameters) {
        parameters.remove(TwilioSignature.BODY_HASH);
        parameters.keySet().removeIf(name -> CAMEL.matcher(name).lookingAt());
        return parameters;
    }

    private static OffsetDateTime time(Map<String, String> parameters) {
        String text = parameters.remove("DateFired");
        try {
            return ValueParser.time(text == null ? "" : text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("DateFired is missing or malformed");
        }
    }

    private static String take(Map<String, String> parameters, String name, Pattern pattern) {
        return checked(name, parameters.remove(name), pattern);
    }

    private static String checked(String name, String value, Pattern pattern) {
        if (value == null || !pattern.matcher(value).matches()) {
            throw new IllegalArgumentException(name + " is missing or malformed");
        }
        return value;
    }
}
