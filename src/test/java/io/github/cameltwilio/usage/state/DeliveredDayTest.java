package io.github.cameltwilio.usage.state;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeliveredDayTest {
    private final DeliveredDay day = new DeliveredDay();

    @Test
    void isEmptyAtFirst() {
        assertThat(day.size()).isZero();
        assertThat(day.get("sms")).isEmpty();
        assertThat(all()).isEmpty();
    }

    @Test
    void keepsLastValuesOfCategory() {
        day.put("sms", values(1));
        day.put("sms", values(2));

        assertThat(day.get("sms")).contains(values(2));
        assertThat(day.size()).isOne();
    }

    @Test
    void keepsValuesOfCategoriesInAnyOrder() {
        List<Integer> numbers = new ArrayList<>(IntStream.range(0, 640).boxed().toList());
        Collections.shuffle(numbers, new Random(5));
        Map<String, UsageValues> expected = new TreeMap<>();
        for (int number : numbers) {
            day.put("category-" + number, values(number));
            expected.put("category-" + number, values(number));
            assertThat(day.size()).isEqualTo(expected.size());
        }

        assertThat(all()).isEqualTo(expected);
        assertThat(expected).allSatisfy((category, its) -> assertThat(day.get(category)).contains(its));
        assertThat(day.get("category")).isEmpty();
        assertThat(day.get("category-641")).isEmpty();
    }

    private Map<String, UsageValues> all() {
        Map<String, UsageValues> all = new TreeMap<>();
        day.forEach(all::put);
        return all;
    }

    private static UsageValues values(int count) {
        BigDecimal number = BigDecimal.valueOf(count);
        return new UsageValues(number, "messages", number, "messages", BigDecimal.ONE, "usd");
    }
}
