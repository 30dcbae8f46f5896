package io.github.cameltwilio.usage.delivery;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.client.UsageRecord;

/**
 * Reduces a list to the records that contain no other record of it. The difference between their sum and
 * {@code totalprice} becomes an extra record, so that the prices add up to the bill even where Twilio's categories
 * overlap in undocumented ways, or do not cover all of it.
 */
public final class LeafCategories {
    private static final String UNATTRIBUTED = "unattributed";
    private static final String TOTAL = "totalprice";

    /** Has no end date: that of the current month moves while a list is read at midnight. */
    private record Period(String accountSid, LocalDate startDate, Object malformedStart) {

        static Period of(UsageRecord usage) {
            return new Period(usage.accountSid(), usage.startDate(),
                    usage.startDate() == null ? usage.otherFields().get("start_date") : null);
        }
    }

    private LeafCategories() {
    }

    /** Keeps the order of the list; the remainder of each account and period follows its leaves. */
    public static List<UsageRecord> of(List<UsageRecord> records) {
        return periods(records).stream().flatMap(period -> ofPeriod(period).stream()).toList();
    }

    /**
     * Returns a record without any usage for each category of these records that is not a leaf. It withdraws what was
     * delivered while the category was a leaf, before Twilio began to list its parts.
     */
    public static List<UsageRecord> withdrawn(List<UsageRecord> records) {
        return periods(records).stream()
                .flatMap(period -> period.stream().filter(isLeaf(period).negate()))
                .filter(usage -> !isTotal(usage))
                .map(usage -> withoutUsage(usage, usage.category(), usage.description()))
                .toList();
    }

    /**
     * Returns a record without any usage for each of these categories that a bill no longer lists. It withdraws what
     * was delivered before, because the remainder of the bill now includes it.
     */
    public static List<UsageRecord> unlisted(List<UsageRecord> records, Set<String> categories) {
        List<UsageRecord> unlisted = new ArrayList<>();
        for (List<UsageRecord> period : periods(records)) {
            Set<String> listed = period.stream().filter(usage -> usage.category() != null).map(LeafCategories::name)
                    .collect(Collectors.toSet());
            period.stream().filter(usage -> isTotal(usage) && usage.price() != null)
                    .forEach(total -> categories.stream().filter(name -> !listed.contains(name))
                            .forEach(name -> unlisted.add(withoutUsage(total, name, null))));
        }
        return unlisted;
    }

    /** Returns the names under which {@link #unlisted} looks for records. */
    public static Set<String> names(List<UsageRecord> records) {
        return names(records, usage -> true);
    }

    /** Returns the category that contains this one and is itself in no other, in lower case; or this one. */
    public static String top(String category) {
        String top = category.toLowerCase(Locale.ROOT);
        for (String container : CategoryTree.containers(top)) {
            top = container;
        }
        return top;
    }

    /** Returns the names among the categories of delivered records, without that of a remainder and placeholders. */
    public static Set<String> namesAmong(Set<String> categories) {
        return categories.stream().filter(name -> !name.equals(UNATTRIBUTED) && !name.startsWith("?"))
                .collect(Collectors.toSet());
    }

    private static UsageRecord withoutUsage(UsageRecord like, String category, String description) {
        return new UsageRecord(like.accountSid(), category, description, like.startDate(), like.endDate(),
                BigDecimal.ZERO, like.countUnit(), BigDecimal.ZERO, like.usageUnit(), BigDecimal.ZERO,
                like.priceUnit(), like.asOf(), like.apiVersion(), like.uri(), Map.of());
    }

    private static Collection<List<UsageRecord>> periods(List<UsageRecord> records) {
        return records.stream()
                .collect(Collectors.groupingBy(Period::of, LinkedHashMap::new,
                        Collectors.collectingAndThen(Collectors.toList(), LeafCategories::lastOfEach)))
                .values();
    }

    /** A list that moves between two requests may have a record twice: the later one counts. */
    private static List<UsageRecord> lastOfEach(List<UsageRecord> records) {
        Map<Object, UsageRecord> last = new LinkedHashMap<>();
        // Records without a category cannot be told apart, so all of them count.
        records.forEach(usage -> last.put(usage.category() == null ? new Object() : name(usage), usage));
        return List.copyOf(last.values());
    }

    private static List<UsageRecord> ofPeriod(List<UsageRecord> records) {
        List<UsageRecord> leaves = new ArrayList<>(records.stream().filter(isLeaf(records)).toList());
        BigDecimal sum = leaves.stream().map(UsageRecord::price).filter(Objects::nonNull)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        records.stream().filter(usage -> isTotal(usage) && usage.price() != null)
                .forEach(total -> leaves.add(remainder(total, total.price().subtract(sum))));
        return leaves;
    }

    /**
     * Twilio lists hundreds of categories that an account does not use, so only a part with usage takes the place of
     * the category that contains it. Otherwise an unused {@code premiumsupport-percentage-spend} would leave the fee of
     * {@code premiumsupport} unattributed.
     */
    private static Predicate<UsageRecord> isLeaf(List<UsageRecord> period) {
        Set<String> listed = names(period, usage -> true);
        Set<String> leaves = names(period, UsageRecord::hasUsage);
        leaves.removeAll(containers(leaves));
        Set<String> containers = containers(listed);
        return usage -> {
            if (usage.category() == null || isTotal(usage)) {
                return !isTotal(usage);
            }
            String name = name(usage);
            if (CategoryTree.isListedAgain(name)) {
                return false;
            }
            return usage.hasUsage() ? leaves.contains(name)
                    : !containers.contains(name) && Collections.disjoint(CategoryTree.containers(name), leaves);
        };
    }

    private static Set<String> names(List<UsageRecord> period, Predicate<UsageRecord> which) {
        return period.stream().filter(which).filter(usage -> usage.category() != null && !isTotal(usage))
                .map(LeafCategories::name).filter(name -> !CategoryTree.isListedAgain(name))
                .collect(Collectors.toSet());
    }

    private static Set<String> containers(Set<String> names) {
        return names.stream().flatMap(name -> CategoryTree.containers(name).stream()).collect(Collectors.toSet());
    }

    /** Twilio's documentation and its data disagree on the case. */
    private static String name(UsageRecord usage) {
        return usage.category().toLowerCase(Locale.ROOT);
    }

    private static boolean isTotal(UsageRecord usage) {
        return TOTAL.equalsIgnoreCase(usage.category());
    }

    private static UsageRecord remainder(UsageRecord total, BigDecimal price) {
        return new UsageRecord(total.accountSid(), UNATTRIBUTED, "Not covered by any other category of the list",
                total.startDate(), total.endDate(), null, total.countUnit(), price, total.usageUnit(), price,
                total.priceUnit(), total.asOf(), total.apiVersion(), null, Map.of())
                .withAccount(total.accountName(), total.accountStatus());
    }
}
