package io.github.cameltwilio.usage.state;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.UsageRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class UsageValuesTest {
    private static final UsageValues VALUES = values("12", "0.5", "usd");

    @Test
    void ignoresHowNumbersAreWritten() {
        assertThat(values("12.0", "0.50000", "usd")).isEqualTo(VALUES);
        assertThat(values("0", "0.000", "usd")).isEqualTo(values("0.0", "0", "usd"));
    }

    @Test
    void differsWhenAnyValueDiffers() {
        assertThat(VALUES).isNotEqualTo(values("12", "0.51", "usd")).isNotEqualTo(values("12", "0.5", "eur"))
                .isNotEqualTo(values(null, "0.5", "usd"));
    }

    @Test
    void roundTripsThroughText() {
        for (UsageValues values : List.of(VALUES, UsageValues.UNKNOWN, values(null, "-1E-64", ""),
                values("1E+64", "0", "~|%|\t\n"), values("1", "2", null))) {
            assertThat(UsageValues.of(values.text())).isEqualTo(values);
            assertThat(values.text()).doesNotContain("\t", "\n");
        }
        for (String invalid : List.of("", "~|~|~|~|~", "~|~|~|~|~|~|~", "x|~|~|~|~|~")) {
            assertThatThrownBy(() -> UsageValues.of(invalid)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void representsUnusualUnitsByTheirDigests() {
        List<UsageValues> unusual = Stream.of("u".repeat(2100), "u".repeat(2101), "u".repeat(61), "\ud800", "\ud801",
                "?", "\ufffd", "\ud83d\ude00").map(unit -> values("1", "2", unit)).toList();

        assertThat(unusual).doesNotHaveDuplicates()
                .allSatisfy(values -> assertThat(UsageValues.of(values.text())).isEqualTo(values))
                .allSatisfy(values -> assertThat(values.priceUnit()).hasSizeLessThan(40));
        assertThat(values("1", "2", "u".repeat(60)).priceUnit()).as("a usual unit").hasSize(60);
    }

    @Test
    void takesValuesFromRecord() {
        UsageRecord usage = new UsageRecord("AC1", "sms", "SMS", null, null, new BigDecimal("12.0"), "messages",
                new BigDecimal("7"), "messages", new BigDecimal("0.5"), "usd", null, null, null, Map.of());

        assertThat(UsageValues.of(usage)).isEqualTo(VALUES);
    }

    @Test
    void differsWhenTwiliosTextForAValueDiffers() {
        UsageValues many = malformed(Map.of("count", "many"));
        assertThat(many).isNotEqualTo(malformed(Map.of("count", "few"))).isNotEqualTo(malformed(Map.of()))
                .isNotEqualTo(malformed(Map.of("usage", "many")))
                .isEqualTo(malformed(Map.of("count", "many", "start_date", "soon")));
        assertThat(malformed(Map.of("new_field", "many"))).as("no value").isEqualTo(malformed(Map.of()));
        for (UsageValues values : List.of(many, malformed(Map.of("price", "|\t\n~")))) {
            assertThat(UsageValues.of(values.text())).isEqualTo(values);
        }
    }

    private static UsageValues malformed(Map<String, Object> otherFields) {
        return UsageValues.of(new UsageRecord("AC1", "sms", "SMS", null, null, null, null, null, null, null, null, null,
                null, null, otherFields));
    }

    private static UsageValues values(String count, String price, String currency) {
        return new UsageValues(count == null ? null : new BigDecimal(count), "messages", new BigDecimal("7"),
                "messages",
                new BigDecimal(price), currency);
    }
}
