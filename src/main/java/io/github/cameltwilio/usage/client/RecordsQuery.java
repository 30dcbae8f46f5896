package io.github.cameltwilio.usage.client;

import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Which usage records to list.
 *
 * @param subresource        which of Twilio's lists
 * @param categories         only these categories, in this order; empty for all
 * @param startDate          first day, inclusive; null leaves it to Twilio, which then starts with the account
 * @param endDate            last day, inclusive; null leaves it to Twilio, which then ends with today
 * @param includeSubaccounts whether the subaccounts are folded in
 * @param pageSize           records a request, 1 to 1000
 */
public record RecordsQuery(
        Subresource subresource,
        List<String> categories,
        LocalDate startDate,
        LocalDate endDate,
        boolean includeSubaccounts,
        int pageSize) {

    // With the largest pages that is a week, two to five of them: Twilio lists 270 to 640 categories for each day.
    private static final int RECORDS_A_DAY_OF_A_PART = 140;

    public RecordsQuery {
        categories = List.copyOf(categories);
    }

    /** The same question about another window. */
    public RecordsQuery between(LocalDate start, LocalDate end) {
        return new RecordsQuery(subresource, categories, start, end, includeSubaccounts, pageSize);
    }

    /** The same question about what this account itself used; empty when it was created after the window. */
    public Optional<RecordsQuery> ofItself(Account account) {
        LocalDate created = account.firstDay();
        if (endDate != null && endDate.isBefore(created)) {
            return Optional.empty();
        }
        LocalDate start = startDate != null && startDate.isBefore(created) ? created : startDate;
        return Optional.of(new RecordsQuery(subresource, categories, start, endDate, false, pageSize));
    }

    /** One query string a listing: Twilio takes no more than one category in a request. */
    List<String> queryStrings() {
        return queryStrings(List.of(this));
    }

    /**
     * The same listing in more query strings, for parts of the window that can be read at once: the last part first, as
     * Twilio lists the newest record first.
     *
     * @param today a day more or less does no harm
     */
    List<String> queryStringsOfParts(LocalDate today) {
        return queryStrings(parts(today));
    }

    private List<String> queryStrings(List<RecordsQuery> parts) {
        List<String> queryStrings = new ArrayList<>();
        for (String category : categories.isEmpty() ? Collections.<String>singletonList(null) : categories) {
            parts.forEach(part -> queryStrings.add(part.queryString(category)));
        }
        return queryStrings;
    }

    private List<RecordsQuery> parts(LocalDate today) {
        if (subresource != Subresource.daily || startDate == null) {
            return List.of(this);
        }
        // The last part ends where the window does, if anywhere, and surely begins before a day that has not come yet.
        LocalDate beforeLast = today.minusDays(2);
        if (endDate != null && endDate.isBefore(beforeLast)) {
            beforeLast = endDate;
        }
        Deque<RecordsQuery> parts = new ArrayDeque<>();
        LocalDate from = startDate;
        for (LocalDate to = lastDayOfPart(from); to.isBefore(beforeLast); to = lastDayOfPart(from)) {
            parts.push(between(from, to));
            from = to.plusDays(1);
        }
        parts.push(between(from, endDate));
        return List.copyOf(parts);
    }

    /** A part has few pages, so that many can be read at once, but full ones: each costs a request. */
    private LocalDate lastDayOfPart(LocalDate from) {
        return from.plusDays(Math.max(1, categories.isEmpty() ? pageSize / RECORDS_A_DAY_OF_A_PART : pageSize) - 1L);
    }

    /** The question in words, for messages. */
    Operation operation() {
        StringBuilder words = new StringBuilder("list ")
                .append(subresource == Subresource.none ? "" : subresource + " ")
                .append("usage records");
        if (!categories.isEmpty()) {
            words.append(" of ").append(TwilioApiException.printable(String.join(", ", categories)));
        }
        if (startDate != null) {
            words.append(" from ").append(startDate);
        }
        if (endDate != null) {
            words.append(" to ").append(endDate);
        }
        return Operation.readWindow(words.toString());
    }

    private String queryString(String category) {
        StringJoiner query = new StringJoiner("&");
        if (category != null) {
            query.add("Category=" + category);
        }
        if (startDate != null) {
            query.add("StartDate=" + startDate);
        }
        if (endDate != null) {
            query.add("EndDate=" + endDate);
        }
        return query.add("IncludeSubaccounts=" + includeSubaccounts).add("PageSize=" + pageSize).toString();
    }
}
