package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;

/**
 * A usage trigger as Twilio keeps it: at a value of one category's usage, Twilio calls an address.
 *
 * <p>
 * Every value is null where Twilio sends null. Words that Twilio may add to are kept as text.
 *
 * @param sid            Twilio's id: UT and 32 hexadecimal digits
 * @param accountSid     the account that it belongs to
 * @param friendlyName   the name that its user gave it, or that Twilio made
 * @param usageCategory  the category that is watched
 * @param triggerBy      the figure that is watched: count, usage or price
 * @param recurring      daily, monthly or yearly; null for one that fires once
 * @param triggerValue   the value that fires it
 * @param currentValue   the value at the moment of reading
 * @param callbackUrl    the address that is called
 * @param callbackMethod POST or GET
 * @param dateCreated    when it was created
 * @param dateUpdated    when it was changed last
 * @param dateFired      when it fired last; null before it did
 * @param usageRecordUri path at Twilio of the record that is watched
 * @param apiVersion     version of Twilio's API
 * @param uri            path of this trigger at Twilio
 * @param otherFields    fields that Twilio added after this was written, and values that could not be read as what
 *                       they should be, under Twilio's names: nothing is dropped
 */
public record UsageTrigger(
        String sid,
        String accountSid,
        String friendlyName,
        String usageCategory,
        String triggerBy,
        String recurring,
        BigDecimal triggerValue,
        BigDecimal currentValue,
        String callbackUrl,
        String callbackMethod,
        @JsonSerialize(using = TimeSerializer.class) OffsetDateTime dateCreated,
        @JsonSerialize(using = TimeSerializer.class) OffsetDateTime dateUpdated,
        @JsonSerialize(using = TimeSerializer.class) OffsetDateTime dateFired,
        String usageRecordUri,
        String apiVersion,
        String uri,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Object> otherFields) implements TwilioValue {

    public UsageTrigger {
        otherFields = otherFields.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(otherFields));
    }

    /** Whether it fires no more than once. Twilio writes nothing then, and takes {@code alltime} for the same. */
    public boolean firesOnce() {
        return recurring == null || recurring.isEmpty() || recurring.equals(Recurring.alltime.name());
    }
}
