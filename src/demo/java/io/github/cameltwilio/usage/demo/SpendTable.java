package io.github.cameltwilio.usage.demo;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

import io.github.cameltwilio.usage.client.UsageRecord;

/** Spend by category and day: the most expensive categories first, and Twilio's total below them. */
final class SpendTable {
    private static final String TOTAL = "totalprice";
    private static final int ROWS = 14;

    private final Map<String, Map<LocalDate, BigDecimal>> spend = new TreeMap<>();
    private final SortedSet<LocalDate> days = new TreeSet<>();
    private String currency = "";

    void add(UsageRecord usage) {
        days.add(usage.startDate());
        spend.computeIfAbsent(usage.category(), category -> new TreeMap<>())
                .put(usage.startDate(), usage.price() == null ? BigDecimal.ZERO : usage.price());
        currency = usage.priceUnit();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("%-30s".formatted("spend in " + currency));
        days.forEach(day -> text.append("%11s".formatted(day.toString().substring(5))));
        text.append("%12s%n".formatted("week"));
        List<String> byCost = spend.keySet().stream().filter(category -> !category.equals(TOTAL))
                .sorted(Comparator.comparing(this::week).reversed()).toList();
        byCost.stream().limit(ROWS).forEach(category -> row(text, category));
        if (byCost.size() > ROWS) {
            text.append("... and %d smaller categories%n".formatted(byCost.size() - ROWS));
        }
        if (spend.containsKey(TOTAL)) {
            row(text, TOTAL);
        }
        return text
                .append("Categories overlap (calls includes calls-inbound), so only totalprice is the bill.%n"
                        .formatted())
                .toString();
    }

    private void row(StringBuilder text, String category) {
        text.append("%-30s".formatted(category));
        days.forEach(
                day -> text.append("%11s".formatted(rounded(spend.get(category).getOrDefault(day, BigDecimal.ZERO)))));
        text.append("%12s%n".formatted(rounded(week(category))));
    }

    private BigDecimal week(String category) {
        return spend.get(category).values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static BigDecimal rounded(BigDecimal price) {
        return price.setScale(2, RoundingMode.HALF_UP);
    }
}
