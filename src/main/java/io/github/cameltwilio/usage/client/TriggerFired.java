package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.cameltwilio.usage.client.JsonTimes.Time;

/**
 * A firing of a usage trigger, whether a callback reported it or a poll found it.
 *
 * @param accountSid       the trigger's account
 * @param triggerSid       the trigger's SID
 * @param friendlyName     the trigger's name; null in a callback, which Twilio sends without it
 * @param dateFired        when it fired; the time of receipt if Twilio's could not be read
 * @param recurring        daily, monthly or yearly; null for a trigger that fires once
 * @param usageCategory    the watched category
 * @param triggerBy        the watched figure: count, usage or price
 * @param triggerValue     the value at which the trigger fires; null if it could not be read
 * @param currentValue     the value that usage had reached when the callback was sent or the trigger was polled; null
 *                         if it could not be read
 * @param usageRecordUri   the path of the watched record in Twilio's API
 * @param idempotencyToken identifies the firing; every callback of one firing has the same token. Null if it was polled
 * @param otherParameters  further values and those that could not be read, under the names that Twilio gave them
 */
public record TriggerFired(
        String accountSid,
        String triggerSid,
        String friendlyName,
        @Time OffsetDateTime dateFired,
        String recurring,
        String usageCategory,
        String triggerBy,
        BigDecimal triggerValue,
        BigDecimal currentValue,
        String usageRecordUri,
        String idempotencyToken,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> otherParameters) implements TwilioValue {

    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern WORD_OR_EMPTY = Pattern.compile("[A-Za-z0-9_-]{0,64}");
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]{1,1024}");
    private static final String DATE_FIRED = "DateFired";
    private static final String IDEMPOTENCY_TOKEN = "IdempotencyToken";
    // Camel interprets names with this prefix, and these names come from outside.
    private static final Pattern CAMEL = Pattern.compile("camel", Pattern.CASE_INSENSITIVE);

    public TriggerFired {
        otherParameters = otherParameters == null ? Map.of()
                : Collections.unmodifiableMap(new LinkedHashMap<>(otherParameters));
    }

    /**
     * Reads the parameters of a callback. The signature does not cover where one parameter ends and the next begins, so
     * all are required, and each is checked against its pattern. A time or number in an unknown form loses no alert:
     * its text stays in {@link #otherParameters}, the number is null, and the time is that of receipt.
     *
     * @throws IllegalArgumentException if one is missing or malformed; the message names it without quoting it
     */
    public static TriggerFired of(Map<String, String> parameters, Instant received) {
        NavigableMap<String, String> rest = new TreeMap<>(parameters);
        OffsetDateTime dateFired = time(rest, received);
        String recurring = take(rest, "Recurring", WORD_OR_EMPTY);
        // Arguments are evaluated in order: the last one holds what the others did not take.
        return new TriggerFired(
                take(rest, "AccountSid", TwilioUsageClient.ACCOUNT_SID),
                take(rest, "UsageTriggerSid", TwilioUsageClient.TRIGGER_SID),
                null,
                dateFired,
                recurring.isEmpty() || recurring.equals("alltime") ? null : recurring,
                take(rest, "UsageCategory", WORD),
                take(rest, "TriggerBy", WORD),
                number(rest, "TriggerValue"),
                number(rest, "CurrentValue"),
                take(rest, "UsageRecordUri", PRINTABLE),
                take(rest, IDEMPOTENCY_TOKEN, PRINTABLE),
                others(rest));
    }

    /** The last firing of a polled trigger. */
    public static TriggerFired of(UsageTrigger trigger, Instant received) {
        Map<String, String> others = new TreeMap<>();
        trigger.otherFields().forEach((name, value) -> others.put(name, String.valueOf(value)));
        return new TriggerFired(trigger.accountSid(), trigger.sid(), trigger.friendlyName(),
                trigger.dateFired() == null ? received.atOffset(ZoneOffset.UTC) : trigger.dateFired(),
                trigger.firesOnce() ? null : trigger.recurring(), trigger.usageCategory(), trigger.triggerBy(),
                trigger.triggerValue(), trigger.currentValue(), trigger.usageRecordUri(), null, others(others));
    }

    /** Returns whether the time of a callback could not be read, so that the firing has the time of receipt. */
    public boolean datedByReceipt() {
        return otherParameters.containsKey(DATE_FIRED);
    }

    private static Map<String, String> others(Map<String, String> parameters) {
        parameters.remove(TwilioSignature.BODY_HASH);
        parameters.keySet().removeIf(name -> CAMEL.matcher(name).lookingAt());
        return parameters;
    }

    private static OffsetDateTime time(NavigableMap<String, String> parameters, Instant received) {
        String text = required(parameters, DATE_FIRED);
        OffsetDateTime time;
        try {
            time = ValueParser.time(text);
        } catch (DateTimeException e) {
            time = null;
        }
        // A forger could move the end of the time, or just its zone, into a parameter that is signed between these two.
        if ((time == null || !ValueParser.endsWithZone(text))
                && !parameters.subMap(DATE_FIRED, false, IDEMPOTENCY_TOKEN, false).isEmpty()) {
            throw malformed(DATE_FIRED);
        }
        if (time == null) {
            return received.atOffset(ZoneOffset.UTC);
        }
        parameters.remove(DATE_FIRED);
        return time;
    }

    private static BigDecimal number(Map<String, String> parameters, String name) {
        try {
            BigDecimal number = ValueParser.number(required(parameters, name));
            parameters.remove(name);
            return number;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static String take(Map<String, String> parameters, String name, Pattern pattern) {
        String value = required(parameters, name);
        if (!pattern.matcher(value).matches()) {
            throw malformed(name);
        }
        parameters.remove(name);
        return value;
    }

    private static String required(Map<String, String> parameters, String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw malformed(name);
        }
        return value;
    }

    private static IllegalArgumentException malformed(String name) {
        return new IllegalArgumentException(name + " is missing or malformed");
    }
}
