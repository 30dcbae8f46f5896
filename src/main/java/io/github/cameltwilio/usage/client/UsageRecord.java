package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.cameltwilio.usage.client.JsonTimes.Day;
import io.github.cameltwilio.usage.client.JsonTimes.Time;

/**
 * The usage of one category by one account in one period.
 *
 * <p>
 * A value is null where Twilio sends null or an empty number. Everything is kept but {@code subresource_uris}, which
 * repeat the category for each of Twilio's lists.
 *
 * @param accountSid  the queried account; includes its subaccounts unless they were excluded
 * @param category    name of the category; Twilio keeps adding some
 * @param description description for people
 * @param startDate   first day of the period, UTC, inclusive
 * @param endDate     last day of the period, UTC, inclusive; moves every day until the period is over
 * @param count       number of events, in {@code countUnit}; null for {@code totalprice}
 * @param countUnit   unit of {@code count}, for example {@code calls}; may be empty
 * @param usage       the billed amount, in {@code usageUnit}
 * @param usageUnit   unit of {@code usage}, for example {@code minutes}
 * @param price       cost in {@code priceUnit}: positive is a cost, negative a credit
 * @param priceUnit   currency in lower case, for example {@code usd}
 * @param asOf        up to when usage was counted; changes with every request
 * @param apiVersion  version of Twilio's API
 * @param uri         path of this record at Twilio; contains the window that Twilio used
 * @param otherFields unknown fields and malformed values, under Twilio's names
 * @param recordKey   identifies the record through all of its corrections; null unless a consumer delivered the record
 * @param accountName   the account's name; null unless requested
 * @param accountStatus the account's status: active, suspended or closed; null unless requested
 */
public record UsageRecord(
        String accountSid,
        String category,
        String description,
        @Day LocalDate startDate,
        @Day LocalDate endDate,
        BigDecimal count,
        String countUnit,
        BigDecimal usage,
        String usageUnit,
        BigDecimal price,
        String priceUnit,
        @Time OffsetDateTime asOf,
        String apiVersion,
        String uri,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Object> otherFields,
        @JsonInclude(JsonInclude.Include.NON_NULL) String recordKey,
        @JsonInclude(JsonInclude.Include.NON_NULL) String accountName,
        @JsonInclude(JsonInclude.Include.NON_NULL) String accountStatus) implements TwilioValue {

    public UsageRecord {
        otherFields = otherFields == null || otherFields.isEmpty() ? Map.of()
                : Collections.unmodifiableMap(new LinkedHashMap<>(otherFields));
    }

    /** A record as Twilio lists it, without a key and the details of its account. */
    public UsageRecord(String accountSid, String category, String description, LocalDate startDate, LocalDate endDate,
                       BigDecimal count, String countUnit, BigDecimal usage, String usageUnit, BigDecimal price,
                       String priceUnit, OffsetDateTime asOf, String apiVersion, String uri,
                       Map<String, Object> otherFields) {
        this(accountSid, category, description, startDate, endDate, count, countUnit, usage, usageUnit, price,
                priceUnit, asOf, apiVersion, uri, otherFields, null, null, null);
    }

    /** Returns this record with its key. */
    public UsageRecord withRecordKey(String key) {
        return new UsageRecord(accountSid, category, description, startDate, endDate, count, countUnit, usage,
                usageUnit, price, priceUnit, asOf, apiVersion, uri, otherFields, key, accountName, accountStatus);
    }

    /** Returns this record with the details of its account. */
    public UsageRecord withAccount(String name, String status) {
        return new UsageRecord(accountSid, category, description, startDate, endDate, count, countUnit, usage,
                usageUnit, price, priceUnit, asOf, apiVersion, uri, otherFields, recordKey, name, status);
    }

    /**
     * Returns whether anything was counted, used or charged. More than 90 percent of Twilio's records are all zero. A
     * number that cannot be read counts as usage.
     */
    public boolean hasUsage() {
        return nonZero(count) || nonZero(usage) || nonZero(price) || otherFields.containsKey("count")
                || otherFields.containsKey("usage") || otherFields.containsKey("price");
    }

    private static boolean nonZero(BigDecimal number) {
        return number != null && number.signum() != 0;
    }
}
