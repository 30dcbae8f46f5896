package io.github.cameltwilio.usage;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.delivery.LeafCategories;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;

/**
 * The records of a page, each once, in the order of the page.
 *
 * @param withdrawn the records without usage that withdraw a category which was delivered but is no longer a leaf
 * @param unlisted  those of them whose category is no longer listed
 */
record PageRecords(Map<RecordKey, UsageRecord> byKey, Set<RecordKey> withdrawn, Set<RecordKey> unlisted) {

    /** @param choose decides between two records with one key */
    static PageRecords of(List<UsageRecord> page, ReaderId reader, BinaryOperator<UsageRecord> choose) {
        Map<RecordKey, UsageRecord> records = new LinkedHashMap<>();
        page.forEach(usage -> records.merge(reader.key(usage), usage, choose));
        return new PageRecords(records, Set.of(), Set.of());
    }

    /** @param categories the categories that were listed before; those of the page are added */
    static PageRecords leavesOf(List<UsageRecord> page, ReaderId reader, BinaryOperator<UsageRecord> choose,
                                Set<String> categories) {
        Map<RecordKey, UsageRecord> records = of(LeafCategories.of(page), reader, choose).byKey;
        Map<RecordKey, UsageRecord> withdrawn = new LinkedHashMap<>();
        LeafCategories.withdrawn(page).forEach(usage -> withdrawn.put(reader.key(usage), usage));
        categories.addAll(LeafCategories.names(page));
        Set<RecordKey> unlisted = new HashSet<>();
        for (UsageRecord usage : LeafCategories.unlisted(page, categories)) {
            withdrawn.put(reader.key(usage), usage);
            unlisted.add(reader.key(usage));
        }
        records.putAll(withdrawn);
        return new PageRecords(records, withdrawn.keySet(), unlisted);
    }
}
