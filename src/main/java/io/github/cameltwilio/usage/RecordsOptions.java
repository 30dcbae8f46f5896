package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.RecordsQuery;
import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.delivery.WindowPlan.Window;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.Scope;
import org.apache.camel.Message;

/** Makes the query of a records endpoint from its options and the headers of a message, which override them. */
final class RecordsOptions {

    private static final Set<Subresource> NAMED_PERIODS = EnumSet.of(Subresource.today, Subresource.yesterday,
            Subresource.thisMonth, Subresource.lastMonth);

    private RecordsOptions() {
    }

    /**
     * Checks the options that no header overrides, and makes the query that applies without a message.
     *
     * @throws IllegalArgumentException when an option is invalid
     */
    static RecordsQuery check(TwilioUsageConfiguration options, LocalDate today) {
        if (options.getParallelRequests() < 1) {
            throw new OptionValue("parallelRequests", options.getParallelRequests())
                    .invalid("must be at least 1 (1 means sequential)");
        }
        if (options.getRollup() == Rollup.leaf && options.getOutputType() != OutputType.list) {
            throw new OptionValue("rollup", Rollup.leaf).invalid("cannot be combined with outputType=stream, because"
                    + " its last record needs the whole list: use outputType=list");
        }
        try {
            return query(options, null, today);
        } catch (IllegalArgumentException e) {
            return queryOfLaterDay(options, e);
        }
    }

    /** Accepts dates that are in order on a later day, for example endDate=yesterday: a consumer waits for that. */
    private static RecordsQuery queryOfLaterDay(TwilioUsageConfiguration options, IllegalArgumentException today) {
        try {
            return query(options, null, LocalDate.of(9999, 12, 31));
        } catch (IllegalArgumentException e) {
            throw today;
        }
    }

    /**
     * @param  message                  null for the options alone
     * @param  today                    the UTC day to which relative dates refer
     * @throws IllegalArgumentException when a header or an option is invalid
     */
    static RecordsQuery query(TwilioUsageConfiguration options, Message message, LocalDate today) {
        OptionValue category = OptionValue.of(message, TwilioUsageConstants.CATEGORY, "category",
                options.getCategory());
        if (options.getRollup() != Rollup.all && category.value() != null) {
            throw new OptionValue("rollup", options.getRollup()).invalid("cannot be combined with " + category.name()
                    + ", because both select categories: remove one of them");
        }
        Window window = window(options, message, today);
        OptionValue subresource = OptionValue.of(message, TwilioUsageConstants.SUBRESOURCE, "subresource",
                options.getSubresource());
        Subresource list = subresource.asOneOf(Subresource.class);
        if (NAMED_PERIODS.contains(list) && (window.from() != null || window.to() != null)) {
            throw subresource.invalid("is the period itself and cannot be combined with startDate or endDate: remove"
                    + " them, or use subresource=none, daily, monthly or yearly");
        }
        return new RecordsQuery(
                list,
                options.getRollup() == Rollup.total ? List.of("totalprice") : category.asCategories(),
                window.from(),
                window.to(),
                OptionValue.of(message, TwilioUsageConstants.INCLUDE_SUBACCOUNTS, "includeSubaccounts",
                        options.isIncludeSubaccounts()).asBoolean(),
                OptionValue.of(message, TwilioUsageConstants.PAGE_SIZE, "pageSize", options.getPageSize())
                        .asPageSize());
    }

    /** Resolves the dates, which may be relative to today. */
    static Window window(TwilioUsageConfiguration options, Message message, LocalDate today) {
        OptionValue start = OptionValue.of(message, TwilioUsageConstants.START_DATE, "startDate",
                options.getStartDate());
        OptionValue end = OptionValue.of(message, TwilioUsageConstants.END_DATE, "endDate", options.getEndDate());
        Window window = new Window(start.asDate(today), end.asDate(today));
        if (window.from() != null && window.to() != null && window.to().isBefore(window.from())) {
            throw end.invalid("is before " + start.name() + "=" + start.value() + " (" + window.to() + " is before "
                    + window.from() + "): swap the two");
        }
        return window;
    }

    /** The reader of the records of an account, by everything that selects them. */
    static ReaderId reader(TwilioUsageConfiguration options, List<String> categories, String accountSid) {
        Scope scope = options.isSplitSubaccounts() ? Scope.each
                : options.isIncludeSubaccounts() ? Scope.all : Scope.own;
        String rollup = options.getRollup() == Rollup.leaf ? "rollup=leaf" : null;
        return new ReaderId(accountSid, scope, options.getSubresource(),
                Stream.concat(categories.stream(), Stream.of(rollup, region(options))).filter(Objects::nonNull)
                        .toList());
    }

    /** Each region has records and triggers of its own. Returns null for us1, which is Twilio's default. */
    static String region(TwilioUsageConfiguration options) {
        String region = options.getRegion();
        return region == null || region.equals("us1") ? null : "region=" + region;
    }
}
