package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.List;

import io.github.cameltwilio.usage.client.RecordsQuery;
import io.github.cameltwilio.usage.client.Subresource;
import org.apache.camel.Message;

/** What to ask, from a message's headers and the options behind them. */
final class RecordsOptions {

    private RecordsOptions() {
    }

    /**
     * @param  message                  whose headers go before the options; null for the options alone
     * @param  today                    the day that offsets count from, UTC
     * @throws IllegalArgumentException when a value is not what it should be; the message names it and says what to do
     */
    static RecordsQuery records(TwilioUsageConfiguration options, Message message, LocalDate today) {
        OptionValue start = OptionValue.of(message, TwilioUsageConstants.START_DATE, "startDate",
                options.getStartDate());
        OptionValue end = OptionValue.of(message, TwilioUsageConstants.END_DATE, "endDate", options.getEndDate());
        LocalDate startDate = start.asDate(today);
        LocalDate endDate = end.asDate(today);
        if (startDate != null && endDate != null && endDate.isBefore(startDate)) {
            throw end
                    .wrong("lies before " + start.name() + "=" + start.value() + " (" + endDate + " before " + startDate
                            + "): exchange the two");
        }
        OptionValue category = OptionValue.of(message, TwilioUsageConstants.CATEGORY, "category",
                options.getCategory());
        if (options.getRollup() != Rollup.all && category.value() != null) {
            throw new OptionValue("rollup", options.getRollup())
                    .wrong("and " + category.name() + " both choose the categories: leave one or the other out");
        }
        return new RecordsQuery(
                OptionValue.of(message, TwilioUsageConstants.SUBRESOURCE, "subresource", options.getSubresource())
                        .asOneOf(Subresource.class),
                options.getRollup() == Rollup.total ? List.of("totalprice") : category.asCategories(),
                startDate,
                endDate,
                OptionValue.of(message, TwilioUsageConstants.INCLUDE_SUBACCOUNTS, "includeSubaccounts",
                        options.isIncludeSubaccounts()).asBoolean(),
                OptionValue.of(message, TwilioUsageConstants.PAGE_SIZE, "pageSize", options.getPageSize())
                        .asWholeNumber(1, 1000));
    }
}
