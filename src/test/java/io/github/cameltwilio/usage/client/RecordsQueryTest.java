package io.github.cameltwilio.usage.client;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.apache.hc.core5.http.NameValuePair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class RecordsQueryTest {
    private static final LocalDate TODAY = LocalDate.parse("2026-03-15");
    private static final LocalDate START = LocalDate.parse("2026-02-25");

    @Test
    void sendsTheWindowAndWhetherSubaccountsAreIncluded() {
        assertThat(sent(query(Subresource.daily, "2026-02-25", "2026-03-10").parameters()))
                .containsExactly("StartDate=2026-02-25&EndDate=2026-03-10&IncludeSubaccounts=true");
        assertThat(sent(query(Subresource.none, null, null).parameters())).containsExactly("IncludeSubaccounts=true");
    }

    @Test
    void listsEachCategoryOnItsOwnInTheGivenOrder() {
        RecordsQuery query = new RecordsQuery(Subresource.monthly, List.of("sms", "calls"), null, null, false, 50);
        assertThat(sent(query.parameters()))
                .containsExactly("Category=sms&IncludeSubaccounts=false", "Category=calls&IncludeSubaccounts=false");
    }

    @Test
    void splitsDaysIntoWeeksWithTheNewestFirst() {
        assertThat(parts("2026-02-25", null, 1000))
                .containsExactly("2026-03-11 to null", "2026-03-04 to 2026-03-10", "2026-02-25 to 2026-03-03");
        assertThat(parts("2026-02-25", "2026-03-05", 1000))
                .containsExactly("2026-03-04 to 2026-03-05", "2026-02-25 to 2026-03-03");
        assertThat(parts("2026-02-25", "2026-03-03", 1000)).containsExactly("2026-02-25 to 2026-03-03");
    }

    @ParameterizedTest
    @CsvSource({ "2026-03-07, null", "2026-03-07, 2026-03-31", "2026-03-20, null" })
    void splitsOffNoPartThatMayBeginInTheFuture(String start, String end) {
        assertThat(parts(start, end.equals("null") ? null : end, 1000)).containsExactly(start + " to " + end);
    }

    @Test
    void readsDaysOneByOneIfPagesAreSmall() {
        assertThat(parts("2026-03-10", null, 100)).containsExactly("2026-03-13 to null", "2026-03-12 to 2026-03-12",
                "2026-03-11 to 2026-03-11", "2026-03-10 to 2026-03-10");
    }

    @Test
    void readsOnePagePerPartOfACategory() {
        RecordsQuery query = new RecordsQuery(Subresource.daily, List.of("sms", "calls"), START, null, false, 10);
        assertThat(sent(query.parametersOfParts(TODAY))).containsExactly(
                "Category=sms&StartDate=2026-03-07&IncludeSubaccounts=false",
                "Category=sms&StartDate=2026-02-25&EndDate=2026-03-06&IncludeSubaccounts=false",
                "Category=calls&StartDate=2026-03-07&IncludeSubaccounts=false",
                "Category=calls&StartDate=2026-02-25&EndDate=2026-03-06&IncludeSubaccounts=false");
    }

    @Test
    void readsOtherListsWhole() {
        RecordsQuery monthly = query(Subresource.monthly, "2020-01-01", null);
        assertThat(monthly.parametersOfParts(TODAY)).hasToString(monthly.parameters().toString()).hasSize(1);
        RecordsQuery sinceCreation = query(Subresource.daily, null, "2026-03-10");
        assertThat(sinceCreation.parametersOfParts(TODAY)).hasToString(sinceCreation.parameters().toString())
                .hasSize(1);
    }

    @Test
    void readsTheOwnUsageOfAnAccountFromItsFirstDayInUtc() {
        Account account = account(OffsetDateTime.parse("2026-03-04T23:00:00-05:00"));
        assertThat(sent(query(Subresource.daily, "2026-02-25", null).ofItself(account)))
                .containsExactly("StartDate=2026-03-05&IncludeSubaccounts=false");
        assertThat(sent(query(Subresource.daily, "2026-03-06", "2026-03-09").ofItself(account)))
                .containsExactly("StartDate=2026-03-06&EndDate=2026-03-09&IncludeSubaccounts=false");
        assertThat(sent(query(Subresource.none, null, null).ofItself(account)))
                .containsExactly("IncludeSubaccounts=false");
    }

    @Test
    void readsNothingOfAnAccountThatWasCreatedAfterTheWindow() {
        RecordsQuery query = query(Subresource.daily, "2026-02-25", "2026-03-04");
        assertThat(query.ofItself(account(OffsetDateTime.parse("2026-03-05T00:00:00Z")))).isEmpty();
        assertThat(sent(query.ofItself(account(OffsetDateTime.parse("2026-03-04T23:59:59Z")))))
                .containsExactly("StartDate=2026-03-04&EndDate=2026-03-04&IncludeSubaccounts=false");
    }

    @Test
    void readsTheWholeWindowOfAnAccountWhoseCreationIsUnknown() {
        assertThat(sent(query(Subresource.daily, "2010-01-01", null).ofItself(account(null))))
                .containsExactly("StartDate=2010-01-01&IncludeSubaccounts=false");
    }

    @Test
    void saysInMessagesWhatIsListed() {
        assertThat(query(Subresource.none, null, null).operation()).hasToString("list usage records");
        assertThat(query(Subresource.daily, "2026-02-25", null).operation())
                .isEqualTo(new Operation("list daily usage records from 2026-02-25", Operation.Kind.READ_WINDOW));
        assertThat(new RecordsQuery(Subresource.yearly, List.of("sms", "calls"), START, TODAY, false, 50).operation())
                .hasToString("list yearly usage records of sms, calls from 2026-02-25 to 2026-03-15");
    }

    @Test
    void keepsMessagesShortHoweverManyCategoriesAreListed() {
        RecordsQuery query = new RecordsQuery(Subresource.daily, List.of("c".repeat(99), "sms"), null, null, true, 50);
        assertThat(query.operation()).hasToString("list daily usage records of " + "c".repeat(99) + ",...");
    }

    @ParameterizedTest
    @CsvSource({ "none, /Usage/Records.json", "daily, /Usage/Records/Daily.json",
            "lastMonth, /Usage/Records/LastMonth.json" })
    void readsEachListFromItsOwnPath(Subresource list, String path) {
        assertThat(list.path()).isEqualTo(path);
    }

    private static RecordsQuery query(Subresource list, String start, String end) {
        return new RecordsQuery(list, List.of(), start == null ? null : LocalDate.parse(start),
                end == null ? null : LocalDate.parse(end), true, 1000);
    }

    private static Account account(OffsetDateTime created) {
        return new Account("AC1", "shop", "active", "Full", "AC1", created, created);
    }

    private static List<String> parts(String start, String end, int pageSize) {
        LocalDate lastDay = end == null ? null : LocalDate.parse(end);
        return new RecordsQuery(Subresource.daily, List.of(), LocalDate.parse(start), lastDay, true, pageSize)
                .parametersOfParts(TODAY).stream()
                .map(parameters -> value(parameters, "StartDate") + " to " + value(parameters, "EndDate")).toList();
    }

    private static String value(List<NameValuePair> parameters, String name) {
        return parameters.stream().filter(parameter -> parameter.getName().equals(name)).map(NameValuePair::getValue)
                .findFirst().orElse(null);
    }

    private static List<String> sent(Optional<RecordsQuery> query) {
        return sent(query.orElseThrow().parameters());
    }

    private static List<String> sent(List<List<NameValuePair>> listings) {
        return listings.stream().map(parameters -> parameters.stream()
                .map(parameter -> parameter.getName() + "=" + parameter.getValue()).collect(Collectors.joining("&")))
                .toList();
    }
}
