package io.github.cameltwilio.usage.delivery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.UsageRecord;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Draws bills at random, lists them as Twilio may, and checks that the leaves of each list add up to the bill and show
 * no cost twice. A category whose place is known from its name alone may or may not be part of the other one, so both
 * are drawn.
 */
class LeafSumsTest {
    private static final LocalDate DAY = LocalDate.parse("2026-03-14");
    private static final List<String> CATEGORIES = categories();

    /** All of Twilio's categories if its data lies beside the project, or else the described ones and some more. */
    private static List<String> categories() {
        String data = System.getProperty("twilio.data", "");
        if (data.isEmpty()) {
            return Stream.concat(CategoryTree.DESCRIBED.values().stream().flatMap(line -> Stream.of(line.category(),
                    line.other())), Stream.of("calls-inbound", "calls-inbound-local", "calls-outbound", "wireless",
                            "wireless-usage", "wireless-usage-data", "pv-composition-minutes", "premiumsupport"))
                    .distinct().sorted().toList();
        }
        try {
            return Files.readAllLines(Path.of(data, "categories.txt")).stream()
                    .filter(name -> !name.equals("totalprice")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Property(tries = 500)
    void leavesAddUpToTheBillAndShowNoCostTwice(@ForAll long seed) {
        Random random = new Random(seed);
        Bill bill = new Bill(random);
        List<UsageRecord> listed = bill.listed(random);

        List<UsageRecord> leaves = LeafCategories.of(listed);

        assertThat(sum(leaves)).isEqualByComparingTo(BigDecimal.valueOf(bill.total));
        assertThat(leaves.get(leaves.size() - 1)).matches(usage -> usage.category().equals("unattributed"))
                .matches(usage -> usage.price().signum() >= 0, "no negative remainder");
        Set<String> names = leaves.stream().map(usage -> usage.category().toLowerCase()).collect(Collectors.toSet());
        // AssertJ's own comparison of hundreds of names with hundreds of others takes most of a minute.
        assertThat(names).hasSameSizeAs(leaves)
                .filteredOn(name -> !Collections.disjoint(CategoryTree.containers(name), names))
                .as("leaves within another leaf").isEmpty();
        assertThat(LeafCategories.withdrawn(listed)).extracting(usage -> usage.category().toLowerCase())
                .as("each listed category is a leaf or taken back")
                .hasSize(listed.stream().map(usage -> usage.category().toLowerCase()).collect(Collectors.toSet()).size()
                        - leaves.size())
                .doesNotContain("totalprice").filteredOn(names::contains).isEmpty();
    }

    private static BigDecimal sum(List<UsageRecord> records) {
        return records.stream().map(UsageRecord::price).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** What an account spent on each category itself, and in which other categories Twilio counts that too. */
    private static final class Bill {
        private final Map<String, Integer> own = new LinkedHashMap<>();
        private final Map<String, Integer> shown = new LinkedHashMap<>();
        private final int total;

        Bill(Random random) {
            List<String> names = new ArrayList<>(CATEGORIES);
            Collections.shuffle(names, random);
            names.subList(0, 1 + random.nextInt(names.size()))
                    .forEach(name -> own.put(name, random.nextInt(3) == 0 ? 1 + random.nextInt(1000) : 0));
            own.forEach((name, price) -> {
                if (isListedAgain(name)) {
                    shown.put(name, price);
                    // The same messages once more, where they belong.
                    own.replace(name, 0);
                    add(CategoryTree.DESCRIBED.get(name).other(), price, random);
                } else {
                    add(name, price, random);
                }
            });
            int outside = random.nextInt(3) == 0 ? random.nextInt(100) : 0;
            total = outside + own.values().stream().mapToInt(Integer::intValue).sum()
                    + shown.entrySet().stream().filter(entry -> isListedAgain(entry.getKey()))
                            .mapToInt(Map.Entry::getValue).sum();
        }

        private void add(String name, int price, Random random) {
            shown.merge(name, price, Integer::sum);
            // Each category that may contain this one includes its price in half of the cases.
            CategoryTree.containers(name).stream().filter(container -> own.containsKey(container))
                    .filter(container -> random.nextBoolean())
                    .forEach(container -> shown.merge(container, price, Integer::sum));
        }

        /** By the table itself, so that the code that reads it is tested too. */
        private static boolean isListedAgain(String name) {
            return CategoryTree.DESCRIBED.containsKey(name)
                    && CategoryTree.DESCRIBED.get(name).relation().equals(CategoryTree.AGAIN_IN);
        }

        /** In any order, without some of the categories, with some of them twice and in another case. */
        List<UsageRecord> listed(Random random) {
            List<UsageRecord> listed = new ArrayList<>();
            boolean dense = random.nextBoolean();
            shown.forEach((name, price) -> {
                for (int i = random.nextInt(10) == 0 ? 2 : 1; i > 0 && (dense || random.nextInt(3) > 0); i--) {
                    listed.add(usage(random.nextInt(5) == 0 ? name.toUpperCase() : name, price,
                            price > 0 || random.nextInt(4) == 0 ? 1 : 0));
                }
            });
            listed.add(usage("totalprice", total, 0));
            Collections.shuffle(listed, random);
            return listed;
        }

        private static UsageRecord usage(String category, int price, int count) {
            return new UsageRecord("AC1", category, "", DAY, DAY, BigDecimal.valueOf(count), "items", BigDecimal.ZERO,
                    "items", BigDecimal.valueOf(price), "usd", null, "2010-04-01", "/uri", Map.of());
        }
    }
}
