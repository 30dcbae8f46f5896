package io.github.cameltwilio.usage.delivery;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

import io.github.cameltwilio.usage.client.UsageRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PeriodIteratorTest {

    @Test
    void joinsThePartsOfAPeriodThatIsSpreadOverPages() {
        assertThat(periods("14 sms, 14 calls", "14 mms, 13 sms", "13 calls", "13 mms, 12 sms"))
                .containsExactly("14 sms, 14 calls, 14 mms", "13 sms, 13 calls, 13 mms", "12 sms");
    }

    @Test
    void separatesPeriodsOfOnePage() {
        assertThat(periods("14 sms, 13 sms, 12 sms")).containsExactly("14 sms", "13 sms", "12 sms");
    }

    @Test
    void skipsEmptyPages() {
        assertThat(periods("", "14 sms", "", "", "14 calls", "")).containsExactly("14 sms, 14 calls");
        assertThat(periods("", "")).isEmpty();
        assertThat(periods()).isEmpty();
    }

    @Test
    void joinsRecordsWhoseDayCannotBeRead() {
        assertThat(periods("14 sms, ? sms", "? calls, 13 sms")).containsExactly("14 sms", "? sms, ? calls", "13 sms");
    }

    @Test
    void hasNoPeriodAfterTheLast() {
        PeriodIterator periods = new PeriodIterator(List.of(page("14 sms")).iterator());
        periods.next();
        assertThat(periods.hasNext()).isFalse();
        assertThatThrownBy(periods::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void readsNoPageBeforeItIsNeeded() {
        Iterator<List<UsageRecord>> pages = Arrays.asList(page("14 sms, 13 sms"), page("13 calls")).iterator();
        assertThat(new PeriodIterator(pages).next()).hasSize(1);
        assertThat(pages).hasNext();
    }

    private static List<String> periods(String... pages) {
        List<String> periods = new ArrayList<>();
        new PeriodIterator(Arrays.stream(pages).map(PeriodIteratorTest::page).iterator())
                .forEachRemaining(period -> periods.add(text(period)));
        return periods;
    }

    private static String text(List<UsageRecord> period) {
        return String.join(", ", period.stream()
                .map(usage -> (usage.startDate() == null ? "?" : usage.startDate().getDayOfMonth()) + " "
                        + usage.category())
                .toList());
    }

    private static List<UsageRecord> page(String records) {
        return records.isEmpty() ? Collections.emptyList()
                : Arrays.stream(records.split(", ")).map(record -> record.split(" "))
                        .map(parts -> usage(parts[0], parts[1])).toList();
    }

    private static UsageRecord usage(String day, String category) {
        LocalDate date = day.equals("?") ? null : LocalDate.parse("2026-03-" + day);
        return new UsageRecord("AC1", category, "", date, date, null, null, null, null, null, null, null, null, null,
                Map.of());
    }
}
