package io.github.cameltwilio.usage.delivery;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.client.UsageRecord;

/**
 * Reduces a list to the records that contain no other record of it. The difference between their sum and
 * {@code totalprice} becomes an extra record, so that the prices add up to the bill even where Twilio's categories
 * overlap in undocumented ways.
 */
public final class LeafCategories {
    private static final String UNATTRIBUTED = "unattributed";
    private static final String TOTAL = "totalprice";

    // The rules follow Twilio's list of categories: https://www.twilio.com/docs/usage/api/usage-record
    // By default a category is part of the one whose name it extends: calls-inbound-local is part of calls-inbound.

    // Exceptions: these extend a name but are not part of that category.
    private static final List<String> NOT_PART_OF_THEIR_PREFIX = List.of("calls-sip", "calls-client",
            "calls-globalconference", "calls-media-stream-minutes", "calls-recordings");

    // Exceptions: these are part of a category whose name they do not extend.
    private static final Map<String, String> PARENT_OF = Map.of(
            "calls-recordings", "recordings",
            "trunking-recordings", "recordings",
            "carrier-lookups", "lookups",
            "fraud-lookups", "lookups",
            "group-rooms", "pv",
            "turnmegabytes", "pv");

    // Twilio lists these a second time among the messages and the calls.
    private static final Set<String> DUPLICATES = Set.of("authy-sms-outbound", "authy-calls-outbound");

    private record Period(String accountSid, LocalDate startDate, LocalDate endDate) {
    }

    private LeafCategories() {
    }

    /** Keeps the order of the list; the remainder of each account and period follows its leaves. */
    public static List<UsageRecord> of(List<UsageRecord> records) {
        return records.stream()
                .collect(Collectors.groupingBy(
                        usage -> new Period(usage.accountSid(), usage.startDate(), usage.endDate()),
                        LinkedHashMap::new, Collectors.toList()))
                .values().stream().flatMap(period -> ofPeriod(lastOfEach(period)).stream()).toList();
    }

    /**
     * Returns a record without any usage for each category of these records that contains another one. It takes back
     * what was delivered before Twilio began to list the other category.
     */
    public static List<UsageRecord> withdrawn(List<UsageRecord> records) {
        Set<String> categories = records.stream().map(UsageRecord::category).collect(Collectors.toSet());
        return records.stream()
                .filter(usage -> !TOTAL.equals(usage.category()) && !isLeaf(usage.category(), categories))
                .map(usage -> new UsageRecord(usage.accountSid(), usage.category(), usage.description(),
                        usage.startDate(), usage.endDate(), BigDecimal.ZERO, usage.countUnit(), BigDecimal.ZERO,
                        usage.usageUnit(), BigDecimal.ZERO, usage.priceUnit(), usage.asOf(), usage.apiVersion(),
                        usage.uri(), Map.of()))
                .toList();
    }

    /** A list that moves between two requests may have a record twice: the later one counts. */
    private static List<UsageRecord> lastOfEach(List<UsageRecord> records) {
        Map<Object, UsageRecord> last = new LinkedHashMap<>();
        // Records without a category cannot be told apart, so all of them count.
        records.forEach(usage -> last.put(usage.category() == null ? new Object() : usage.category(), usage));
        return List.copyOf(last.values());
    }

    private static List<UsageRecord> ofPeriod(List<UsageRecord> records) {
        Set<String> categories = records.stream().map(UsageRecord::category).collect(Collectors.toSet());
        List<UsageRecord> leaves = new ArrayList<>(
                records.stream().filter(usage -> isLeaf(usage.category(), categories)).toList());
        BigDecimal sum = leaves.stream().map(UsageRecord::price).filter(Objects::nonNull)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        records.stream().filter(usage -> TOTAL.equals(usage.category()) && usage.price() != null)
                .forEach(total -> leaves.add(remainder(total, total.price().subtract(sum))));
        return leaves;
    }

    private static boolean isLeaf(String category, Set<String> categories) {
        return category == null || !category.equals(TOTAL) && !DUPLICATES.contains(category)
                && categories.stream().noneMatch(other -> other != null && contains(category, other));
    }

    private static boolean contains(String category, String other) {
        return category.equals(PARENT_OF.get(other))
                || other.startsWith(category + "-") && NOT_PART_OF_THEIR_PREFIX.stream()
                        .noneMatch(exception -> isWithin(other, exception) && !isWithin(category, exception));
    }

    private static boolean isWithin(String category, String prefix) {
        return category.equals(prefix) || category.startsWith(prefix + "-");
    }

    private static UsageRecord remainder(UsageRecord total, BigDecimal price) {
        return new UsageRecord(total.accountSid(), UNATTRIBUTED, "Not covered by any other category of the list",
                total.startDate(), total.endDate(), null, total.countUnit(), price, total.usageUnit(), price,
                total.priceUnit(), total.asOf(), total.apiVersion(), null, Map.of());
    }
}
