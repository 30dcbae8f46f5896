package io.github.cameltwilio.usage.simulator;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.util.RawValue;

/** Renders pages of usage records: every category for every period, zeros included, newest period first. */
final class UsageRecords {

    private static final Pattern RELATIVE_DATE = Pattern.compile("([+-]\\d{1,5})days");
    private static final DateTimeFormatter AS_OF = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx")
            .withZone(ZoneOffset.UTC);

    private final SimulatedAccount account;
    private final List<SimulatedAccount> subaccounts;

    /** @param subaccounts the accounts whose usage is included in this one's */
    UsageRecords(SimulatedAccount account, List<SimulatedAccount> subaccounts) {
        this.account = account;
        this.subaccounts = subaccounts;
    }

    Map<String, Object> page(UsageList list, Paging paging, Instant now) {
        List<Window> periods = list.periods(window(list, paging, now));
        List<Category> categories = categories(paging.filters());
        return paging.page("usage_records", periods.size() * categories.size(), row -> usageRecord(
                list, categories.get(row % categories.size()), periods.get(row / categories.size()), now));
    }

    private List<Category> categories(Map<String, String> filters) {
        if (!filters.containsKey("Category")) {
            return account.categories().all();
        }
        return account.categories().find(filters.get("Category")).stream().toList();
    }

    private Window window(UsageList list, Paging paging, Instant now) {
        Window life = account.lifeAt(now);
        return list.fixedWindow(life.end())
                .orElseGet(() -> requestedWindow(paging, life))
                .clippedTo(life);
    }

    private static Window requestedWindow(Paging paging, Window life) {
        LocalDate start = date(paging.filters(), "StartDate", life.start(), life.end());
        LocalDate end = date(paging.filters(), "EndDate", life.end(), life.end());
        Window requested = new Window(start, end);
        if (requested.isEmpty() || !life.contains(start)) {
            throw ApiError.notFound(paging.path());
        }
        return requested;
    }

    private static LocalDate date(Map<String, String> filters, String name, LocalDate defaultDate, LocalDate today) {
        if (!filters.containsKey(name)) {
            return defaultDate;
        }
        Matcher relative = RELATIVE_DATE.matcher(filters.get(name));
        if (relative.matches()) {
            return today.plusDays(Integer.parseInt(relative.group(1)));
        }
        try {
            return LocalDate.parse(filters.get(name));
        } catch (DateTimeException e) {
            throw ApiError.invalidDate(name);
        }
    }

    private Map<String, Object> usageRecord(UsageList list, Category category, Window period, Instant now) {
        Usage used = subaccounts.stream().map(subaccount -> subaccount.usage(category, period, now))
                .reduce(account.usage(category, period, now), Usage::plus);
        Map<String, Object> usageRecord = new TreeMap<>();
        usageRecord.put("account_sid", account.sid());
        usageRecord.put("api_version", "2010-04-01");
        usageRecord.put("as_of", AS_OF.format(now));
        usageRecord.put("category", category.name());
        usageRecord.put("count", text(used.count()));
        usageRecord.put("count_unit", category.countUnit());
        usageRecord.put("description", category.description());
        usageRecord.put("end_date", period.end().toString());
        usageRecord.put("price", text(used.price()));
        usageRecord.put("price_unit", "usd");
        usageRecord.put("start_date", period.start().toString());
        usageRecord.put("subresource_uris", subresourceUris(category));
        usageRecord.put("uri",
                uri(list, category) + "&StartDate=" + period.start() + "&EndDate=" + period.end());
        usageRecord.put("usage", text(used.usage()));
        usageRecord.put("usage_unit", category.usageUnit());
        if (list == UsageList.DAILY) {
            account.overrides(category, period.start())
                    .forEach((field, json) -> usageRecord.put(field, new RawValue(json)));
        }
        return usageRecord;
    }

    private Map<String, String> subresourceUris(Category category) {
        Map<String, String> uris = new TreeMap<>();
        for (UsageList list : UsageList.values()) {
            if (list != UsageList.RECORDS) {
                uris.put(list.key(), uri(list, category));
            }
        }
        return uris;
    }

    private String uri(UsageList list, Category category) {
        return "/2010-04-01/Accounts/" + account.sid() + "/Usage/Records" + list.path()
                + ".json?Category=" + category.name();
    }

    private static String text(BigDecimal number) {
        return number == null ? null : number.toPlainString();
    }
}
