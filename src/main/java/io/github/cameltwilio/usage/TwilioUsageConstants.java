package io.github.cameltwilio.usage;

import org.apache.camel.spi.Metadata;

/** The message headers. Those of the producer override the options of the same name; a consumer only sets headers. */
public final class TwilioUsageConstants {

    @Metadata(label = "producer",
            description = "SID of the subaccount whose usage is read or whose triggers are managed. Overrides the"
                    + " option pathAccountSid.",
            javaType = "String")
    public static final String PATH_ACCOUNT_SID = "CamelTwilioUsagePathAccountSid";

    @Metadata(label = "producer",
            description = "Which list of usage records to read. Overrides the option subresource.",
            javaType = "io.github.cameltwilio.usage.client.Subresource",
            enums = "none,daily,monthly,yearly,allTime,today,yesterday,thisMonth,lastMonth")
    public static final String SUBRESOURCE = "CamelTwilioUsageSubresource";

    @Metadata(label = "producer",
            description = "The categories to read, as a comma-separated text or as a collection. Overrides the option"
                    + " category.",
            javaType = "String")
    public static final String CATEGORY = "CamelTwilioUsageCategory";

    @Metadata(label = "producer",
            description = "The first day to read, as a LocalDate or as text in the formats of the option startDate,"
                    + " which it overrides.",
            javaType = "String")
    public static final String START_DATE = "CamelTwilioUsageStartDate";

    @Metadata(label = "producer",
            description = "The last day to read, as a LocalDate or as text in the formats of the option endDate,"
                    + " which it overrides.",
            javaType = "String")
    public static final String END_DATE = "CamelTwilioUsageEndDate";

    @Metadata(label = "producer",
            description = "Whether the usage of subaccounts is included. Overrides the option includeSubaccounts.",
            javaType = "Boolean")
    public static final String INCLUDE_SUBACCOUNTS = "CamelTwilioUsageIncludeSubaccounts";

    @Metadata(label = "producer",
            description = "Number of records per request, from 1 to 1000. Overrides the option pageSize.",
            javaType = "Integer")
    public static final String PAGE_SIZE = "CamelTwilioUsagePageSize";

    @Metadata(label = "producer",
            description = "SID of the trigger to fetch, update or delete. Overrides the option triggerSid.",
            javaType = "String")
    public static final String TRIGGER_SID = "CamelTwilioUsageTriggerSid";

    @Metadata(label = "producer",
            description = "The URL that Twilio calls when the trigger fires. Overrides the option callbackUrl.",
            javaType = "String")
    public static final String CALLBACK_URL = "CamelTwilioUsageCallbackUrl";

    @Metadata(label = "producer",
            description = "The value at which the trigger fires: a positive number. For create it can be prefixed"
                    + " with a plus sign to make it relative to current usage. Overrides the option triggerValue.",
            javaType = "String")
    public static final String TRIGGER_VALUE = "CamelTwilioUsageTriggerValue";

    @Metadata(label = "producer",
            description = "The category that the trigger watches. Overrides the option usageCategory.",
            javaType = "String")
    public static final String USAGE_CATEGORY = "CamelTwilioUsageUsageCategory";

    @Metadata(label = "producer",
            description = "The HTTP method with which Twilio calls the URL. Overrides the option callbackMethod.",
            javaType = "io.github.cameltwilio.usage.client.CallbackMethod", enums = "POST,GET")
    public static final String CALLBACK_METHOD = "CamelTwilioUsageCallbackMethod";

    @Metadata(label = "producer",
            description = "The name of the trigger, up to 64 characters. Overrides the option friendlyName.",
            javaType = "String")
    public static final String FRIENDLY_NAME = "CamelTwilioUsageFriendlyName";

    @Metadata(label = "producer",
            description = "How often the trigger can fire. Overrides the option recurring.",
            javaType = "io.github.cameltwilio.usage.client.Recurring", enums = "alltime,daily,monthly,yearly")
    public static final String RECURRING = "CamelTwilioUsageRecurring";

    @Metadata(label = "producer",
            description = "What the trigger watches: count, usage or price. Overrides the option triggerBy.",
            javaType = "io.github.cameltwilio.usage.client.TriggerBy", enums = "count,usage,price")
    public static final String TRIGGER_BY = "CamelTwilioUsageTriggerBy";

    @Metadata(label = "producer",
            description = "What the action ensure does if a trigger of the same name differs in a property that"
                    + " Twilio cannot update. Overrides the option onDifference.",
            javaType = "io.github.cameltwilio.usage.OnDifference", enums = "fail,replace")
    public static final String ON_DIFFERENCE = "CamelTwilioUsageOnDifference";

    @Metadata(label = "producer",
            description = "Whether the action prune only lists the triggers that it would delete. Overrides the"
                    + " option dryRun.",
            javaType = "Boolean")
    public static final String DRY_RUN = "CamelTwilioUsageDryRun";

    @Metadata(label = "producer",
            description = "The outcome of the action: created, existing, updated or replaced for ensure; created for"
                    + " create; updated for update; deleted or notFound for delete; deleted, or kept with dryRun,"
                    + " for prune.",
            javaType = "String")
    public static final String OUTCOME = "CamelTwilioUsageOutcome";

    @Metadata(label = "consumer",
            description = "SID of the account that was read, or whose trigger fired.",
            javaType = "String")
    public static final String ACCOUNT_SID = "CamelTwilioUsageAccountSid";

    @Metadata(label = "consumer",
            description = "The name that its owner gave to the account that was read. Only with splitSubaccounts.",
            javaType = "String")
    public static final String ACCOUNT_NAME = "CamelTwilioUsageAccountName";

    @Metadata(label = "consumer",
            description = "The status of the account that was read: active, suspended or closed. Only with"
                    + " splitSubaccounts.",
            javaType = "String")
    public static final String ACCOUNT_STATUS = "CamelTwilioUsageAccountStatus";

    @Metadata(description = "SID of the account that authenticates, and that pays for its subaccounts. On lists of"
            + " usage records, and on usage records that a consumer delivers.",
            javaType = "String")
    public static final String MAIN_ACCOUNT_SID = "CamelTwilioUsageMainAccountSid";

    @Metadata(description = "The name that its owner gave to the account that authenticates. Only with"
            + " splitSubaccounts.",
            javaType = "String")
    public static final String MAIN_ACCOUNT_NAME = "CamelTwilioUsageMainAccountName";

    @Metadata(label = "consumer",
            description = "Identifies the record through all of its corrections, so that it can be the key of an"
                    + " upsert: account, scope (all or own), subresource, first day and category, separated"
                    + " by vertical bars.",
            javaType = "String")
    public static final String RECORD_KEY = "CamelTwilioUsageRecordKey";

    @Metadata(label = "consumer",
            description = "A digest of the record's count, usage, price and units. A delivery with the same record"
                    + " key and fingerprint is a duplicate, one with another fingerprint is a correction.",
            javaType = "String")
    public static final String FINGERPRINT = "CamelTwilioUsageFingerprint";

    @Metadata(label = "consumer",
            description = "Whether the record was delivered before with other values, which are then in the headers"
                    + " of the previous values.",
            javaType = "Boolean")
    public static final String UPDATE = "CamelTwilioUsageUpdate";

    @Metadata(label = "consumer", description = "The previously delivered count.", javaType = "java.math.BigDecimal")
    public static final String PREVIOUS_COUNT = "CamelTwilioUsagePreviousCount";

    @Metadata(label = "consumer", description = "The previously delivered usage.", javaType = "java.math.BigDecimal")
    public static final String PREVIOUS_USAGE = "CamelTwilioUsagePreviousUsage";

    @Metadata(label = "consumer", description = "The previously delivered price.", javaType = "java.math.BigDecimal")
    public static final String PREVIOUS_PRICE = "CamelTwilioUsagePreviousPrice";

    @Metadata(label = "consumer",
            description = "Whether a later poll still reads the record, so that a correction would be"
                    + " delivered.",
            javaType = "Boolean")
    public static final String PROVISIONAL = "CamelTwilioUsageProvisional";

    @Metadata(label = "consumer",
            description = "The time up to which Twilio had counted the usage.",
            javaType = "java.time.OffsetDateTime")
    public static final String AS_OF = "CamelTwilioUsageAsOf";

    @Metadata(label = "consumer",
            description = "Identifies a firing of a trigger, whether it was polled or reported by a callback, so that"
                    + " it can be the key of an idempotent consumer: account SID, trigger SID and period,"
                    + " separated by vertical bars.",
            javaType = "String")
    public static final String FIRING_KEY = "CamelTwilioUsageFiringKey";

    @Metadata(label = "consumer",
            description = "Twilio's token of the callback, which stays the same when Twilio retries the callback.",
            javaType = "String")
    public static final String IDEMPOTENCY_TOKEN = "CamelTwilioUsageIdempotencyToken";

    private TwilioUsageConstants() {
    }
}
