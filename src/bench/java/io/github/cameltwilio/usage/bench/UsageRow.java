package io.github.cameltwilio.usage.bench;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/** A usage record with all fields that Twilio sends, as one would write it by hand. */
@JsonNaming(SnakeCaseStrategy.class)
record UsageRow(String accountSid, String apiVersion, String asOf, String category, BigDecimal count, String countUnit,
        String description, LocalDate endDate, BigDecimal price, String priceUnit, LocalDate startDate,
        Map<String, String> subresourceUris, String uri, BigDecimal usage, String usageUnit) {

    @JsonNaming(SnakeCaseStrategy.class)
    record Page(List<UsageRow> usageRecords, String nextPageUri) {
    }
}
