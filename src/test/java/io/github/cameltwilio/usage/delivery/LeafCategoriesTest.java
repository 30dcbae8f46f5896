package io.github.cameltwilio.usage.delivery;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.cameltwilio.usage.client.UsageRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class LeafCategoriesTest {
    private static final LocalDate DAY = LocalDate.parse("2026-03-14");
    private static final OffsetDateTime NOW = OffsetDateTime.parse("2026-03-15T12:00:00Z");

    @Test
    void treatsCategoryAsPartOfItsNamePrefix() {
        assertThat(leavesOf("calls", "calls-inbound", "calls-inbound-local", "calls-outbound", "callsign"))
                .containsExactly("calls-inbound-local", "calls-outbound", "callsign");
    }

    @Test
    void keepsCategoriesOnlyNamedLikeParts() {
        assertThat(
                leavesOf("calls", "calls-sip", "calls-client", "calls-recordings"))
                .containsExactly("calls", "calls-sip", "calls-client", "calls-recordings");
        assertThat(leavesOf("calls", "calls-sip", "calls-sip-inbound")).containsExactly("calls", "calls-sip-inbound");
    }

    @Test
    void recognizesPartsWithoutCommonPrefix() {
        assertThat(leavesOf("recordings", "calls-recordings", "lookups", "fraud-lookups", "pv", "turnmegabytes"))
                .containsExactly("calls-recordings", "fraud-lookups", "turnmegabytes");
        assertThat(leavesOf("recordings", "lookups", "pv")).containsExactly("recordings", "lookups", "pv");
    }

    @Test
    void treatsCategoryAsPartIfOnlyItsNameIsKnown() {
        assertThat(leavesOf("calls", "calls-globalconference", "calls-media-stream-minutes"))
                .as("no document says that calls is without these")
                .containsExactly("calls-globalconference", "calls-media-stream-minutes");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "pv 10, group-rooms 0, group-rooms-participant-minutes 0, video-recordings 10,"
                    + " group-rooms-recorded-minutes 6, pv-composition-minutes 4, totalprice 10"
                    + "| group-rooms-participant-minutes 0, group-rooms-recorded-minutes 6,"
                    + " pv-composition-minutes 4, unattributed 0",
            "pv 5, group-rooms 0, pv-rooms 5, peer-to-peer-rooms-participant-minutes 5, totalprice 5"
                    + "| group-rooms 0, peer-to-peer-rooms-participant-minutes 5, unattributed 0",
            "Usage-RCS-Messages 7, Usage-RCS-basic-Messages-Outbound 4, Usage-RCS-Single-Messages-Outbound 3,"
                    + " totalprice 7"
                    + "| Usage-RCS-basic-Messages-Outbound 4, Usage-RCS-Single-Messages-Outbound 3, unattributed 0",
            "lookups 5, calleridlookups 2, sim-swap-lookups 3, totalprice 5"
                    + "| calleridlookups 2, sim-swap-lookups 3, unattributed 0",
            "premiumsupport 500, premiumsupport-percentage-spend 0, totalprice 500"
                    + "| premiumsupport 500, unattributed 0",
            "Calls 3, calls 4, TotalPrice 4 | calls 4, unattributed 0" })
    void followsTwiliosDescriptions(String listed, String leaves) {
        assertThat(LeafCategories.of(Arrays.stream(listed.split(", ")).map(LeafCategoriesTest::used).toList()))
                .extracting(usage -> usage.category() + " " + usage.price()).containsExactly(leaves.split(", "));
    }

    @Test
    void addsUpAListThatIsReadAtMidnight() {
        UsageRecord sms = usage("AC1", DAY, "sms", "3");
        UsageRecord total = new UsageRecord("AC1", "totalprice", "", DAY, DAY.plusDays(1), null, "", null, "usd",
                new BigDecimal("3"), "usd", NOW, "2010-04-01", "/uri", Map.of());
        assertThat(LeafCategories.of(List.of(sms, total))).extracting(UsageRecord::price)
                .containsExactly(new BigDecimal("3"), new BigDecimal("0"));
    }

    private static UsageRecord used(String text) {
        String[] parts = text.split(" ");
        BigDecimal price = new BigDecimal(parts[1]);
        return new UsageRecord("AC1", parts[0], "", DAY, DAY, price, "items", price, "items", price, "usd", NOW,
                "2010-04-01", "/uri", Map.of());
    }

    @Test
    void countsUsageListedUnderTwoCategoriesOnce() {
        assertThat(leavesOf("sms", "authy-sms-outbound", "authy-calls-outbound")).containsExactly("sms");
    }

    @Test
    void treatsRecordWithoutCategoryAsLeaf() {
        assertThat(leavesOf(null, "sms", null)).containsExactly(null, "sms", null);
    }

    @Test
    void addsRemainderOfTotalAsUnattributed() {
        List<UsageRecord> leaves = LeafCategories
                .of(List.of(usage("AC1", DAY, "totalprice", "10.5"), usage("AC1", DAY, "sms", "3"),
                        usage("AC1", DAY, "mms", null), usage("AC1", DAY, "calls", "0.25")));

        assertThat(leaves).extracting(UsageRecord::category).containsExactly("sms", "mms", "calls", "unattributed");
        assertThat(leaves.get(3))
                .isEqualTo(new UsageRecord("AC1", "unattributed", "Not covered by any other category of the list",
                        DAY, DAY, null, "items", new BigDecimal("7.25"), "usd", new BigDecimal("7.25"), "usd", NOW,
                        "2010-04-01", null,
                        Map.of()));
    }

    @Test
    void remainderHasTheDetailsOfTheAccount() {
        UsageRecord total = usage("AC1", DAY, "totalprice", "1").withAccount("shop", "active");
        assertThat(LeafCategories.of(List.of(total))).singleElement()
                .satisfies(remainder -> assertThat(remainder.accountName()).isEqualTo("shop"))
                .satisfies(remainder -> assertThat(remainder.accountStatus()).isEqualTo("active"));
    }

    @Test
    void addsNoRemainderWhenTotalHasNoPrice() {
        assertThat(LeafCategories.of(List.of(usage("AC1", DAY, "totalprice", null), usage("AC1", DAY, "sms", "3"))))
                .extracting(UsageRecord::category).containsExactly("sms");
    }

    @Test
    void computesRemainderPerAccountAndPeriod() {
        List<UsageRecord> leaves = LeafCategories.of(List.of(
                usage("AC1", DAY, "totalprice", "5"), usage("AC2", DAY, "totalprice", "7"),
                usage("AC1", DAY, "calls", "2"),
                usage("AC1", DAY.minusDays(1), "calls-inbound", "1"),
                usage("AC1", DAY.minusDays(1), "totalprice", "1")));

        assertThat(leaves)
                .extracting(record -> record.accountSid() + " " + record.startDate().getDayOfMonth() + " "
                        + record.category()
                        + " " + record.price())
                .containsExactly("AC1 14 calls 2", "AC1 14 unattributed 3", "AC2 14 unattributed 7",
                        "AC1 13 calls-inbound 1", "AC1 13 unattributed 0");
    }

    @Test
    void computesRemainderPerDayThatCannotBeRead() {
        assertThat(LeafCategories.of(List.of(undated("14.3.", "totalprice", "5"), undated("14.3.", "sms", "2"),
                undated("15.3.", "totalprice", "7"), undated("15.3.", "sms", "3"))))
                .extracting(record -> record.otherFields().get("start_date") + " " + record.category() + " "
                        + record.price())
                .containsExactly("14.3. sms 2", "null unattributed 3", "15.3. sms 3", "null unattributed 4");
    }

    @Test
    void withdrawsCategoriesWhosePartsAreListedNow() {
        List<UsageRecord> withdrawn = LeafCategories.withdrawn(List.of(usage("AC1", DAY, "totalprice", "3"),
                usage("AC1", DAY, "Calls", "3"), usage("AC1", DAY, "calls-inbound", "3"),
                usage("AC2", DAY, "calls", "1"), usage("AC1", DAY, null, "1")));

        assertThat(withdrawn).singleElement().isEqualTo(new UsageRecord("AC1", "Calls", "", DAY, DAY, BigDecimal.ZERO,
                "items", BigDecimal.ZERO, "usd", BigDecimal.ZERO, "usd", NOW, "2010-04-01", "/uri", Map.of()));
    }

    @Test
    void withdrawsCategoriesThatABillNoLongerLists() {
        List<UsageRecord> unlisted = LeafCategories.unlisted(List.of(usage("AC1", DAY, "totalprice", "3"),
                usage("AC1", DAY, "SMS", "3"), usage("AC1", DAY, null, "1"), usage("AC2", DAY, "TotalPrice", "2")),
                Set.of("sms"));

        assertThat(unlisted).singleElement().isEqualTo(new UsageRecord("AC2", "sms", null, DAY, DAY, BigDecimal.ZERO,
                "items", BigDecimal.ZERO, "usd", BigDecimal.ZERO, "usd", NOW, "2010-04-01", "/uri", Map.of()));
    }

    @Test
    void withdrawsNothingWithoutABill() {
        assertThat(LeafCategories.unlisted(List.of(usage("AC1", DAY, "sms", "3"), usage("AC1", DAY, null, "1"),
                usage("AC2", DAY, "totalprice", null)), Set.of("calls"))).isEmpty();
    }

    @Test
    void looksForEachCategoryThatIsListedOnItsOwn() {
        assertThat(LeafCategories.names(List.of(usage("AC1", DAY, "SMS", "3"), usage("AC2", DAY, "calls", null),
                usage("AC1", DAY, "totalprice", "3"), usage("AC1", DAY, null, "1"),
                usage("AC1", DAY, "authy-sms-outbound", "1")))).containsExactlyInAnyOrder("sms", "calls");
    }

    @Test
    void knowsDeliveredCategoriesFromRemaindersAndPlaceholders() {
        assertThat(LeafCategories.namesAmong(Set.of("sms", "unattributed", "?7", "calls|14.3.")))
                .containsExactlyInAnyOrder("sms", "calls|14.3.");
    }

    @ParameterizedTest
    @CsvSource({ "SMS-Inbound-LongCode, sms", "pvideo-room, pv", "sms, sms", "calls-sip-inbound, calls-sip" })
    void rollsACategoryUpToTheOneThatContainsIt(String category, String top) {
        assertThat(LeafCategories.top(category)).isEqualTo(top);
    }

    private static UsageRecord undated(String day, String category, String price) {
        return new UsageRecord("AC1", category, "", null, null, BigDecimal.ONE, "items", BigDecimal.ONE, "usd",
                new BigDecimal(price), "usd", NOW, "2010-04-01", "/uri", Map.of("start_date", day));
    }

    private static List<String> leavesOf(String... categories) {
        return LeafCategories.of(Arrays.stream(categories).map(category -> usage("AC1", DAY, category, "1")).toList())
                .stream()
                .map(UsageRecord::category).toList();
    }

    private static UsageRecord usage(String account, LocalDate day, String category, String price) {
        return new UsageRecord(account, category, "", day, day, BigDecimal.ONE, "items", BigDecimal.ONE, "usd",
                price == null ? null : new BigDecimal(price), "usd", NOW, "2010-04-01", "/uri", Map.of());
    }
}
