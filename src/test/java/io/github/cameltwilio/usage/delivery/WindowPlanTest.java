package io.github.cameltwilio.usage.delivery;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.state.Position;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.github.cameltwilio.usage.client.Subresource.daily;
import static io.github.cameltwilio.usage.client.Subresource.monthly;
import static io.github.cameltwilio.usage.client.Subresource.thisMonth;
import static io.github.cameltwilio.usage.client.Subresource.yearly;
import static org.assertj.core.api.Assertions.assertThat;

class WindowPlanTest {
    private static final LocalDate TODAY = LocalDate.parse("2026-03-15");

    @Test
    void startsWithLookBackByDefault() {
        assertThat(windows(plan(daily, null, null))).containsExactly("2026-03-12 to 2026-03-15");
    }

    @Test
    void startsAtStartDate() {
        assertThat(windows(plan(daily, "2026-02-20", null))).containsExactly(
                "2026-02-20 to 2026-03-05", "2026-03-06 to 2026-03-15");
    }

    @Test
    void makesEachWindowLongerThanLookBack() {
        WindowPlan plan = new WindowPlan(daily, 20, 20, "2026-01-01", null);
        assertThat(windows(plan)).containsExactly(
                "2026-01-01 to 2026-01-24", "2026-01-25 to 2026-02-17", "2026-02-18 to 2026-03-13",
                "2026-03-14 to 2026-03-15");

        assertThat(windows(plan, position("2026-01-01", "2026-02-10"))).first().isEqualTo("2026-01-21 to 2026-02-13");
    }

    @Test
    void resumesWithLookBackBeforeWatermark() {
        assertThat(windows(plan(daily, "2026-01-01", null), position("2026-01-01", "2026-03-10")))
                .containsExactly("2026-03-07 to 2026-03-15");
    }

    @Test
    void neverLooksBackBeforeFirstDay() {
        assertThat(windows(plan(daily, "2026-03-14", null), position("2026-03-14", "2026-03-15")))
                .containsExactly("2026-03-14 to 2026-03-15");
    }

    @Test
    void neverReadsDaysWhoseValuesWereForgotten() {
        WindowPlan longer = new WindowPlan(daily, 10, 10, "2026-01-01", null);
        Position position = position("2026-01-01", "2026-03-14").forgetting(LocalDate.parse("2026-03-11"));

        assertThat(windows(longer, position)).containsExactly("2026-03-11 to 2026-03-15");
        assertThat(longer.readsFrom(position.advancedTo(LocalDate.parse("2026-03-23")))).isEqualTo("2026-03-13");
    }

    @Test
    void endsAtEndDateButNeverAfterToday() {
        assertThat(windows(plan(daily, "2026-03-01", "2026-03-03"))).containsExactly("2026-03-01 to 2026-03-03");
        assertThat(windows(plan(daily, null, "yesterday"))).containsExactly("2026-03-11 to 2026-03-14");
        assertThat(windows(plan(daily, null, "+5days"))).containsExactly("2026-03-12 to 2026-03-15");
    }

    @Test
    void plansNothingWhenStartDateIsInFuture() {
        assertThat(windows(plan(daily, "2026-03-16", null))).isEmpty();
    }

    @Test
    void alignsWindowsToMonthsAndYears() {
        assertThat(windows(plan(monthly, null, null))).containsExactly("2026-03-01 to 2026-03-15");
        assertThat(windows(plan(monthly, null, null), position("2025-01-01", "2026-03-02")))
                .containsExactly("2026-02-01 to 2026-03-15");
        assertThat(windows(plan(monthly, "-500days", null))).containsExactly(
                "2024-10-01 to 2025-09-30", "2025-10-01 to 2026-03-15");
        assertThat(windows(plan(yearly, "2012-06-01", null))).containsExactly(
                "2012-06-01 to 2021-12-31", "2022-01-01 to 2026-03-15");
    }

    @Test
    void readsListsWithoutPeriodsInOneWindow() {
        assertThat(windows(plan(thisMonth, null, null))).containsExactly("null to null");
        assertThat(windows(plan(Subresource.none, "-30days", "yesterday"), position("2026-01-01", "2026-03-10")))
                .containsExactly("2026-02-13 to 2026-03-14");
    }

    @Test
    void resetsPositionInFutureToToday() {
        assertThat(plan(daily, null, null).rewind(position("2026-01-01", "2999-12-31"), TODAY))
                .isEqualTo(position("2026-01-01", "2026-03-15"));
        assertThat(plan(daily, null, null)
                .rewind(position("2026-01-01", "2999-12-31").forgetting(LocalDate.parse("2026-03-13")), TODAY))
                .isEqualTo(position("2026-01-01", "2026-03-15").forgetting(LocalDate.parse("2026-03-13")));
        assertThat(plan(daily, null, null)
                .rewind(position("2026-01-01", "2999-12-31").forgetting(LocalDate.parse("2999-12-28")), TODAY))
                .isEqualTo(position("2026-01-01", "2026-03-15").forgetting(LocalDate.parse("2026-03-12")));
        assertThat(plan(monthly, null, null).rewind(position("2999-01-01", "2999-12-31"), TODAY))
                .isEqualTo(position("2026-03-01", "2026-02-28"));
    }

    @Test
    void noticesPositionInFuture() {
        WindowPlan fixed = plan(daily, "2026-01-01", null);
        assertThat(fixed.isPossible(position("2026-01-01", "2026-03-15"), TODAY)).isTrue();
        assertThat(fixed.isPossible(position("2026-01-01", "2026-03-16"), TODAY)).isFalse();

        WindowPlan waiting = plan(daily, "2026-12-01", null);
        assertThat(waiting.isPossible(position("2026-12-01", "2026-11-30"), TODAY)).isTrue();
        assertThat(plan(daily, "-3days", null).isPossible(position("2026-12-01", "2026-11-30"), TODAY)).isFalse();
        assertThat(plan(thisMonth, null, null).isPossible(position("2026-12-01", "2026-11-30"), TODAY)).isTrue();
    }

    @Test
    void expectsChangesWithinLookBackOnly() {
        assertThat(plan(daily, null, null).mayChangeFrom(TODAY)).isEqualTo(TODAY.minusDays(3));
        assertThat(plan(monthly, null, null).mayChangeFrom(LocalDate.parse("2026-03-03"))).isEqualTo("2026-02-28");
    }

    @ParameterizedTest
    @CsvSource({ "2026-02-10, 2026-02-07", "yesterday, 2026-03-11", "-5days, 2026-03-07", "2026-12-31, 2026-03-12" })
    void expectsChangesBeforeTheLastDayThatIsRead(String endDate, LocalDate first) {
        WindowPlan plan = plan(daily, "2026-01-01", endDate);

        assertThat(plan.mayChangeFrom(TODAY)).isEqualTo(first);
        assertThat(plan.readAgainFrom(position("2026-01-01", "2026-01-01"), TODAY)).isEqualTo(first);
    }

    @Test
    void expectsChangesWithinDeepLookBack() {
        assertThat(new WindowPlan(daily, 3, 60, null, "-5days").mayChangeFrom(TODAY)).isEqualTo(TODAY.minusDays(60));
        assertThat(new WindowPlan(daily, 3, 60, null, "2025-12-31").mayChangeFrom(TODAY)).isEqualTo("2025-12-28");
    }

    @Test
    void expectsChangesOfListsThatAreReadWhole() {
        assertThat(plan(Subresource.lastMonth, null, null).mayChangeFrom(TODAY)).isEqualTo(LocalDate.MIN);
    }

    @Test
    void readsTheDeepLookBackAfterToday() {
        WindowPlan deep = new WindowPlan(daily, 3, 20, "2026-01-01", null);
        Position position = position("2026-01-01", "2026-03-14");

        assertThat(windows(deep.deep(position, LocalDate.parse("2026-03-14"), TODAY))).containsExactly(
                "2026-03-11 to 2026-03-15", "2026-02-22 to 2026-03-07", "2026-03-08 to 2026-03-10");
        assertThat(deep.deepReadsFrom(position("2026-03-01", "2026-03-14"), TODAY)).isEqualTo("2026-03-01");
    }

    @Test
    void hasDeepLookBackOnlyIfItIsLongerAndTheListHasPeriods() {
        assertThat(new WindowPlan(daily, 3, 4, null, null).hasDeepLookback()).isTrue();
        assertThat(new WindowPlan(daily, 3, 3, null, null).hasDeepLookback()).isFalse();
        assertThat(new WindowPlan(thisMonth, 3, 4, null, null).hasDeepLookback()).isFalse();
    }

    @Test
    void countsTheDaysOfAPoll() {
        WindowPlan plan = plan(daily, "2026-01-01", null);
        assertThat(plan.days(position("2026-01-01", "2026-03-14"), TODAY)).isEqualTo(5);
        assertThat(plan.days(position("2026-03-20", "2026-03-19"), TODAY)).isZero();
        assertThat(plan(thisMonth, null, null).days(position("2026-01-01", "2026-03-14"), TODAY)).isZero();
    }

    @Test
    void catchesUpUntilOneDayBeforeTheLookBack() {
        WindowPlan plan = plan(daily, "2026-01-01", null);
        assertThat(plan.isCatchingUp(position("2026-01-01", "2026-03-10"), TODAY)).isTrue();
        assertThat(plan.isCatchingUp(position("2026-01-01", "2026-03-11"), TODAY)).isFalse();
        assertThat(plan(thisMonth, null, null).isCatchingUp(position("2026-01-01", "2026-01-01"), TODAY)).isFalse();
    }

    @Test
    void knowsThePeriodsOfAWindow() {
        WindowPlan.Window window = new WindowPlan.Window(LocalDate.parse("2026-01-30"), LocalDate.parse("2026-03-01"));
        assertThat(plan(monthly, null, null).periods(window)).map(LocalDate::toString)
                .containsExactly("2026-01-30", "2026-02-01", "2026-03-01");
        assertThat(plan(daily, null, null).periods(window)).hasSize(31);
        assertThat(plan(thisMonth, null, null).previousPeriod(LocalDate.parse("2026-03-01"))).isEqualTo("2026-02-01");
        assertThat(plan(Subresource.lastMonth, null, null).previousPeriod(LocalDate.parse("2026-02-01")))
                .isEqualTo("2026-01-01");
        assertThat(plan(Subresource.today, null, null).previousPeriod(TODAY)).isEqualTo("2026-03-14");
    }

    @Test
    void windowContainsItsEnds() {
        WindowPlan.Window window = new WindowPlan.Window(LocalDate.parse("2026-03-01"), TODAY);
        assertThat(window.contains(LocalDate.parse("2026-03-01"))).isTrue();
        assertThat(window.contains(LocalDate.parse("2026-02-28"))).isFalse();
        assertThat(window.contains(TODAY)).isTrue();
        assertThat(window.contains(TODAY.plusDays(1))).isFalse();
        assertThat(new WindowPlan.Window(null, null).contains(TODAY)).isTrue();
    }

    private static WindowPlan plan(Subresource list, String startDate, String endDate) {
        return new WindowPlan(list, 3, 3, startDate, endDate);
    }

    private static Position position(String firstDay, String watermark) {
        return new Position(LocalDate.parse(firstDay), LocalDate.parse(watermark));
    }

    private static List<String> windows(WindowPlan plan) {
        return windows(plan, plan.start(TODAY));
    }

    private static List<String> windows(WindowPlan plan, Position position) {
        return windows(plan.due(position, TODAY));
    }

    private static List<String> windows(Iterator<WindowPlan.Window> due) {
        List<String> windows = new ArrayList<>();
        due.forEachRemaining(window -> windows.add(window.from() + " to " + window.to()));
        return windows;
    }
}
