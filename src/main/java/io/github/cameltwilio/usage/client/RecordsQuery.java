package io.github.cameltwilio.usage.client;

import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

import org.apache.hc.core5.http.NameValuePair;

/**
 * Selects the usage records to list.
 *
 * @param subresource        one of Twilio's lists
 * @param categories         lists only these categories, in this order; empty for all
 * @param startDate          first day, inclusive; null for Twilio's default, the account's first day
 * @param endDate            last day, inclusive; null for Twilio's default, today
 * @param includeSubaccounts whether the usage of the subaccounts is included
 * @param pageSize           records per request, 1 to 1000
 */
public record RecordsQuery(
        Subresource subresource,
        List<String> categories,
        LocalDate startDate,
        LocalDate endDate,
        boolean includeSubaccounts,
        int pageSize) {

    // Twilio lists 270 to 640 categories per day, so with the largest pages a part is a week: two to five pages.
    private static final int RECORDS_PER_DAY_OF_PART = 140;

    public RecordsQuery {
        categories = List.copyOf(categories);
    }

    /** The same query for another window. */
    public RecordsQuery between(LocalDate start, LocalDate end) {
        return new RecordsQuery(subresource, categories, start, end, includeSubaccounts, pageSize);
    }

    /** The same query for the account's own usage; empty when the account was created after the window. */
    public Optional<RecordsQuery> ofItself(Account account) {
        LocalDate created = account.firstDay();
        if (endDate != null && endDate.isBefore(created)) {
            return Optional.empty();
        }
        LocalDate start = startDate != null && startDate.isBefore(created) ? created : startDate;
        return Optional.of(new RecordsQuery(subresource, categories, start, endDate, false, pageSize));
    }

    /** The parameters, other than the page size, of each listing: Twilio accepts one category per request. */
    List<List<NameValuePair>> parameters() {
        return parameters(List.of(this));
    }

    /**
     * The same as {@link #parameters()} with the window split into parts that can be read concurrently. The last part
     * comes first, since Twilio lists the newest records first.
     *
     * @param today may be off by one day
     */
    List<List<NameValuePair>> parametersOfParts(LocalDate today) {
        return parameters(parts(today));
    }

    private List<List<NameValuePair>> parameters(List<RecordsQuery> parts) {
        List<List<NameValuePair>> parameters = new ArrayList<>();
        for (String category : categories.isEmpty() ? Collections.<String>singletonList(null) : categories) {
            parts.forEach(part -> parameters.add(part.parameters(category)));
        }
        return parameters;
    }

    private List<RecordsQuery> parts(LocalDate today) {
        if (subresource != Subresource.daily || startDate == null) {
            return List.of(this);
        }
        // Twilio rejects a window that begins in the future, so the last part has to begin before today.
        LocalDate lastStart = today.minusDays(2);
        if (endDate != null && endDate.isBefore(lastStart)) {
            lastStart = endDate;
        }
        Deque<RecordsQuery> parts = new ArrayDeque<>();
        LocalDate start = startDate;
        for (LocalDate end = lastDayOfPart(start); end.isBefore(lastStart); end = lastDayOfPart(start)) {
            parts.push(between(start, end));
            start = end.plusDays(1);
        }
        parts.push(between(start, endDate));
        return List.copyOf(parts);
    }

    /** A part has few pages, so that many parts can be read concurrently, but full ones, since each costs a request. */
    private LocalDate lastDayOfPart(LocalDate start) {
        int days = categories.isEmpty() ? pageSize / RECORDS_PER_DAY_OF_PART : pageSize;
        return start.plusDays(Math.max(1, days) - 1L);
    }

    Operation operation() {
        StringBuilder description = new StringBuilder("list ")
                .append(subresource == Subresource.none ? "" : subresource + " ")
                .append("usage records");
        if (!categories.isEmpty()) {
            description.append(" of ").append(TwilioApiException.printable(String.join(", ", categories)));
        }
        if (startDate != null) {
            description.append(" from ").append(startDate);
        }
        if (endDate != null) {
            description.append(" to ").append(endDate);
        }
        return new Operation(description.toString(), Operation.Kind.READ_WINDOW);
    }

    private List<NameValuePair> parameters(String category) {
        List<NameValuePair> parameters = new ArrayList<>();
        PageCursor.add(parameters, "Category", category);
        PageCursor.add(parameters, "StartDate", startDate);
        PageCursor.add(parameters, "EndDate", endDate);
        PageCursor.add(parameters, "IncludeSubaccounts", includeSubaccounts);
        return parameters;
    }
}
