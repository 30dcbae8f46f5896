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

    @Metadata(label = "consumer", description = "The count that was delivered before.", javaType = "java.math.BigDecimal")
    public static final String PREVIOUS_COUNT = "CamelTwilioUsagePreviousCount";

    @Metadata(label = "consumer", description = "The usage that was delivered before.", javaType = "java.math.BigDecimal")
    public static final String PREVIOUS_USAGE = "CamelTwilioUsagePreviousUsage";

    @Metadata(label = "consumer", description = "The price that was delivered before.", javaType = "java.math.BigDecimal")
    public static final String PREVIOUS_PRICE = "CamelTwilioUsagePreviousPrice";

    @Metadata(label = "consumer",
              description = "Whether the record's period lies within the look-back, so that a correction would still"
                            + " be delivered.",
              javaType = "Boolean")
    public static final String PROVISIONAL = "CamelTwilioUsageProvisional";

    @Metadata(label = "consumer", description = "Until when Twilio had counted.", javaType = "java.time.OffsetDateTime")
    public static final String AS_OF = "CamelTwilioUsageAsOf";

    private TwilioUsageConstants() {
    }
}
