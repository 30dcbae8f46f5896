package io.github.cameltwilio.usage;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.Fault;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PollEnrichTest extends TwilioUsageTestSupport {
    private static final String TODAY = "twilio-usage:records?subresource=today&category=sms";

    @BeforeEach
    void startRoutes() throws Exception {
        pause = time -> new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:now").pollEnrich(TODAY, 5000);
                from("direct:soon").pollEnrich(TODAY, 300);
                from("direct:any").pollEnrich(TODAY, 0);
                from("direct:patient").pollEnrich(TODAY);
            }
        });
    }

    @Test
    void everyCallGivesWhatTwilioSaysNow() {
        UsageRecord noon = enriched("direct:now").get(0);
        clock.advance(Duration.ofHours(6));
        UsageRecord evening = enriched("direct:now").get(0);

        assertThat(evening.count()).isGreaterThan(noon.count());
        assertThat(simulator().requests()).hasSize(2);
    }

    @Test
    void withoutWaitingAndWithoutATimeoutItAsksAsWell() {
        assertThat(enriched("direct:any")).hasSize(1);
        assertThat(enriched("direct:patient")).hasSize(1);
    }

    @Test
    void anAnswerThatIsNotThereInTimeIsNoAnswer() {
        simulator().fail(Fault.neverResponds());

        long begin = System.nanoTime();
        assertThat(enriched("direct:soon")).isNull();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(300),
                Duration.ofSeconds(3));
        assertThat(enriched("direct:soon")).hasSize(1);
    }

    @Test
    void theTimeBeforeAskingAgainCounts() {
        simulator().fail(Fault.rateLimited(1, Duration.ofSeconds(20)));

        long begin = System.nanoTime();
        assertThat(enriched("direct:soon")).isNull();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(300),
                Duration.ofSeconds(3));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aConsumerOfTheSameUriNeitherGivesItsRecordsAwayNorHoldsAnyBack() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from(TODAY + "&startScheduler=false").routeId("usage").to("mock:usage");
                from("direct:same").pollEnrich(TODAY + "&startScheduler=false", 5000);
            }
        });

        assertThat(enriched("direct:same")).hasSize(1);
        assertThat(poll()).isEqualTo(1);
        assertThat(enriched("direct:same")).hasSize(1);
        assertThat(poll()).isZero();
    }

    @Test
    void aRefusalIsAnError() {
        simulator().fail(Fault.unauthorized());

        assertThatThrownBy(() -> enriched("direct:now")).hasRootCauseInstanceOf(TwilioApiException.class);
    }

    @SuppressWarnings("unchecked")
    private List<UsageRecord> enriched(String uri) {
        return template.requestBody(uri, null, List.class);
    }
}
