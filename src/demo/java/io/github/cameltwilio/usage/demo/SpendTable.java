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

/** Spend of the last week by category and day: the most expensive categories first, and the sum of all below them. */
final class SpendTable {
    private static final int DAYS = 7;
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

    /** The category that cost most on a day. */
    String mostExpensive(LocalDate day) {
        return spend.keySet().stream().max(Comparator.comparing(category -> of(category, day))).orElseThrow();
    }

    @Override
    public String toString() {
        List<LocalDate> week = days.stream().skip(Math.max(0, days.size() - DAYS)).toList();
        StringBuilder text = new StringBuilder("%-30s".formatted("spend in " + currency));
        week.forEach(day -> text.append("%11s".formatted(day.toString().substring(5))));
        text.append("%12s%n".formatted("week"));
        Map<String, List<BigDecimal>> rows = new TreeMap<>();
        spend.keySet().forEach(
                category -> rows.put(category, week.stream().map(day -> of(category, day)).toList()));
        rows.values().removeIf(prices -> sum(prices).signum() == 0);
        List<String> byCost = rows.keySet().stream()
                .sorted(Comparator.comparing((String category) -> sum(rows.get(category))).reversed()).toList();
        byCost.stream().limit(ROWS).forEach(category -> row(text, category, rows.get(category)));
        if (byCost.size() > ROWS) {
            text.append("... and %d smaller categories%n".formatted(byCost.size() - ROWS));
        }
        row(text, "total", week.stream().map(day -> sum(
                spend.keySet().stream().map(category -> of(category, day)).toList())).toList());
        return text.toString();
    }

    private BigDecimal of(String category, LocalDate day) {
        return spend.get(category).getOrDefault(day, BigDecimal.ZERO);
    }

    private static void row(StringBuilder text, String name, List<BigDecimal> prices) {
        text.append("%-30s".formatted(name));
        prices.forEach(price -> text.append("%11s".formatted(rounded(price))));
        text.append("%12s%n".formatted(rounded(sum(prices))));
    }

    private static BigDecimal sum(List<BigDecimal> prices) {
        return prices.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static BigDecimal rounded(BigDecimal price) {
        return price.setScale(2, RoundingMode.HALF_UP);
    }
}
