package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Clock;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.TestClock;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.ReceivedRequest;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.apache.camel.test.AvailablePortFinder;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class TriggersClientTest {
    private static final TriggerParameters WANTED = new TriggerParameters("https://example.com/fired", "1000", "sms",
            null, "my trigger", Recurring.daily, TriggerBy.price);

    private final Clock clock = new TestClock("2026-03-15T12:00:00Z");

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
    void createsATriggerAndReadsTypedValues() {
        UsageTrigger created = client().createTrigger(WANTED);

        assertThat(onlyPost().form()).isEqualTo(Map.of("CallbackUrl", "https://example.com/fired", "TriggerValue",
                "1000",
                "UsageCategory", "sms", "FriendlyName", "my trigger", "Recurring", "daily", "TriggerBy", "price"));
        assertThat(created.sid()).matches("UT[0-9a-f]{32}");
        assertThat(created.triggerValue()).isEqualTo(new BigDecimal("1000.000000"));
        assertThat(created.dateCreated()).isEqualTo(OffsetDateTime.parse("2026-03-15T12:00:00Z"));
        assertThat(created.dateFired()).isNull();
        assertThat(created.recurring()).isEqualTo("daily");
        assertThat(created.firesOnce()).isFalse();
        assertThat(created.otherFields()).isEmpty();
        assertThat(client().fetchTrigger(created.sid())).isEqualTo(created);
    }

    @Test
    void sendsTheSignOfARelativeValue() {
        client().createTrigger(new TriggerParameters("https://example.com", "+30", "sms", null, null, null, null));

        assertThat(onlyPost().form()).containsEntry("TriggerValue", "+30");
    }

    @Test
    void sendsOnlyMutableParametersInAnUpdate() {
        String sid = client().createTrigger(WANTED).sid();
        twilio.simulator().clearRequests();

        UsageTrigger updated = client().updateTrigger(sid,
                new TriggerParameters("https://example.com/new", "5", "calls",
                        CallbackMethod.GET, "new", Recurring.yearly, TriggerBy.count));

        assertThat(onlyPost().form()).containsOnlyKeys("CallbackUrl", "CallbackMethod", "FriendlyName");
        assertThat(updated.callbackMethod()).isEqualTo("GET");
        assertThat(updated.triggerValue()).isEqualByComparingTo("1000");
    }

    @Test
    void reportsWhetherADeletedTriggerExisted() {
        String sid = client().createTrigger(WANTED).sid();

        assertThat(client().deleteTrigger(sid)).isTrue();
        assertThat(client().deleteTrigger(sid)).isFalse();
    }

    @Test
    void reportsAMissingTrigger() {
        assertThatThrownBy(() -> client().fetchTrigger("UT" + "0".repeat(32))).isInstanceOf(TwilioApiException.class)
                .hasMessageContaining("HTTP 404").message().doesNotContain("window");
    }

    @Test
    void followsPagesAndSendsFilters() {
        for (int number = 0; number < 7; number++) {
            client().createTrigger(WANTED);
        }
        client().createTrigger(new TriggerParameters("https://example.com", "1", "calls", null, null, null, null));
        twilio.simulator().clearRequests();

        assertThat(all(TriggersQuery.all(3))).hasSize(8).extracting(UsageTrigger::sid).doesNotHaveDuplicates();
        assertThat(twilio.simulator().requests()).hasSize(3);
        assertThat(all(new TriggersQuery(Recurring.daily, TriggerBy.price, "sms", 100))).hasSize(7);
        assertThat(all(new TriggersQuery(Recurring.alltime, null, null, 100))).hasSize(1)
                .allMatch(UsageTrigger::firesOnce);
    }

    static Stream<Fault> afterwards() {
        return Stream.of(Fault.htmlUnavailable().afterProcessing(), Fault.serverError().afterProcessing(),
                Fault.connectionReset(), Fault.neverResponds(), Fault.truncatedResponse(),
                Fault.invalidJson().afterProcessing());
    }

    @ParameterizedTest
    @MethodSource("afterwards")
    void reportsAnUnknownOutcomeOfACreation(Fault fault) {
        twilio.simulator().fail(fault);

        TwilioApiException failure = catchThrowableOfType(TwilioApiException.class,
                () -> client().createTrigger(WANTED));

        assertThat(failure.isOutcomeUnknown()).isTrue();
        assertThat(failure).hasMessageStartingWith("create usage trigger \"my trigger\" of sms at 1000: ")
                .hasMessageEndingWith("the outcome is unknown: check before retrying");
        onlyPost();
        assertThat(all(TriggersQuery.all(100))).hasSize(1);
    }

    static Stream<Fault> instead() {
        return Stream.of(Fault.rateLimited(5), Fault.unauthorized(), Fault.notFound(), Fault.badRequestWithoutCode(),
                Fault.redirect(URI.create("https://example.com/")));
    }

    @ParameterizedTest
    @MethodSource("instead")
    void knowsThatARejectedCreationDidNotHappen(Fault fault) {
        twilio.simulator().fail(fault);

        TwilioApiException failure = catchThrowableOfType(TwilioApiException.class,
                () -> client().createTrigger(WANTED));

        assertThat(failure.isOutcomeUnknown()).isFalse();
        assertThat(all(TriggersQuery.all(100))).isEmpty();
    }

    @Test
    void knowsThatAnUnsentCreationDidNotHappen() {
        int unusedPort = AvailablePortFinder.getNextAvailable();

        TwilioApiException failure = catchThrowableOfType(TwilioApiException.class,
                () -> client(URI.create("http://127.0.0.1:" + unusedPort)).createTrigger(WANTED));

        assertThat(failure.isOutcomeUnknown()).isFalse();
    }

    @Test
    void failedReadsHaveNoUnknownOutcome() {
        twilio.simulator().fail(Fault.serverError(5));

        TwilioApiException failure = catchThrowableOfType(TwilioApiException.class, () -> all(TriggersQuery.all(100)));

        assertThat(failure.isOutcomeUnknown()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = { "", "UT", "../Accounts", "UT..%2fAccounts", "UT0123456789abcdef0123456789abcdef/", "ut0123",
                    "UT0123456789abcdef0123456789abcde\n", "UT\uFF10123456789abcdef0123456789abcde", "UT%00",
                    "AC01234567890123456789012345678901" })
    void rejectsInvalidTriggerSids(String sid) {
        assertThatThrownBy(() -> client().fetchTrigger(sid)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client().deleteTrigger(sid)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client().updateTrigger(sid, WANTED)).isInstanceOf(IllegalArgumentException.class);
        assertThat(twilio.simulator().requests()).isEmpty();
    }

    private TwilioUsageClient client() {
        return client(twilio.simulator().baseUrl());
    }

    private TwilioUsageClient client(URI address) {
        TwilioUsageSimulator simulator = twilio.simulator();
        return ClientFixture.client(http, address, simulator, clock);
    }

    private List<UsageTrigger> all(TriggersQuery query) {
        List<UsageTrigger> triggers = new ArrayList<>();
        client().triggers(query).forEachRemaining(triggers::addAll);
        return triggers;
    }

    private ReceivedRequest onlyPost() {
        List<ReceivedRequest> posts = twilio.simulator().requests().stream()
                .filter(request -> request.method().equals("POST")).toList();
        assertThat(posts).hasSize(1);
        return posts.get(0);
    }
}
