package io.github.cameltwilio.usage;

import org.apache.camel.spi.Metadata;

/** The headers. A producer's headers go before the options of the same name; a consumer's headers are not read by it. */
public final class TwilioUsageConstants {

    @Metadata(label = "producer", description = "Which of Twilio's lists to read; overrides the option subresource.",
            javaType = "io.github.cameltwilio.usage.client.Subresource",
            enums = "none,daily,monthly,yearly,allTime,today,yesterday,thisMonth,lastMonth")
    public static final String SUBRESOURCE = "CamelTwilioUsageSubresource";

    @Metadata(label = "producer",
            description = "The categories to list, as text with commas between them or as a collection; overrides"
                    + " the option category.",
            javaType = "String")
    public static final String CATEGORY = "CamelTwilioUsageCategory";

    @Metadata(label = "producer",
            description = "The first day to list, in the forms of the option startDate or as a LocalDate; overrides"
                    + " that option.",
            javaType = "String")
    public static final String START_DATE = "CamelTwilioUsageStartDate";

    @Metadata(label = "producer",
            description = "The last day to list, in the forms of the option endDate or as a LocalDate; overrides"
                    + " that option.",
            javaType = "String")
    public static final String END_DATE = "CamelTwilioUsageEndDate";

    @Metadata(label = "producer",
            description = "Whether subaccounts are folded in; overrides the option includeSubaccounts.",
            javaType = "Boolean")
    public static final String INCLUDE_SUBACCOUNTS = "CamelTwilioUsageIncludeSubaccounts";

    @Metadata(label = "producer", description = "Records a request, 1 to 1000; overrides the option pageSize.",
            javaType = "Integer")
    public static final String PAGE_SIZE = "CamelTwilioUsagePageSize";

    @Metadata(label = "producer",
            description = "SID of the trigger to fetch, update or delete; overrides the option triggerSid.",
            javaType = "String")
    public static final String TRIGGER_SID = "CamelTwilioUsageTriggerSid";

    @Metadata(label = "producer", description = "The address that Twilio is to call; overrides the option callbackUrl.",
            javaType = "String")
    public static final String CALLBACK_URL = "CamelTwilioUsageCallbackUrl";

    @Metadata(label = "producer",
            description = "The value that fires the trigger: a number, or for create one with a plus before it;"
                    + " overrides the option triggerValue.",
            javaType = "String")
    public static final String TRIGGER_VALUE = "CamelTwilioUsageTriggerValue";

    @Metadata(label = "producer", description = "The category of a trigger; overrides the option usageCategory.",
            javaType = "String")
    public static final String USAGE_CATEGORY = "CamelTwilioUsageUsageCategory";

    @Metadata(label = "producer", description = "How Twilio is to call; overrides the option callbackMethod.",
            javaType = "io.github.cameltwilio.usage.client.CallbackMethod", enums = "POST,GET")
    public static final String CALLBACK_METHOD = "CamelTwilioUsageCallbackMethod";

    @Metadata(label = "producer",
            description = "The name of a trigger, of 64 characters at the most; overrides the option friendlyName.",
            javaType = "String")
    public static final String FRIENDLY_NAME = "CamelTwilioUsageFriendlyName";

    @Metadata(label = "producer", description = "How often a trigger may fire; overrides the option recurring.",
            javaType = "io.github.cameltwilio.usage.client.Recurring", enums = "alltime,daily,monthly,yearly")
    public static final String RECURRING = "CamelTwilioUsageRecurring";

    @Metadata(label = "producer", description = "The figure that a trigger watches; overrides the option triggerBy.",
            javaType = "io.github.cameltwilio.usage.client.TriggerBy", enums = "count,usage,price")
    public static final String TRIGGER_BY = "CamelTwilioUsageTriggerBy";

    @Metadata(label = "producer",
            description = "What ensure does with a trigger of the same name that Twilio lets nobody change into the"
                    + " wanted one; overrides the option onDifference.",
            javaType = "io.github.cameltwilio.usage.OnDifference", enums = "fail,replace")
    public static final String ON_DIFFERENCE = "CamelTwilioUsageOnDifference";

    @Metadata(label = "producer", description = "Whether prune only lists; overrides the option dryRun.",
            javaType = "Boolean")
    public static final String DRY_RUN = "CamelTwilioUsageDryRun";

    @Metadata(label = "producer",
            description = "What came of it: created, existing, updated or replaced by ensure; created or updated by"
                    + " the actions of that name; deleted, or deletedBefore where there was nothing left, by"
                    + " delete; deleted, or kept in a dry run, by prune.",
            javaType = "String")
    public static final String OUTCOME = "CamelTwilioUsageOutcome";

    @Metadata(label = "consumer", description = "The account that was asked.", javaType = "String")
    public static final String ACCOUNT_SID = "CamelTwilioUsageAccountSid";

    @Metadata(label = "consumer",
            description = "Which record it is, the same through all of its corrections:"
                    + " account|all or own|subresource|first day|category. Fit as the key of an upsert.",
            javaType = "String")
    public static final String RECORD_KEY = "CamelTwilioUsageRecordKey";

    @Metadata(label = "consumer",
            description = "A digest of the record's count, usage, price and units, equal for equal values. Together"
                    + " with the record key it tells a repeated delivery from a correction.",
            javaType = "String")
    public static final String FINGERPRINT = "CamelTwilioUsageFingerprint";

    @Metadata(label = "consumer",
            description = "Whether the record was delivered before with other values, which the headers of the"
                    + " previous values then tell.",
            javaType = "Boolean")
    public static final String UPDATE = "CamelTwilioUsageUpdate";

    @Metadata(label = "consumer", description = "The count that was delivered before.",
            javaType = "java.math.BigDecimal")
    public static final String PREVIOUS_COUNT = "CamelTwilioUsagePreviousCount";

    @Metadata(label = "consumer", description = "The usage that was delivered before.",
            javaType = "java.math.BigDecimal")
    public static final String PREVIOUS_USAGE = "CamelTwilioUsagePreviousUsage";

    @Metadata(label = "consumer", description = "The price that was delivered before.",
            javaType = "java.math.BigDecimal")
    public static final String PREVIOUS_PRICE = "CamelTwilioUsagePreviousPrice";

    @Metadata(label = "consumer",
            description = "Whether the record's period lies within the look-back, so that a correction would still"
                    + " be delivered.",
            javaType = "Boolean")
    public static final String PROVISIONAL = "CamelTwilioUsageProvisional";

    @Metadata(label = "consumer", description = "Until when Twilio had counted.", javaType = "java.time.OffsetDateTime")
    public static final String AS_OF = "CamelTwilioUsageAsOf";

    @Metadata(label = "consumer",
            description = "Which firing of which trigger it is, the same whether it was polled or called by Twilio:"
                    + " trigger|period. Fit as the key of an idempotent consumer.",
            javaType = "String")
    public static final String FIRING_KEY = "CamelTwilioUsageFiringKey";

    @Metadata(label = "consumer",
            description = "Twilio's token of a firing that it called, the same when it repeats the call.",
            javaType = "String")
    public static final String IDEMPOTENCY_TOKEN = "CamelTwilioUsageIdempotencyToken";

    private TwilioUsageConstants() {
    }
}
