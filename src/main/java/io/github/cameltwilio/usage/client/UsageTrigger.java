package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.cameltwilio.usage.client.JsonTimes.Time;

/**
 * A usage trigger: Twilio calls a URL when the usage of a category reaches a value.
 *
 * <p>
 * A value is null where Twilio sends null. Values that Twilio may extend are text.
 *
 * @param sid            UT and 32 hexadecimal digits
 * @param accountSid     the owner
 * @param friendlyName   the name given by the user or by Twilio
 * @param usageCategory  the watched category
 * @param triggerBy      the watched figure: count, usage or price
 * @param recurring      daily, monthly or yearly; null if it fires only once
 * @param triggerValue   the value at which it fires
 * @param currentValue   the current usage
 * @param callbackUrl    the URL that Twilio calls
 * @param callbackMethod POST or GET
 * @param dateCreated    when it was created
 * @param dateUpdated    when it was last changed
 * @param dateFired      when it last fired; null if it never has
 * @param usageRecordUri path of the watched record at Twilio
 * @param apiVersion     version of Twilio's API
 * @param uri            path of this trigger at Twilio
 * @param otherFields    unknown fields and malformed values, under Twilio's names
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
        @Time OffsetDateTime dateCreated,
        @Time OffsetDateTime dateUpdated,
        @Time OffsetDateTime dateFired,
        String usageRecordUri,
        String apiVersion,
        String uri,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Object> otherFields) implements TwilioValue {

    public UsageTrigger {
        otherFields = otherFields == null || otherFields.isEmpty() ? Map.of()
                : Collections.unmodifiableMap(new LinkedHashMap<>(otherFields));
    }

    /** Returns whether it fires only once. Twilio sends nothing in that case, and accepts {@code alltime}. */
    public boolean firesOnce() {
        return recurring == null || recurring.isEmpty() || recurring.equals(Recurring.alltime.name());
    }
}
