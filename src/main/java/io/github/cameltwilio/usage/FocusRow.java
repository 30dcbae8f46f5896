package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.delivery.LeafCategories;
import io.github.cameltwilio.usage.state.RecordKey;
import org.apache.camel.Message;

/**
 * Makes a row of the FinOps Open Cost and Usage Specification (FOCUS) 1.2 from a usage record and the headers of its
 * message. {@code docs/focus.md} explains each column.
 */
final class FocusRow {
    private static final String TWILIO = "Twilio";

    private final UsageRecord usage;
    private final Message message;

    private FocusRow(UsageRecord usage, Message message) {
        this.usage = usage;
        this.message = message;
    }

    /**
     * Returns an immutable row, with its columns in the order of their names and custom columns last.
     *
     * @throws IllegalArgumentException if the record lacks a value that the specification demands
     */
    static Map<String, Object> of(UsageRecord usage, Message message) {
        return new FocusRow(usage, message).columns();
    }

    private Map<String, Object> columns() {
        LocalDate start = required("startDate", "start_date", usage.startDate());
        LocalDate end = required("endDate", "end_date", usage.endDate());
        YearMonth month = YearMonth.from(start);
        if (!month.equals(YearMonth.from(end))) {
            throw invalid("it covers more than one month, and a row belongs to one billing period: read"
                    + " subresource=daily or monthly");
        }
        BigDecimal cost = required("price", "price", usage.price());
        BigDecimal quantity = required("usage", "usage", usage.usage());
        String currency = currency();
        String unit = unit(currency);
        String category = required("category", "category", text(usage.category()));
        String description = text(usage.description());
        String account = required("accountSid", "account_sid", text(usage.accountSid()));
        String mainAccount = message.getHeader(TwilioUsageConstants.MAIN_ACCOUNT_SID, account, String.class);
        boolean isSubaccount = !account.equals(mainAccount);

        Map<String, Object> row = new LinkedHashMap<>();
        row.put("BilledCost", plain(cost));
        row.put("BillingAccountId", mainAccount);
        row.put("BillingAccountName", isSubaccount ? header(TwilioUsageConstants.MAIN_ACCOUNT_NAME) : accountName());
        row.put("BillingCurrency", currency);
        row.put("BillingPeriodEnd", startOf(month.plusMonths(1).atDay(1)));
        row.put("BillingPeriodStart", startOf(month.atDay(1)));
        row.put("ChargeCategory", "Usage");
        row.put("ChargeClass", isCorrection(month) ? "Correction" : null);
        row.put("ChargeDescription", description);
        row.put("ChargeFrequency", "Usage-Based");
        row.put("ChargePeriodEnd", startOf(end.plusDays(1)));
        row.put("ChargePeriodStart", startOf(start));
        row.put("ConsumedQuantity", plain(quantity));
        row.put("ConsumedUnit", unit);
        row.put("ContractedCost", plain(cost));
        row.put("EffectiveCost", plain(cost));
        row.put("InvoiceIssuerName", TWILIO);
        row.put("ListCost", plain(cost));
        row.put("PricingCategory", "Standard");
        row.put("PricingQuantity", plain(quantity));
        row.put("PricingUnit", unit);
        row.put("ProviderName", TWILIO);
        row.put("PublisherName", TWILIO);
        row.put("ServiceCategory", "Integration");
        row.put("ServiceName", LeafCategories.top(category));
        row.put("ServiceSubcategory", "Other (Integration)");
        row.put("SkuId", category);
        row.put("SkuMeter", description);
        row.put("SkuPriceId", category);
        row.put("SubAccountId", isSubaccount ? account : null);
        row.put("SubAccountName", isSubaccount ? accountName() : null);
        row.put("x_RecordKey", usage.recordKey());
        return Collections.unmodifiableMap(row);
    }

    private String currency() {
        String unit = required("priceUnit", "price_unit", text(usage.priceUnit()));
        try {
            return Currency.getInstance(unit.toUpperCase(Locale.ROOT)).getCurrencyCode();
        } catch (IllegalArgumentException e) {
            throw invalid("its priceUnit " + RecordKey.part(unit) + " is not an ISO 4217 currency code");
        }
    }

    /** The specification demands a unit, and capitalizes units. */
    private String unit(String currency) {
        String unit = text(usage.usageUnit());
        if (unit == null) {
            return "Units";
        }
        return unit.equalsIgnoreCase(currency) ? currency
                : unit.substring(0, 1).toUpperCase(Locale.ROOT) + unit.substring(1);
    }

    /** The record's own account details come first, since a list has one header for the records of all accounts. */
    private String accountName() {
        if (usage.accountName() != null) {
            return text(usage.accountName());
        }
        if (usage.accountSid().equals(message.getHeader(TwilioUsageConstants.ACCOUNT_SID))) {
            return header(TwilioUsageConstants.ACCOUNT_NAME);
        }
        return usage.accountSid().equals(message.getHeader(TwilioUsageConstants.MAIN_ACCOUNT_SID))
                ? header(TwilioUsageConstants.MAIN_ACCOUNT_NAME) : null;
    }

    /** A change within the month is not a correction, since the month has not been invoiced by then. */
    private boolean isCorrection(YearMonth month) {
        boolean isUpdate = usage.recordKey() != null
                && usage.recordKey().equals(message.getHeader(TwilioUsageConstants.RECORD_KEY))
                && message.getHeader(TwilioUsageConstants.UPDATE, false, Boolean.class);
        // Twilio's clock, as long as the record has its time.
        Instant now = usage.asOf() != null ? usage.asOf().toInstant()
                : Instant.ofEpochMilli(message.getExchange().getClock().getCreated());
        return isUpdate && month.isBefore(YearMonth.from(now.atOffset(ZoneOffset.UTC)));
    }

    private static String startOf(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant().toString();
    }

    /** The specification allows 1E-7, but not 1E+3. */
    private static BigDecimal plain(BigDecimal number) {
        return number.scale() < 0 ? number.setScale(0) : number;
    }

    private String header(String name) {
        return text(message.getHeader(name, String.class));
    }

    /** The specification has null in place of empty texts. */
    private static String text(String text) {
        return text == null || text.isBlank() ? null : text;
    }

    private <T> T required(String field, String twiliosName, T value) {
        if (value == null) {
            Object sent = usage.otherFields().get(twiliosName);
            throw invalid("its " + field + " is " + (sent == null ? "missing" : "malformed: " + RecordKey.part(sent)));
        }
        return value;
    }

    private IllegalArgumentException invalid(String reason) {
        String record = usage.recordKey() != null ? usage.recordKey()
                : part(usage.accountSid()) + "|" + usage.startDate() + "|" + part(usage.category());
        return new IllegalArgumentException("The usage record " + record + " cannot become a FOCUS row, because "
                + reason + ". Handle such records before they are transformed");
    }

    private static String part(String text) {
        return text(text) == null ? "?" : RecordKey.part(text);
    }
}
