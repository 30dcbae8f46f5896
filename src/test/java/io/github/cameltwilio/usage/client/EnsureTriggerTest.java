package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.TestClock;
import io.github.cameltwilio.usage.client.EnsureTrigger.Outcome;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class EnsureTriggerTest {
    private static final TriggerParameters WANTED = new TriggerParameters("https://example.com/fired", "1000", "sms",
            CallbackMethod.POST, "my trigger", Recurring.daily, TriggerBy.usage);

    private final TestClock clock = new TestClock("2026-03-15T12:00:00Z");
    private final List<Duration> pauses = new ArrayList<>();

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(builder -> builder
            .clock(clock).accountCreated(LocalDate.parse("2026-01-01")).categories("sms", "calls"));

    private final CloseableHttpClient http = HttpClients.custom().disableAutomaticRetries()
            .setDefaultRequestConfig(RequestConfig.custom().setResponseTimeout(300, TimeUnit.MILLISECONDS).build())
            .build();

    @AfterEach
    void close() throws IOException {
        http.close();
    }

    @Test
    void createsOnlyAMissingTrigger() {
        EnsureTrigger.Result created = ensure(WANTED);
        EnsureTrigger.Result existing = ensure(WANTED);

        assertThat(created.outcome()).isEqualTo(Outcome.created);
        assertThat(existing.outcome()).isEqualTo(Outcome.existing);
        assertThat(existing.trigger().sid()).isEqualTo(created.trigger().sid());
        assertThat(posts()).isEqualTo(1);
        assertThat(pauses).as("until the second of the creation is over").containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void comparesValuesAsNumbersAndAlltimeAsNone() {
        ensure(new TriggerParameters("https://example.com", "1000.5", "sms", null, "once", null, null));

        assertThat(ensure(new TriggerParameters("https://example.com", "1000.50", "SMS", CallbackMethod.POST, "once",
                Recurring.alltime, TriggerBy.usage)).outcome()).isEqualTo(Outcome.existing);
    }

    @Test
    void updatesTheCallback() {
        String sid = ensure(WANTED).trigger().sid();

        EnsureTrigger.Result updated = ensure(with("https://example.com/new", "1000", "sms"));
        assertThat(updated.outcome()).isEqualTo(Outcome.updated);
        assertThat(updated.trigger().callbackUrl()).isEqualTo("https://example.com/new");
        assertThat(all()).extracting(UsageTrigger::sid).containsExactly(sid);
    }

    static Stream<TriggerParameters> immutableDifferences() {
        return Stream.of(with("https://example.com/fired", "1001", "sms"),
                with("https://example.com/fired", "1000", "calls"),
                new TriggerParameters("https://example.com/fired", "1000", "sms", null, "my trigger", Recurring.yearly,
                        null),
                new TriggerParameters("https://example.com/fired", "1000", "sms", null, "my trigger", null, null),
                new TriggerParameters("https://example.com/fired", "1000", "sms", null, "my trigger", Recurring.daily,
                        TriggerBy.price));
    }

    @ParameterizedTest
    @MethodSource("immutableDifferences")
    void rejectsImmutableDifferencesUnlessReplacing(TriggerParameters other) {
        String sid = ensure(WANTED).trigger().sid();

        assertThatThrownBy(() -> ensure(other)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("\"my trigger\" (" + sid + ") has ").hasMessageContaining("onDifference=replace");
        assertThat(all()).extracting(UsageTrigger::sid).containsExactly(sid);

        EnsureTrigger.Result replaced = ensure().ensure(other, true, 100);
        assertThat(replaced.outcome()).isEqualTo(Outcome.replaced);
        assertThat(all()).extracting(UsageTrigger::sid).containsExactly(replaced.trigger().sid()).doesNotContain(sid);
    }

    @Test
    void deletesTheOldTriggerAfterCreatingTheNewOne() {
        String sid = ensure(WANTED).trigger().sid();
        twilio.simulator().fail(Fault.badRequestWithoutCode().onMethod("POST"));

        assertThatThrownBy(() -> ensure().ensure(with("https://example.com", "5", "sms"), true, 100))
                .isInstanceOf(TwilioApiException.class);
        assertThat(all()).extracting(UsageTrigger::sid).containsExactly(sid);
    }

    @Test
    void keepsTheOldestOfSeveral() {
        String first = client().createTrigger(WANTED).sid();
        clock.advance(Duration.ofSeconds(1));
        client().createTrigger(WANTED);
        client().createTrigger(WANTED);

        assertThat(ensure(WANTED).trigger().sid()).isEqualTo(first);
        assertThat(all()).hasSize(1);
    }

    @Test
    void ignoresTriggersWithOtherNames() {
        client().createTrigger(
                new TriggerParameters("https://example.com/fired", "1000", "sms", null, "other", null, null));

        assertThat(ensure(WANTED).outcome()).isEqualTo(Outcome.created);
        assertThat(all()).hasSize(2);
    }

    static Stream<Fault> faultsAfterCreation() {
        return Stream.of(Fault.htmlUnavailable().afterProcessing(), Fault.serverError().afterProcessing(),
                Fault.connectionReset(), Fault.neverResponds(), Fault.truncatedResponse(),
                Fault.invalidJson().afterProcessing());
    }

    @ParameterizedTest
    @MethodSource("faultsAfterCreation")
    void findsATriggerCreatedDespiteAnError(Fault fault) {
        twilio.simulator().fail(fault.onMethod("POST"));

        assertThat(ensure(WANTED).outcome()).isEqualTo(Outcome.created);
        assertThat(all()).hasSize(1);
        assertThat(posts()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("faultsAfterCreation")
    void waitsUntilTheTriggerIsListed(Fault fault) {
        twilio.simulator().listTriggersAfter(Duration.ofSeconds(5)).fail(fault.onMethod("POST"));

        assertThat(ensure(WANTED).outcome()).isEqualTo(Outcome.created);
        assertThat(all()).hasSize(1);
        assertThat(posts()).isEqualTo(1);
        assertThat(pauses).hasSizeBetween(3, 4);
    }

    @Test
    void createsAgainWhenTheFirstAttemptFailed() {
        twilio.simulator().fail(Fault.serverError().onMethod("POST"));

        assertThat(ensure(WANTED).outcome()).isEqualTo(Outcome.created);
        assertThat(all()).hasSize(1);
        assertThat(posts()).isEqualTo(2);
        assertThat(pauses).hasSize(5);
        assertThat(pauses.subList(0, 4)).isSorted();
    }

    @Test
    void failsAfterTwoCreationsOfUnknownOutcome() {
        twilio.simulator().fail(Fault.serverError(5).onMethod("POST"));

        TwilioApiException failure = catchThrowableOfType(TwilioApiException.class, () -> ensure(WANTED));
        assertThat(failure.isOutcomeUnknown()).isTrue();
        assertThat(posts()).isEqualTo(2);
    }

    @Test
    void doesNotCreateAgainWithoutTheList() {
        twilio.simulator().fail(Fault.serverError().onMethod("POST"));
        // The first list has no such trigger, and those after the creation fail.
        twilio.simulator().fail(Fault.slow(Duration.ZERO).onMethod("GET")).fail(Fault.serverError(9).onMethod("GET"));

        TwilioApiException failure = catchThrowableOfType(TwilioApiException.class, () -> ensure(WANTED));
        assertThat(failure.isOutcomeUnknown()).isTrue();
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(posts()).isEqualTo(1);
    }

    @Test
    void doesNotRetryARejectedCreation() {
        twilio.simulator().fail(Fault.badRequestWithoutCode().onMethod("POST"));

        assertThatThrownBy(() -> ensure(WANTED)).isInstanceOf(TwilioApiException.class);
        assertThat(posts()).isEqualTo(1);
    }

    @Test
    void keepsOneOfTwoConcurrentCreations() {
        // The other trigger is created after this caller has read the list, and before it creates its own.
        Retries.Sleeper untilListed = time -> clock.advance(time);
        twilio.simulator().listTriggersAfter(Duration.ofSeconds(1));
        client().createTrigger(WANTED);
        new EnsureTrigger(client(), untilListed, new Random(1)).ensure(WANTED, false, 100);

        assertThat(posts()).isEqualTo(2);
        assertThat(all()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
            "https://example.com, https://example.com/", "https://example.com/, https://example.com",
            "https://example.com/a, https://example.com:443/a", "http://example.com:80/a, http://example.com/a",
            "https://Example.COM/A, https://example.com/A",
            "https://u:p@Example.com#rc=3, https://u:p@example.com/#rc=3",
            "not an address, not an address" })
    void leavesAnAddressInAnotherSpelling(String wanted, String atTwilio) {
        ensure(with(atTwilio, "1000", "sms"));

        assertThat(ensure(with(wanted, "1000", "sms")).outcome()).isEqualTo(Outcome.existing);
        assertThat(posts()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
            "https://example.com/a, https://example.com/a/", "https://example.com/a, https://example.com/A",
            "https://example.com, http://example.com", "https://example.com, https://example.com:444",
            "https://u:p@example.com, https://example.com", "https://example.com, https://u:p@example.com",
            "https://example.com#rc=3, https://example.com", "https://example.com, https://example.com#rc=3",
            "https://example.com?a=B, https://example.com?a=b",
            // Twilio would sign the upper case, which cannot be guessed from the lower one.
            "https://example.com, https://EXAMPLE.com" })
    void updatesAnotherAddress(String wanted, String atTwilio) {
        ensure(with(atTwilio, "1000", "sms"));

        assertThat(ensure(with(wanted, "1000", "sms")).outcome()).isEqualTo(Outcome.updated);
        assertThat(all()).extracting(UsageTrigger::callbackUrl).containsExactly(wanted);
    }

    @Test
    void derivesANameFromImmutableSettings() {
        TriggerParameters nameless = new TriggerParameters("https://example.com", "1000.0", "sms", null, null,
                Recurring.daily, null);
        assertThat(nameless.named().friendlyName()).isEqualTo("camel sms usage 1000 daily");
        assertThat(new TriggerParameters("https://example.org", "1000", "SMS", null, null, Recurring.daily,
                TriggerBy.usage)
                .named().friendlyName()).isEqualTo("camel sms usage 1000 daily");
        assertThat(WANTED.named()).isSameAs(WANTED);

        String category = "c".repeat(64);
        String first = new TriggerParameters("https://example.com", "1", category, null, null, null, null).named()
                .friendlyName();
        String second = new TriggerParameters("https://example.com", "2", category, null, null, null, null).named()
                .friendlyName();
        assertThat(first).hasSize(64).isNotEqualTo(second);
        assertThat(second).hasSize(64);
    }

    private static TriggerParameters with(String url, String value, String category) {
        return new TriggerParameters(url, value, category, CallbackMethod.POST, "my trigger", Recurring.daily, null);
    }

    private EnsureTrigger.Result ensure(TriggerParameters wanted) {
        return ensure().ensure(wanted, false, 100);
    }

    private EnsureTrigger ensure() {
        return new EnsureTrigger(client(), time -> {
            pauses.add(time);
            clock.advance(time);
        }, new Random(1));
    }

    private TwilioUsageClient client() {
        TwilioUsageSimulator simulator = twilio.simulator();
        return ClientFixture.client(http, simulator.baseUrl(), simulator, clock);
    }

    private List<UsageTrigger> all() {
        clock.advance(Duration.ofMinutes(1));
        List<UsageTrigger> triggers = new ArrayList<>();
        client().triggers(TriggersQuery.all(100)).forEachRemaining(triggers::addAll);
        return triggers;
    }

    private long posts() {
        return twilio.simulator().requests().stream()
                .filter(request -> request.method().equals("POST") && request.path().endsWith("/Triggers.json"))
                .count();
    }
}
