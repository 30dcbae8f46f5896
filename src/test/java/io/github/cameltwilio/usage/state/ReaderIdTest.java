package io.github.cameltwilio.usage.state;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;

import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.UsageRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReaderIdTest {
    private static final LocalDate DAY = LocalDate.parse("2026-03-15");

    @Test
    void ignoresOrderAndCaseOfCategories() {
        assertThat(reader("sms", "Calls")).isEqualTo(reader("calls", "SMS")).hasToString("AC1|all|daily|calls,sms");
        assertThat(reader()).hasToString("AC1|all|daily|");
    }

    @Test
    void hashesLongListOfCategories() {
        String longestUnhashed = "c".repeat(120);
        assertThat(reader(longestUnhashed)).hasToString("AC1|all|daily|" + longestUnhashed);
        assertThat(reader(longestUnhashed + "c").toString()).matches("AC1\\|all\\|daily\\|[0-9a-f-]{36}")
                .isEqualTo(reader(longestUnhashed + "c").toString())
                .isNotEqualTo(reader(longestUnhashed + "d").toString());
    }

    @Test
    void identifiesRecordByStartDateAndCategory() {
        assertThat(reader().key(usage("SMS", DAY)))
                .isEqualTo(new RecordKey("AC1", Scope.all, Subresource.daily, DAY, "sms"))
                .hasToString("AC1|all|daily|2026-03-15|sms");
        assertThat(reader().key(usage(null, null)))
                .isEqualTo(new RecordKey("AC1", Scope.all, Subresource.daily, LocalDate.MAX, ""));
    }

    @Test
    void identifiesARecordThatCannotBeReadByTwiliosText() {
        assertThat(reader().key(unreadable("sms", Map.of("start_date", "soon"), "/path")))
                .isEqualTo(new RecordKey("AC1", Scope.all, Subresource.daily, LocalDate.MAX, "sms|soon"))
                .hasToString("AC1|all|daily|?|sms|soon");
        assertThat(reader().key(unreadable(null, Map.of("category", 7), "/path")).category()).isEqualTo("?7|/path");
        assertThat(reader().key(unreadable("sms", Map.of(), "/path")).category()).isEqualTo("sms|/path");
        assertThat(reader().key(unreadable("sms", Map.of(), null)).category()).isEqualTo("sms");
    }

    @Test
    void hasOnlyDaysThatADatabaseCanStore() {
        for (String day : List.of("0001-01-01", "9999-12-31")) {
            assertThat(reader().key(usage("sms", LocalDate.parse(day)))).hasToString("AC1|all|daily|" + day + "|sms");
        }
        for (String day : List.of("0000-12-31", "+10000-01-01")) {
            assertThat(reader().key(usage("sms", LocalDate.parse(day)))).hasToString("AC1|all|daily|?|sms|" + day);
        }
    }

    @Test
    void coversTheRecordsOfItsAccountScopeAndListWhateverItsCategories() {
        RecordKey key = reader().key(DAY, "sms");
        assertThat(reader("calls").covers(key)).isTrue();
        assertThat(new ReaderId("AC2", Scope.all, Subresource.daily, List.of()).covers(key)).isFalse();
        assertThat(new ReaderId("AC1", Scope.own, Subresource.daily, List.of()).covers(key)).isFalse();
        assertThat(new ReaderId("AC1", Scope.all, Subresource.monthly, List.of()).covers(key)).isFalse();
    }

    @Test
    void coversTheSameRecordsWhetherItsAccountIsReadAloneOrAsOneOfSeveral() {
        ReaderId alone = new ReaderId("AC1", Scope.own, Subresource.daily, List.of());
        ReaderId oneOfSeveral = new ReaderId("AC1", Scope.each, Subresource.daily, List.of());

        assertThat(oneOfSeveral.key(DAY, "sms")).isEqualTo(alone.key(DAY, "sms"));
        assertThat(oneOfSeveral.covers(alone.key(DAY, "sms"))).isTrue();
        assertThat(oneOfSeveral).isNotEqualTo(alone);
    }

    /** A state file would return a question mark instead. */
    @Test
    void identifiesACategoryThatCannotBeEncodedByItsDigest() {
        RecordKey key = reader().key(usage("\ud800", DAY));
        assertThat(key.category()).matches("\\?[0-9a-f-]{36}")
                .isNotEqualTo(reader().key(usage("\ud801", DAY)).category());
    }

    private static ReaderId reader(String... categories) {
        return new ReaderId("AC1", Scope.all, Subresource.daily, List.of(categories));
    }

    private static UsageRecord unreadable(String category, Map<String, Object> otherFields, String uri) {
        return new UsageRecord("AC1", category, "", null, null, null, null, null, null, null, null, null, null, uri,
                otherFields);
    }

    private static UsageRecord usage(String category, LocalDate day) {
        return new UsageRecord("AC1", category, "", day, day, null, null, null, null, null, null, null, null, null,
                Map.of());
    }
}
