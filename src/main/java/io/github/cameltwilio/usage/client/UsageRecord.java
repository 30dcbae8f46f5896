package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;

/**
 * What one account used of one category in one period, as Twilio reports it.
 *
 * <p>
 * Every value is null where Twilio sends null or an empty number. Twilio's {@code subresource_uris}, which repeat the
 * category under each list's address, are left out; everything else is kept.
 *
 * @param accountSid  the account that was asked; its subaccounts are folded in unless they were excluded
 * @param category    Twilio's name of the category, an open set
 * @param description Twilio's text for people
 * @param startDate   first day of the period, UTC, inclusive
 * @param endDate     last day of the period, UTC, inclusive; moves on each day while the period is running
 * @param count       how many events, in {@code countUnit}; null for {@code totalprice}
 * @param countUnit   unit of {@code count}, such as {@code calls}; may be empty
 * @param usage       the billed amount, in {@code usageUnit}
 * @param usageUnit   unit of {@code usage}, such as {@code minutes}
 * @param price       cost in {@code priceUnit}: positive is a cost, negative a credit
 * @param priceUnit   the currency as Twilio writes it, in lower case: {@code usd}
 * @param asOf        until when Twilio had counted; moves at every read
 * @param apiVersion  version of Twilio's API
 * @param uri         path of this record at Twilio, which tells the window that Twilio used
 * @param otherFields fields that Twilio added after this was written, and values that could not be read as what
 *                    they should be, under Twilio's names: nothing is dropped
 */
public record UsageRecord(
        String accountSid,
        String category,
        String description,
        @JsonSerialize(using = ToStringSerializer.class) LocalDate startDate,
        @JsonSerialize(using = ToStringSerializer.class) LocalDate endDate,
        BigDecimal count,
        String countUnit,
        BigDecimal usage,
        String usageUnit,
        BigDecimal price,
        String priceUnit,
        @JsonSerialize(using = TimeSerializer.class) OffsetDateTime asOf,
        String apiVersion,
        String uri,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Object> otherFields) implements TwilioValue {

    public UsageRecord {
        otherFields = otherFields.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(otherFields));
    }

    /** Whether anything was counted, used or charged. Over nine tenths of Twilio's records are zero in all three. */
    public boolean hasUsage() {
        return nonZero(count) || nonZero(usage) || nonZero(price);
    }

    private static boolean nonZero(BigDecimal number) {
        return number != null && number.signum() != 0;
    }
}
