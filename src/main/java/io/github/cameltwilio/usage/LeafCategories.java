package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.client.UsageRecord;

/**
 * The records of a list that hold no other one of it. What they do not add up to of {@code totalprice} becomes a record
 * of its own, so that the sum is the bill even where Twilio has overlaps that nobody wrote down.
 */
final class LeafCategories {
    static final String UNATTRIBUTED = "unattributed";

    private static final String TOTAL = "totalprice";

    // The rules are read off Twilio's list of categories: https://www.twilio.com/docs/usage/api/usage-record
    // A category is in the one that its name begins with: calls-inbound-local in calls-inbound, and that in calls.
    // These are not:
    private static final List<String> BESIDE_WHAT_THEY_BEGIN_WITH = List.of(
            // Calls by SIP and by client are no part of calls.
            "calls-sip", "calls-client", "calls-globalconference", "calls-media-stream-minutes",
            "calls-recordings");

    // These are in one that their name does not begin with:
    private static final Map<String, String> HELD_BY = Map.of(
            // Recordings are those of calls and of trunks.
            "calls-recordings", "recordings",
            "trunking-recordings", "recordings",
            // Lookups are all lookups.
            "carrier-lookups", "lookups",
            "fraud-lookups", "lookups",
            // Programmable Video is all of it, relays included.
            "group-rooms", "pv",
            "turnmegabytes", "pv");

    // Twilio lists these a second time among the messages and the calls.
    private static final Set<String> LISTED_ELSEWHERE_TOO = Set.of("authy-sms-outbound", "authy-calls-outbound");

    private record Period(String accountSid, LocalDate startDate, LocalDate endDate) {
    }

    private LeafCategories() {
    }

    /** In the order of the list, the remainder of each account and period behind its leaves. */
    static List<UsageRecord> of(List<UsageRecord> records) {
        return records.stream()
                .collect(Collectors.groupingBy(one -> new Period(one.accountSid(), one.startDate(), one.endDate()),
                        LinkedHashMap::new, Collectors.toList()))
                .values().stream().flatMap(period -> ofPeriod(period).stream()).toList();
    }

    private static List<UsageRecord> ofPeriod(List<UsageRecord> records) {
        Set<String> categories = records.stream().map(UsageRecord::category).collect(Collectors.toSet());
        List<UsageRecord> leaves = new ArrayList<>(
                records.stream().filter(one -> isLeaf(one.category(), categories)).toList());
        BigDecimal sum = leaves.stream().map(UsageRecord::price).filter(price -> price != null)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        records.stream().filter(one -> TOTAL.equals(one.category()) && one.price() != null)
                .forEach(total -> leaves.add(remainder(total, total.price().subtract(sum))));
        return leaves;
    }

    private static boolean isLeaf(String category, Set<String> categories) {
        return category == null || !category.equals(TOTAL) && !LISTED_ELSEWHERE_TOO.contains(category)
                && categories.stream().noneMatch(other -> other != null && holds(category, other));
    }

    private static boolean holds(String category, String other) {
        return category.equals(HELD_BY.get(other))
                || other.startsWith(category + "-") && BESIDE_WHAT_THEY_BEGIN_WITH.stream()
                        .noneMatch(beside -> isOrIsBelow(other, beside) && !isOrIsBelow(category, beside));
    }

    private static boolean isOrIsBelow(String category, String above) {
        return category.equals(above) || category.startsWith(above + "-");
    }

    private static UsageRecord remainder(UsageRecord total, BigDecimal price) {
        return new UsageRecord(total.accountSid(), UNATTRIBUTED, "What no other category of the list holds",
                total.startDate(),
                total.endDate(), null, total.countUnit(), price, total.usageUnit(), price, total.priceUnit(),
                total.asOf(),
                total.apiVersion(), null, Map.of());
    }
}
