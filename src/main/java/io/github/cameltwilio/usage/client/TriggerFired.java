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
 * That a usage trigger fired, as Twilio tells in a callback.
 *
 * @param accountSid       the account that the trigger belongs to
 * @param triggerSid       the trigger
 * @param dateFired        when it fired
 * @param recurring        daily, monthly or yearly; null for a trigger that fires once
 * @param usageCategory    the category that is watched
 * @param triggerBy        the figure that is watched: count, usage or price
 * @param triggerValue     the value that fires it
 * @param currentValue     the value that was reached
 * @param usageRecordUri   where Twilio keeps the record that is watched
 * @param idempotencyToken the same for every call of one firing
 * @param otherParameters  what Twilio sends beyond these, under its names
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
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> otherParameters) {

    private static final Pattern ACCOUNT_SID = Pattern.compile("AC[0-9a-fA-F]{32}");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,30}(\\.[0-9]{1,30})?");
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]{1,1024}");
    // What steers Camel is named so, and these names came from outside.
    private static final Pattern CAMEL = Pattern.compile("camel", Pattern.CASE_INSENSITIVE);

    public TriggerFired {
        otherParameters = Collections.unmodifiableMap(new LinkedHashMap<>(otherParameters));
    }

    /**
     * Reads a callback's parameters. A signature does not say where one parameter ends and the next begins, so each has
     * to look like what it should be.
     *
     * @throws IllegalArgumentException when one is missing or odd; the message names it and quotes nothing
     */
    public static TriggerFired of(Map<String, String> parameters) {
        Map<String, String> rest = new TreeMap<>(parameters);
        String recurring = rest.getOrDefault("Recurring", "");
        rest.remove("Recurring");
        TriggerFired fired = new TriggerFired(
                take(rest, "AccountSid", ACCOUNT_SID),
                take(rest, "UsageTriggerSid", TwilioUsageClient.TRIGGER_SID),
                time(rest),
                recurring.isEmpty() ? null : checked("Recurring", recurring, WORD),
                take(rest, "UsageCategory", WORD),
                take(rest, "TriggerBy", WORD),
                new BigDecimal(take(rest, "TriggerValue", NUMBER)),
                new BigDecimal(take(rest, "CurrentValue", NUMBER)),
                take(rest, "UsageRecordUri", PRINTABLE),
                take(rest, "IdempotencyToken", PRINTABLE),
                Map.of());
        rest.remove(TwilioSignature.BODY_HASH);
        rest.keySet().removeIf(name -> CAMEL.matcher(name).lookingAt());
        return new TriggerFired(fired.accountSid, fired.triggerSid, fired.dateFired, fired.recurring,
                fired.usageCategory,
                fired.triggerBy, fired.triggerValue, fired.currentValue, fired.usageRecordUri, fired.idempotencyToken,
                rest);
    }

    /** The values by name, in the order above and typed as above. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("accountSid", accountSid);
        map.put("triggerSid", triggerSid);
        map.put("dateFired", dateFired);
        map.put("recurring", recurring);
        map.put("usageCategory", usageCategory);
        map.put("triggerBy", triggerBy);
        map.put("triggerValue", triggerValue);
        map.put("currentValue", currentValue);
        map.put("usageRecordUri", usageRecordUri);
        map.put("idempotencyToken", idempotencyToken);
        map.put("otherParameters", otherParameters);
        return map;
    }

    private static OffsetDateTime time(Map<String, String> parameters) {
        String text = parameters.remove("DateFired");
        try {
            return TwilioTimes.parse(text == null ? "" : text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("DateFired is missing or not what it should be");
        }
    }

    private static String take(Map<String, String> parameters, String name, Pattern shape) {
        return checked(name, parameters.remove(name), shape);
    }

    private static String checked(String name, String value, Pattern shape) {
        if (value == null || !shape.matcher(value).matches()) {
            throw new IllegalArgumentException(name + " is missing or not what it should be");
        }
        return value;
    }
}
