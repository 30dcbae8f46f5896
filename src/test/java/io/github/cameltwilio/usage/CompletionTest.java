package io.github.cameltwilio.usage;

import java.util.concurrent.atomic.AtomicInteger;

import org.apache.camel.Exchange;
import org.apache.camel.Ordered;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.processor.aggregate.GroupedBodyAggregationStrategy;
import org.apache.camel.support.SynchronizationAdapter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** An exchange counts as delivered if it is neither failed nor rolled back after all its completions have run. */
class CompletionTest extends TwilioUsageTestSupport {
    private static final String DAILY = "twilio-usage:records?startScheduler=false&subresource=daily&category=sms"
            + "&endDate=yesterday&startDate=-3days";

    private final AtomicInteger exchanges = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(strings = { "markRollbackOnly", "markRollbackOnlyLast", "exception" })
    void redeliversWhatIsRolledBack(String how) throws Exception {
        startThen(exchange -> {
            switch (how) {
                case "markRollbackOnly" -> exchange.setRollbackOnly(true);
                case "markRollbackOnlyLast" -> exchange.setRollbackOnlyLast(true);
                default -> exchange.setException(new IllegalStateException("fails"));
            }
        });
        deliversTheSecondOnceMore();
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void redeliversWhatIsHandledAndRolledBack(boolean last) throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                var handled = onException(Exception.class).handled(true);
                if (last) {
                    handled.markRollbackOnlyLast();
                } else {
                    handled.markRollbackOnly();
                }
                from(DAILY).routeId("usage").process(CompletionTest.this::failSecond).to("mock:usage");
            }
        });
        deliversTheSecondOnceMore();
    }

    @Test
    void countsHandledFailuresAsDelivered() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                onException(Exception.class).handled(true);
                from(DAILY).routeId("usage").process(CompletionTest.this::failSecond).to("mock:usage");
            }
        });
        assertThat(poll()).isEqualTo(3);
        assertThat(poll()).isZero();
    }

    /** A transactional Kafka producer commits in its completion, and fails the exchange if it cannot. */
    @ParameterizedTest
    @ValueSource(ints = { Ordered.HIGHEST, 0, Ordered.LOWEST })
    void redeliversWhatAnotherCompletionFails(int order) throws Exception {
        startThen(exchange -> exchange.getExchangeExtension().addOnCompletion(new Commit(order)));
        deliversTheSecondOnceMore();
    }

    private static final class Commit extends SynchronizationAdapter {
        private final int order;

        Commit(int order) {
            this.order = order;
        }

        @Override
        public int getOrder() {
            return order;
        }

        @Override
        public void onComplete(Exchange exchange) {
            exchange.setException(new IllegalStateException("fenced"));
        }
    }

    /** The documentation says so, because it holds for every consumer of Camel. */
    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void countsRecordsHeldByAnAggregatorAsDelivered(boolean completeOnStop) throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                var aggregate = from(DAILY).routeId("usage")
                        .aggregate(constant(true), new GroupedBodyAggregationStrategy()).completionSize(100);
                (completeOnStop ? aggregate.forceCompletionOnStop() : aggregate).to("mock:usage");
            }
        });
        assertThat(poll()).isEqualTo(3);
        assertThat(usageConsumer().getDelivered()).isEqualTo(3);
        MockEndpoint mock = getMockEndpoint("mock:usage");
        context.getRouteController().stopRoute("usage");
        assertThat(mock.getReceivedExchanges()).hasSize(completeOnStop ? 1 : 0);
    }

    private void startThen(Processor second) throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(DAILY).routeId("usage").process(exchange -> {
                    if (exchanges.incrementAndGet() == 2) {
                        second.process(exchange);
                    }
                }).to("mock:usage");
            }
        });
    }

    private void failSecond(Exchange exchange) {
        if (exchanges.incrementAndGet() == 2) {
            throw new IllegalStateException("fails");
        }
    }

    private void deliversTheSecondOnceMore() throws Exception {
        assertThat(poll()).isEqualTo(3);
        assertThat(usageConsumer().getWatermark()).isEqualTo("2026-03-12");
        assertThat(poll()).isEqualTo(1);
        assertThat(poll()).isZero();
        MockEndpoint mock = getMockEndpoint("mock:usage");
        assertThat(usage(mock).get(usage(mock).size() - 1).startDate()).hasToString("2026-03-13");
        assertThat(usageConsumer().getDelivered()).isEqualTo(3);
        assertThat(usageConsumer().getWatermark()).isEqualTo("2026-03-14");
    }
}
