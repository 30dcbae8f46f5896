package io.github.cameltwilio.usage;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.Fault;
import org.apache.camel.PollingConsumer;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class PollEnrichTest extends TwilioUsageTestSupport {
    private static final String TODAY = "twilio-usage:records?subresource=today&category=sms";

    @BeforeEach
    void startRoutes() throws Exception {
        pause = time -> new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:now").pollEnrich(TODAY, 20_000);
                from("direct:soon").pollEnrich(TODAY, 500);
                from("direct:any").pollEnrich(TODAY, 0);
                from("direct:patient").pollEnrich(TODAY);
                from("direct:split").pollEnrich(TODAY + "&splitSubaccounts=true", 500);
                from("direct:dynamic").pollEnrich().simple("twilio-usage:records?startDate=${body}&endDate=${body}")
                        .timeout(20_000);
            }
        });
    }

    @Test
    void everyCallListsCurrentUsage() {
        UsageRecord noon = enriched("direct:now").get(0);
        clock.advance(Duration.ofHours(6));
        UsageRecord evening = enriched("direct:now").get(0);

        assertThat(evening.count()).isGreaterThan(noon.count());
        assertThat(simulator().requests()).hasSize(2);
    }

    @Test
    void listsWithoutTimeoutToo() {
        assertThat(enriched("direct:patient")).hasSize(1);
    }

    @Test
    void listsWithTimeoutZero() {
        assertThat(enriched("direct:any")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = { "direct:soon", "direct:split" })
    void bodyIsNullAfterTheTimeout(String uri) {
        simulator().fail(Fault.neverResponds());

        assertThat(withinTenSeconds(uri)).isNull();
        assertThat(enriched("direct:now")).hasSize(1);
    }

    @Test
    void timeoutIncludesTheWaitBeforeARetry() {
        simulator().fail(Fault.rateLimited(1, Duration.ofSeconds(20)));

        assertThat(withinTenSeconds("direct:soon")).isNull();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aTimeoutEndsTheRequest() {
        simulator().fail(Fault.neverResponds());
        enriched("direct:split");

        await().atMost(Duration.ofSeconds(10)).until(() -> busyFetchers() == 0);
    }

    @Test
    void dynamicUrisLeaveNoThreadsBehind() {
        for (int day = 1; day <= 28; day++) {
            template.requestBody("direct:dynamic", "2026-02-%02d".formatted(day));
        }

        assertThat(threads()).hasSizeLessThan(14);
    }

    @Test
    void receiveBeforeStartIsRejected() throws Exception {
        PollingConsumer consumer = context.getEndpoint(TODAY).createPollingConsumer();

        assertThatThrownBy(() -> consumer.receive(1)).hasMessageContaining("twilio-usage:records is not started");
        assertThatThrownBy(consumer::receive).hasMessageContaining("twilio-usage:records is not started");
    }

    @Test
    void doesNotShareRecordsWithAConsumerOfTheSameUri() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(TODAY + "&startScheduler=false").routeId("usage").to("mock:usage");
                from("direct:same").pollEnrich(TODAY + "&startScheduler=false", 20_000);
            }
        });

        assertThat(enriched("direct:same")).hasSize(1);
        assertThat(poll()).isEqualTo(1);
        assertThat(enriched("direct:same")).hasSize(1);
        assertThat(poll()).isZero();
    }

    @Test
    void anErrorResponseIsThrown() {
        simulator().fail(Fault.unauthorized());

        assertThatThrownBy(() -> enriched("direct:now")).hasRootCauseInstanceOf(TwilioApiException.class);
    }

    /** The response timeout is three times as long. */
    private List<UsageRecord> withinTenSeconds(String uri) {
        long begin = System.nanoTime();
        List<UsageRecord> usage = enriched(uri);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
        return usage;
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().contains("TwilioUsage"))
                .toList();
    }

    private static long busyFetchers() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().contains("TwilioUsageFetch"))
                .filter(thread -> Stream.of(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().startsWith("io.github.cameltwilio")))
                .count();
    }

    @SuppressWarnings("unchecked")
    private List<UsageRecord> enriched(String uri) {
        return template.requestBody(uri, null, List.class);
    }
}
