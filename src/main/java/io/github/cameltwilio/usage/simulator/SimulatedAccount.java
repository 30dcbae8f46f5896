package io.github.cameltwilio.usage.simulator;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** An account with its history: the generated usage of each day, and later corrections. */
final class SimulatedAccount {

    private record CategoryDay(String category, LocalDate day) {
    }

    private final String sid;
    private final String friendlyName;
    private final LocalDate created;
    private final Categories categories;
    private final SimulatedUsage generated;
    private final Map<CategoryDay, BigDecimal> corrections = new ConcurrentHashMap<>();
    private final Map<CategoryDay, Map<String, String>> overrides = new ConcurrentHashMap<>();

    SimulatedAccount(
                     String sid, String friendlyName, LocalDate created, Categories categories,
                     SimulatedUsage generated) {
        this.sid = sid;
        this.friendlyName = friendlyName;
        this.created = created;
        this.categories = categories;
        this.generated = generated;
    }

    String sid() {
        return sid;
    }

    String friendlyName() {
        return friendlyName;
    }

    LocalDate created() {
        return created;
    }

    Categories categories() {
        return categories;
    }

    Category category(String name) {
        return categories.find(name).orElseThrow(() -> new IllegalArgumentException(
                "The simulated account has no category " + name + ": name it in Builder.categories(...)"));
    }

    /** The days that the account has usage for, from its first day to today. */
    Window lifeAt(Instant now) {
        return new Window(created, LocalDate.ofInstant(now, ZoneOffset.UTC));
    }

    Usage usage(Category category, Window period, Instant now) {
        Window days = period.clippedTo(lifeAt(now));
        BigDecimal count = BigDecimal.ZERO;
        BigDecimal usage = BigDecimal.ZERO;
        BigDecimal price = BigDecimal.ZERO;
        for (Category leaf : categories.leavesOf(category)) {
            for (LocalDate day = days.start(); !day.isAfter(days.end()); day = day.plusDays(1)) {
                Usage ofDay = usage(leaf, day, now);
                count = count.add(ofDay.count());
                usage = usage.add(ofDay.usage());
                price = price.add(ofDay.price());
            }
        }
        return category.isTotalPrice() ? new Usage(null, price, price) : new Usage(count, usage, price);
    }

    private Usage usage(Category leaf, LocalDate day, Instant now) {
        boolean finished = day.isBefore(LocalDate.ofInstant(now, ZoneOffset.UTC));
        int elapsed = finished ? SimulatedUsage.wholeDay() : now.atOffset(ZoneOffset.UTC).toLocalTime().toSecondOfDay();
        Usage ofDay = generated.of(leaf, day, elapsed);
        BigDecimal factor = corrections.get(new CategoryDay(leaf.name(), day));
        return factor == null ? ofDay : ofDay.times(factor);
    }

    void correct(LocalDate day, Category category, BigDecimal factor) {
        for (Category leaf : categories.leavesOf(category)) {
            corrections.merge(new CategoryDay(leaf.name(), day), factor, BigDecimal::multiply);
        }
    }

    void override(Category category, LocalDate day, String field, String rawJsonValue) {
        overrides.computeIfAbsent(new CategoryDay(category.name(), day), row -> new ConcurrentHashMap<>()).put(field,
                rawJsonValue);
    }

    Map<String, String> overrides(Category category, LocalDate day) {
        return overrides.getOrDefault(new CategoryDay(category.name(), day), Map.of());
    }
}
