package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.Fault;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class RecordsConsumerTest extends TwilioUsageTestSupport {
    // The tests poll by themselves, so that no scheduled poll comes in between.
    private static final String DAILY = "twilio-usage:records?subresource=daily&startScheduler=false";
    private static final LocalDate TODAY = LocalDate.parse("2026-03-15");

    @Test
    void deliversLookBackOnFirstPoll() throws Exception {
        MockEndpoint mock = consume(DAILY);

        assertThat(poll()).isEqualTo(8);
        assertThat(usage(mock)).extracting(UsageRecord::startDate).containsOnly(TODAY, TODAY.minusDays(1),
                TODAY.minusDays(2), TODAY.minusDays(3));
    }

    @Test
    void startsFirstPollAtStartDate() throws Exception {
        MockEndpoint mock = consume(DAILY + "&startDate=2026-02-01&category=sms");

        poll();

        assertThat(usage(mock)).hasSize(43).extracting(UsageRecord::startDate).doesNotHaveDuplicates()
                .contains(LocalDate.parse("2026-02-01"), TODAY);
        assertThat(queries()).as("queries of the windows, oldest first")
                .extracting(query -> query.replaceAll("&Incl.*", ""))
                .containsExactly(
                        "Category=sms&StartDate=2026-02-01&EndDate=2026-02-14",
                        "Category=sms&StartDate=2026-02-15&EndDate=2026-02-28",
                        "Category=sms&StartDate=2026-03-01&EndDate=2026-03-15");
    }

    @Test
    void deliversOnlyFinishedDaysWithEndDateYesterday() throws Exception {
        MockEndpoint mock = consume(DAILY + "&endDate=yesterday&category=sms");

        poll();

        assertThat(usage(mock)).extracting(UsageRecord::startDate).isNotEmpty().doesNotContain(TODAY);
    }

    @Test
    void doesNotRedeliverWhenOnlyAsOfChanges() throws Exception {
        consume(DAILY + "&endDate=yesterday");
        poll();

        for (int poll = 0; poll < 10; poll++) {
            clock.advance(Duration.ofMinutes(15));
            assertThat(poll()).isZero();
        }
    }

    @Test
    void deliversRecordOnceWhenPageListsItTwice() throws Exception {
        MockEndpoint mock = consume(DAILY);
        // The first request reads Twilio's clock; the second one reads the page that lists a record twice.
        simulator().fail(Fault.slow(Duration.ZERO)).fail(Fault.duplicateRecord());

        assertThat(poll()).isEqualTo(8);
        assertThat(usage(mock)).doesNotHaveDuplicates();
    }

    @Test
    void sharesTwilioDateBetweenEndpoints() throws Exception {
        consume(DAILY + "&category=sms&startDate=today");
        template.requestBody("twilio-usage:records?subresource=yesterday", (Object) null);
        simulator().clearRequests();

        assertThat(poll()).isEqualTo(1);
        assertThat(simulator().requests()).hasSize(1)
                .allSatisfy(request -> assertThat(request.path()).endsWith("/Daily.json"));
    }

    @Test
    void deliversTodayAgainAsUsageGrows() throws Exception {
        MockEndpoint mock = consume(DAILY + "&category=sms&startDate=today");
        poll();
        clock.advance(Duration.ofHours(6));
        poll();

        assertThat(usage(mock)).hasSize(2).extracting(UsageRecord::startDate).containsOnly(TODAY);
        assertThat(usage(mock).get(1).count()).isGreaterThan(usage(mock).get(0).count());
    }

    @Test
    void deliversLateCorrectionOnceWithPreviousValues() throws Exception {
        MockEndpoint mock = consume(DAILY + "&endDate=yesterday");
        poll();
        UsageRecord before = usage(mock).stream()
                .filter(record -> record.category().equals("sms") && record.startDate().equals(TODAY.minusDays(2)))
                .findFirst()
                .get();
        mock.reset();

        simulator().correct(TODAY.minusDays(2), "sms", new BigDecimal("2"));
        assertThat(poll()).isEqualTo(1);
        assertThat(poll()).isZero();

        Exchange update = mock.getReceivedExchanges().get(0);
        assertThat(usage(update).price()).isEqualByComparingTo(before.price().multiply(new BigDecimal("2")));
        assertThat(update.getMessage().getHeader(TwilioUsageConstants.UPDATE)).isEqualTo(true);
        assertThat(update.getMessage().getHeader(TwilioUsageConstants.PREVIOUS_PRICE, BigDecimal.class))
                .isEqualByComparingTo(before.price());
        assertThat(update.getMessage().getHeader(TwilioUsageConstants.PREVIOUS_COUNT, BigDecimal.class))
                .isEqualByComparingTo(before.count());
        assertThat(update.getMessage().getHeader(TwilioUsageConstants.PREVIOUS_USAGE, BigDecimal.class))
                .isEqualByComparingTo(before.usage());
    }

    @Test
    void ignoresCorrectionOlderThanLookBack() throws Exception {
        consume(DAILY + "&endDate=yesterday&startDate=2026-03-01");
        poll();

        simulator().correct(TODAY.minusDays(5), "sms", new BigDecimal("2"));
        assertThat(poll()).isZero();
        simulator().correct(TODAY.minusDays(4), "sms", new BigDecimal("2"));
        assertThat(poll()).isEqualTo(1);
    }

    @Test
    void deliversEveryMissedDayAfterOutage() throws Exception {
        MockEndpoint mock = consume(DAILY + "&category=sms&startDate=-1days");
        poll();
        mock.reset();

        clock.advance(Duration.ofDays(40));
        poll();

        assertThat(usage(mock)).extracting(UsageRecord::startDate).contains(
                IntStream.rangeClosed(0, 40).mapToObj(TODAY::plusDays).toArray(LocalDate[]::new));
    }

    @Test
    void setsHeadersOfNewRecord() throws Exception {
        Exchange today = consumeOne(DAILY + "&category=sms&startDate=today");
        assertThat(today.getMessage().getHeaders())
                .containsEntry(TwilioUsageConstants.ACCOUNT_SID, simulator().accountSid())
                .containsEntry(TwilioUsageConstants.RECORD_KEY, simulator().accountSid() + "|all|daily|2026-03-15|sms")
                .containsEntry(TwilioUsageConstants.UPDATE, false)
                .containsEntry(TwilioUsageConstants.PROVISIONAL, true)
                .containsEntry(TwilioUsageConstants.AS_OF, usage(today).asOf())
                .doesNotContainKey(TwilioUsageConstants.PREVIOUS_PRICE);
        assertThat(today.getMessage().getHeader(TwilioUsageConstants.FINGERPRINT, String.class))
                .matches("[0-9a-f]{16}");
    }

    @Test
    void marksOnlyRecordsWithinLookBackAsProvisional() throws Exception {
        MockEndpoint mock = consume(DAILY + "&category=sms&startDate=2026-03-10");
        poll();

        assertThat(mock.getReceivedExchanges()).allSatisfy(exchange -> assertThat(
                exchange.getMessage().getHeader(TwilioUsageConstants.PROVISIONAL))
                .isEqualTo(!usage(exchange).endDate().isBefore(LocalDate.parse("2026-03-12"))));
    }

    @Test
    void setsNoHeaderThatAffectsDownstreamProducer() throws Exception {
        consume(DAILY + "&category=sms&startDate=today", "twilio-usage:records?subresource=today");
        simulator().clearRequests();
        poll();

        assertThat(simulator().requests()).last().satisfies(request -> {
            assertThat(request.path()).endsWith("/Today.json");
            assertThat(request.parameters()).doesNotContainKeys("Category", "StartDate", "EndDate");
        });
    }

    @Test
    void skipsZeroRecordsUnlessTheyAreCorrections() throws Exception {
        MockEndpoint mock = consume(DAILY + "&endDate=yesterday&category=sms&startDate=-2days");
        simulator().correct(TODAY.minusDays(1), "sms", BigDecimal.ZERO);
        assertThat(poll()).isEqualTo(1);
        assertThat(usage(mock)).extracting(UsageRecord::startDate).containsExactly(TODAY.minusDays(2));

        simulator().correct(TODAY.minusDays(2), "sms", BigDecimal.ZERO);
        assertThat(poll()).isEqualTo(1);
        assertThat(usage(mock).get(1).price()).isZero();
    }

    @Test
    void deliversZeroRecordsWithoutSkipEmpty() throws Exception {
        consume(DAILY + "&endDate=yesterday&category=sms&startDate=yesterday&skipEmpty=false");
        simulator().correct(TODAY.minusDays(1), "sms", BigDecimal.ZERO);

        assertThat(poll()).isEqualTo(1);
        assertThat(poll()).isZero();
    }

    @Test
    void deliversEachPageAsOneBatch() throws Exception {
        MockEndpoint mock = consume(DAILY + "&pageSize=5");
        poll();

        List<Exchange> exchanges = mock.getReceivedExchanges();
        assertThat(exchanges).extracting(exchange -> exchange.getProperty(ExchangePropertyKey.BATCH_SIZE))
                .containsExactly(5, 5, 5, 5, 5, 3, 3, 3);
        assertThat(exchanges).extracting(exchange -> exchange.getProperty(ExchangePropertyKey.BATCH_INDEX))
                .containsExactly(0, 1, 2, 3, 4, 0, 1, 2);
        assertThat(exchanges).extracting(exchange -> exchange.getProperty(ExchangePropertyKey.BATCH_COMPLETE))
                .containsExactly(false, false, false, false, true, false, false, true);
    }

    @Test
    void deliversEachPageAsListWithoutSplitResult() throws Exception {
        MockEndpoint mock = consume(DAILY + "&splitResult=false&pageSize=5&endDate=yesterday&startDate=-3days");
        assertThat(poll()).isEqualTo(2);

        assertThat(mock.getReceivedExchanges()).extracting(exchange -> exchange.getMessage().getBody(List.class).size())
                .containsExactly(5, 1);
        assertThat(poll()).isZero();
    }

    @Test
    void defersRecordsBeyondMaxMessagesPerPoll() throws Exception {
        MockEndpoint mock = consume(DAILY + "&maxMessagesPerPoll=3&endDate=yesterday");

        assertThat(List.of(poll(), poll(), poll(), poll())).containsExactly(3, 3, 2, 0);
        assertThat(usage(mock)).hasSize(8).doesNotHaveDuplicates();
    }

    @Test
    void redeliversFailedRecordWhileOthersProceed() throws Exception {
        MockEndpoint mock = consume(DAILY + "&endDate=yesterday");
        mock.whenAnyExchangeReceived(exchange -> {
            if (usage(exchange).category().equals("sms") && usage(exchange).startDate().equals(TODAY.minusDays(2))) {
                throw new IllegalStateException("the database is down");
            }
        });
        poll();
        assertThat(mock.getReceivedExchanges()).hasSize(8);
        mock.reset();

        clock.advance(Duration.ofDays(10));
        mock.whenAnyExchangeReceived(exchange -> {});
        poll();

        assertThat(usage(mock)).extracting(record -> record.category() + " " + record.startDate())
                .contains("sms 2026-03-13").doesNotContain("calls 2026-03-13", "sms 2026-03-12")
                .doesNotHaveDuplicates();
    }

    @Test
    void countsHandledFailureAsDelivered() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(deadLetterChannel("mock:dead"));
                from(DAILY + "&endDate=yesterday&category=sms").routeId("usage")
                        .throwException(new IllegalStateException("the route fails"));
            }
        });
        poll();
        poll();

        assertThat(getMockEndpoint("mock:dead").getReceivedExchanges()).hasSize(4);
    }

    @Test
    void doesNotRedeliverRecordInFlight() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from(DAILY + "&endDate=yesterday&category=sms").routeId("usage").to("seda:slow");
                from("seda:slow").routeId("slow").autoStartup(false).to("mock:usage");
            }
        });
        assertThat(poll()).isEqualTo(4);
        assertThat(poll()).isZero();

        context.getRouteController().startRoute("slow");
        await().untilAsserted(() -> assertThat(getMockEndpoint("mock:usage").getReceivedExchanges()).hasSize(4));
        await().untilAsserted(() -> assertThat(context.getInflightRepository().size()).isZero());
        assertThat(poll()).isZero();
    }

    @Test
    void stopsAfterCurrentExchangeAndResumesWithoutLoss() throws Exception {
        CountDownLatch thirdExchangeStarted = new CountDownLatch(1);
        CountDownLatch consumerStopping = new CountDownLatch(1);
        MockEndpoint mock = getMockEndpoint("mock:usage");
        mock.whenExchangeReceived(3, exchange -> {
            thirdExchangeStarted.countDown();
            consumerStopping.await();
        });
        consume("twilio-usage:records?subresource=daily&endDate=yesterday&initialDelay=0&delay=50");
        thirdExchangeStarted.await();
        CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> {
            try {
                context.getRouteController().stopRoute("usage");
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
        await().until(() -> !usageConsumer().isBatchAllowed());
        consumerStopping.countDown();
        stop.join();
        assertThat(usage(mock)).hasSize(3);

        context.getRouteController().startRoute("usage");
        await().untilAsserted(() -> assertThat(usage(mock)).extracting(record -> record.category() + record.startDate())
                .satisfies(keys -> assertThat(Set.copyOf(keys)).hasSize(8)));
    }

    @Test
    void deliversRemainingPagesAfterFailedPoll() throws Exception {
        MockEndpoint mock = consume(DAILY + "&pageSize=5");
        simulator().fail(Fault.truncatedResponse().onPage(1).times(5));

        assertThatThrownBy(this::poll).isInstanceOf(TwilioApiException.class);
        assertThat(usage(mock)).hasSize(5);
        poll();
        assertThat(usage(mock)).hasSize(8).doesNotHaveDuplicates();
    }

    @Test
    void usesTwilioClockInsteadOfLocalClock() throws Exception {
        machineClock = new TestClock("2026-03-16T14:00:00Z");
        MockEndpoint mock = consume(DAILY + "&category=sms");
        poll();

        assertThat(usage(mock)).extracting(UsageRecord::startDate).contains(TODAY).doesNotContain(TODAY.plusDays(1));
        assertThat(queries()).first().asString().contains("StartDate=2026-03-12&EndDate=2026-03-15");
    }

    @Test
    void readsMonthsFromTheirFirstDay() throws Exception {
        MockEndpoint mock = consume("twilio-usage:records?subresource=monthly&category=sms&startScheduler=false");
        poll();
        assertThat(usage(mock)).extracting(UsageRecord::startDate).containsExactly(LocalDate.parse("2026-03-01"));

        clock.advance(Duration.ofDays(18));
        poll();
        assertThat(usage(mock)).extracting(record -> record.startDate() + " to " + record.endDate()).containsExactly(
                "2026-03-01 to 2026-03-15", "2026-04-01 to 2026-04-02", "2026-03-01 to 2026-03-31");
    }

    @Test
    void deliversListWithoutPeriodsWhenItChanges() throws Exception {
        MockEndpoint mock = consume("twilio-usage:records?subresource=today&category=sms&startScheduler=false");
        assertThat(poll()).isEqualTo(1);
        assertThat(poll()).isZero();
        clock.advance(Duration.ofHours(13));
        poll();

        assertThat(usage(mock)).extracting(UsageRecord::startDate).containsExactly(TODAY, TODAY.plusDays(1));
    }

    @Test
    void sendsEmptyMessageWhenIdleIfConfigured() throws Exception {
        MockEndpoint mock = consume("twilio-usage:records?subresource=yesterday&category=sms&initialDelay=0&delay=10"
                + "&sendEmptyMessageWhenIdle=true");

        await().untilAsserted(() -> assertThat(mock.getReceivedExchanges()).hasSizeGreaterThan(1));
        assertThat(mock.getReceivedExchanges().get(0).getMessage().getBody()).isInstanceOf(UsageRecord.class);
        assertThat(mock.getReceivedExchanges().get(1).getMessage().getBody()).isNull();
    }

    @Test
    void pollsEveryFifteenMinutesByDefault() throws Exception {
        consume(DAILY);

        assertThat(usageConsumer().getDelay()).isEqualTo(Duration.ofMinutes(15).toMillis());
    }

    private Exchange consumeOne(String uri) throws Exception {
        MockEndpoint mock = consume(uri);
        assertThat(poll()).isEqualTo(1);
        return mock.getReceivedExchanges().get(0);
    }
}
