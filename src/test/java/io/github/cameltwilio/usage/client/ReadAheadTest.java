package io.github.cameltwilio.usage.client;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.cameltwilio.usage.TestClock;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

class ReadAheadTest {
    private static final LocalDate NEW_YEAR = LocalDate.parse("2026-01-01");
    private static final LocalDate MARCH = LocalDate.parse("2026-03-01");

    private final Clock clock = new TestClock("2026-03-15T12:00:00Z");

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(builder -> builder.clock(clock)
            .accountCreated(NEW_YEAR).categories("sms", "calls").zeroShare(0).subaccount("one", NEW_YEAR)
            .subaccount("two", MARCH));

    private final AtomicReference<ExecChainHandler> interceptor = new AtomicReference<>(
            (request, scope, chain) -> chain.proceed(request, scope));
    private final CloseableHttpClient http = HttpClients.custom().disableAutomaticRetries()
            .addExecInterceptorFirst("test",
                    (request, scope, chain) -> interceptor.get().execute(request, scope, chain))
            .build();

    @AfterEach
    void close() throws IOException {
        http.close();
    }

    @Test
    void limitsConcurrentRequests() {
        CountDownLatch four = new CountDownLatch(4);
        interceptor.set((request, scope, chain) -> {
            four.countDown();
            return proceedTogether(four, request, scope, chain);
        });

        assertThat(read(client().records(daily(NEW_YEAR, null), client().readAhead(4)))).hasSize(148);

        assertThat(twilio.simulator().maxConcurrentRequests()).isLessThanOrEqualTo(4);
    }

    @Test
    void keepsTheOrderOfSequentialReading() {
        Map<String, RecordsQuery> queries = new LinkedHashMap<>();
        queries.put(twilio.simulator().accountSid(), daily(NEW_YEAR, LocalDate.parse("2026-03-14")));
        queries.put(twilio.simulator().subaccountSids().get(0), daily(NEW_YEAR, null));
        queries.put(twilio.simulator().subaccountSids().get(1),
                new RecordsQuery(Subresource.daily, List.of("calls", "sms"), MARCH, null, false, 3));
        List<String> expected = read(client().records(queries, client().readAhead(1)));
        twilio.simulator().fail(Fault.slow(Duration.ofMillis(50)));

        assertThat(read(client().records(queries, client().readAhead(8)))).isEqualTo(expected).hasSize(146 + 148 + 30);
    }

    @Test
    void splitsALongWindowIntoWeeksOrPages() {
        read(client().records(new RecordsQuery(Subresource.daily, List.of(), NEW_YEAR, MARCH, true, 1000),
                client().readAhead(2)));
        assertThat(twilio.simulator().requests()).hasSize(9)
                .anySatisfy(part -> assertThat(part.query()).startsWith("StartDate=2026-01-01&EndDate=2026-01-07&"));

        twilio.simulator().clearRequests();
        read(client().records(new RecordsQuery(Subresource.daily, List.of("sms"), NEW_YEAR, MARCH, true, 50),
                client().readAhead(2)));
        assertThat(twilio.simulator().requests()).extracting(part -> part.query().replaceAll("&Incl.*", ""))
                .containsExactlyInAnyOrder(
                        "Category=sms&StartDate=2026-01-01&EndDate=2026-02-19",
                        "Category=sms&StartDate=2026-02-20&EndDate=2026-03-01");
    }

    @Test
    void leavesAnOpenWindowOpen() {
        read(client().records(daily(MARCH, null), client().readAhead(2)));

        assertThat(twilio.simulator().requests()).extracting(part -> part.query().replaceAll("&Incl.*", ""))
                .contains("StartDate=2026-03-13").doesNotContain("StartDate=2026-03-15");
    }

    @Test
    void sendsNothingBeforeTheFirstRead() {
        client().records(daily(NEW_YEAR, null), client().readAhead(4));

        assertThat(twilio.simulator().requests()).isEmpty();
    }

    @Test
    void throwsAFailureInTurnAndThenRetries() {
        twilio.simulator().fail(Fault.notFound().onPage(1));
        Pages<UsageRecord> pages = client().records(daily(NEW_YEAR, null));

        assertThat(pages.next()).hasSize(20);
        TwilioApiException failure = catchThrowableOfType(TwilioApiException.class, pages::next);
        assertThat(failure.status()).isEqualTo(404);
        assertThat(twilio.simulator().requests()).hasSize(2);
        assertThat(pages.next()).hasSize(20);
        assertThat(read(pages)).hasSize(108);
    }

    @Test
    void isolatesTheFailureOfOneAccount() {
        String account = twilio.simulator().subaccountSids().get(0);
        twilio.simulator().fail(Fault.unauthorized().onAccount(account).times(50));
        TwilioUsageClient client = client();
        ReadAhead ahead = client.readAhead(3);
        Pages<UsageRecord> failing = client.records(Map.of(account, daily(MARCH, null)), ahead);
        Pages<UsageRecord> main = client.records(daily(MARCH, null), ahead);

        assertThatThrownBy(failing::next).isInstanceOf(TwilioApiException.class);
        failing.close();

        assertThat(read(main)).hasSize(30);
    }

    @Test
    void closeWakesUpTheReader() throws InterruptedException {
        twilio.simulator().fail(Fault.neverResponds());
        Pages<UsageRecord> pages = client().records(daily(NEW_YEAR, null));
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            try {
                pages.next();
            } catch (RuntimeException e) {
                end.set(e);
            }
        });
        reader.start();
        await().until(() -> !twilio.simulator().requests().isEmpty());

        pages.close();
        reader.join(10_000);

        assertThat(end.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed before its end");
    }

    @Test
    void stopsWaitingWhenInterrupted() throws InterruptedException {
        twilio.simulator().fail(Fault.neverResponds());
        Pages<UsageRecord> pages = client().records(daily(NEW_YEAR, null));
        List<Object> end = new ArrayList<>();
        Thread reader = new Thread(() -> {
            try {
                pages.next();
            } catch (RuntimeException e) {
                end.add(e);
                end.add(Thread.currentThread().isInterrupted());
            }
        });
        reader.start();
        await().until(() -> !twilio.simulator().requests().isEmpty());

        reader.interrupt();
        reader.join(10_000);

        assertThat(end).hasSize(2).last().isEqualTo(true);
        assertThat(end.get(0)).isInstanceOf(TwilioApiException.class);
        assertThat(read(pages)).hasSize(148);
    }

    @Test
    void halvesThePageSizeOnServerErrorsAndRemembersIt() {
        twilio.simulator().fail(Fault.serverErrorAbovePageSize(60).times(1000));
        TwilioUsageClient client = client();
        RecordsQuery query = new RecordsQuery(Subresource.daily, List.of(), NEW_YEAR, null, true, 200);

        assertThat(read(client.records(query))).hasSize(148);
        assertThat(requestedSizes()).startsWith("200", "200", "100", "50", "50").doesNotContain("25");

        twilio.simulator().clearRequests();
        assertThat(read(client.records(query))).hasSize(148);
        assertThat(requestedSizes()).containsOnly("50");
    }

    @Test
    void neverGoesBelowTwiliosDefaultPageSize() {
        twilio.simulator().fail(Fault.serverError(10));
        Pages<UsageRecord> pages = client()
                .records(new RecordsQuery(Subresource.daily, List.of(), NEW_YEAR, null, true, 100));

        for (int poll = 0; poll < 2; poll++) {
            assertThatThrownBy(() -> read(pages)).isInstanceOf(TwilioApiException.class);
        }

        assertThat(read(pages)).hasSize(148);
        assertThat(requestedSizes()).startsWith("100", "100", "50").endsWith("50", "50", "50").containsOnly("100",
                "50");
    }

    @Test
    void keepsThePageSizeAfterASingleServerError() {
        twilio.simulator().fail(Fault.serverError());

        assertThat(read(client().records(daily(NEW_YEAR, null)))).hasSize(148);

        assertThat(requestedSizes()).containsOnly("20");
    }

    private List<String> requestedSizes() {
        return twilio.simulator().requests().stream().map(request -> request.parameters().get("PageSize")).toList();
    }

    private static ClassicHttpResponse proceedTogether(CountDownLatch all, ClassicHttpRequest request,
                                                       ExecChain.Scope scope,
                                                       ExecChain chain)
            throws IOException, HttpException {
        try {
            assertThat(all.await(20, TimeUnit.SECONDS)).as("all requests are concurrent").isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return chain.proceed(request, scope);
    }

    private static RecordsQuery daily(LocalDate from, LocalDate to) {
        return new RecordsQuery(Subresource.daily, List.of(), from, to, true, 20);
    }

    private TwilioUsageClient client() {
        TwilioUsageSimulator simulator = twilio.simulator();
        return ClientFixture.client(http, simulator.baseUrl(), simulator, clock);
    }

    private static List<String> read(Pages<UsageRecord> pages) {
        List<String> records = new ArrayList<>();
        pages.forEachRemaining(
                page -> page.forEach(usage -> records.add(usage.startDate() + " " + usage.category() + usage.price())));
        return records;
    }
}
