package io.github.cameltwilio.usage.client;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A usage record in the making, one after the other: what each of Twilio's names means. */
final class RecordFields {
    /** The one field that is no text; it is left out of a record. */
    static final String LEFT_OUT = "subresource_uris";
    static final Set<String> NUMBERS = Set.of("count", "usage", "price");

    // Few days and times fill a page. To look at each of them once saves a quarter of the time.
    private final Map<String, LocalDate> days = new HashMap<>();
    private final Map<String, OffsetDateTime> times = new HashMap<>();
    private String accountSid;
    private String category;
    private String description;
    private LocalDate startDate;
    private LocalDate endDate;
    private BigDecimal count;
    private String countUnit;
    private BigDecimal usage;
    private String usageUnit;
    private BigDecimal price;
    private String priceUnit;
    private OffsetDateTime asOf;
    private String apiVersion;
    private String uri;
    private Map<String, Object> otherFields = Map.of();
    private boolean otherFieldsAreOwn;
    private boolean readable;

    /** Begins a record: nothing is set but what is set there. */
    void copy(RecordFields other) {
        accountSid = other.accountSid;
        category = other.category;
        description = other.description;
        startDate = other.startDate;
        endDate = other.endDate;
        count = other.count;
        countUnit = other.countUnit;
        usage = other.usage;
        usageUnit = other.usageUnit;
        price = other.price;
        priceUnit = other.priceUnit;
        asOf = other.asOf;
        apiVersion = other.apiVersion;
        uri = other.uri;
        otherFields = other.otherFields;
        otherFieldsAreOwn = false;
    }

    /**
     * What is no field of a record, or cannot be read as what it should be, is kept as it is.
     *
     * @param text as Twilio writes it, or null
     * @return whether the field was set
     */
    boolean set(String name, String text) {
        readable = true;
        switch (name) {
            case "account_sid" -> accountSid = text;
            case "category" -> category = text;
            case "description" -> description = text;
            case "start_date" -> startDate = day(text);
            case "end_date" -> endDate = day(text);
            case "count", "usage", "price" -> setNumber(name, number(text));
            case "count_unit" -> countUnit = text;
            case "usage_unit" -> usageUnit = text;
            case "price_unit" -> priceUnit = text;
            case "as_of" -> asOf = time(text);
            case "api_version" -> apiVersion = text;
            case "uri" -> uri = text;
            default -> readable = false;
        }
        if (!readable) {
            keep(name, text);
        } else {
            forgetOther(name);
        }
        return readable;
    }

    /** Sets one of {@link #NUMBERS}. */
    void set(String name, BigDecimal number) {
        setNumber(name, number);
        forgetOther(name);
    }

    private void setNumber(String name, BigDecimal number) {
        switch (name) {
            case "count" -> count = number;
            // Most often they are one number.
            case "usage" -> usage = number != null && number.equals(count) ? count : number;
            default -> price = number;
        }
    }

    /** It was kept when an earlier value of this name could not be read. */
    private void forgetOther(String name) {
        if (otherFields.containsKey(name)) {
            ownOtherFields().remove(name);
        }
    }

    /** What came under this name is part of the record, though none of its fields. */
    void keep(String name, Object value) {
        ownOtherFields().put(name, value);
    }

    private Map<String, Object> ownOtherFields() {
        if (!otherFieldsAreOwn) {
            otherFields = new LinkedHashMap<>(otherFields);
            otherFieldsAreOwn = true;
        }
        return otherFields;
    }

    /** The record with all that was set and kept. */
    UsageRecord record() {
        return new UsageRecord(accountSid, category, description, startDate, endDate, count, countUnit, usage,
                usageUnit, price,
                priceUnit, asOf, apiVersion, uri, otherFields);
    }

    private BigDecimal number(String text) {
        try {
            return text == null ? null : TwilioNumbers.parse(text);
        } catch (NumberFormatException e) {
            readable = false;
            return null;
        }
    }

    private LocalDate day(String text) {
        return value(text, days, LocalDate::parse);
    }

    private OffsetDateTime time(String text) {
        return value(text, times, OffsetDateTime::parse);
    }

    private <T> T value(String text, Map<String, T> known, Function<String, T> reading) {
        try {
            return text == null ? null : known.computeIfAbsent(text, reading);
        } catch (DateTimeException e) {
            readable = false;
            return null;
        }
    }
}
