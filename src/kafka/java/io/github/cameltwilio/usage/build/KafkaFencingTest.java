package io.github.cameltwilio.usage.build;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.TestClock;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.support.PropertyBindingSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs the Kafka route of the page on two nodes, one of which does not know that it is no longer the leader. */
@Tag("slow")
class KafkaFencingTest {
    private static final Markdown PAGE = Markdown.page("docs/fleet.md");
    private static final LocalDate YESTERDAY = LocalDate.parse("2026-03-14");

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static KafkaServer kafka;

    private final String topic = "usage-" + UUID.randomUUID();
    private final Node first = new Node();
    private final Node second = new Node();

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(
            builder -> builder.clock(new TestClock("2026-03-15T12:00:00Z")).accountCreated(YESTERDAY).categories("sms")
                    .zeroShare(0));

    /** A node, which may be held between reading a record and sending it. */
    private final class Node {
        private final DefaultCamelContext context = new DefaultCamelContext();
        private final ChosenLeader cluster = new ChosenLeader();
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private volatile boolean isToBeHeld;
        private final List<Exception> failures = new CopyOnWriteArrayList<>();

        private void start(RouteBuilder routes) throws Exception {
            context.addService(cluster);
            // Two running routes of one process may not share a state.
            context.getRegistry().bind("usageState", new MemoryUsageStateRepository());
            context.getComponent("kafka", KafkaComponent.class).getConfiguration()
                    .setBrokers(kafka.bootstrapServers());
            PropertyBindingSupport.bindProperties(context, context.getComponent("twilio-usage"),
                    new HashMap<>(twilio.simulator().componentProperties()));
            context.getManagementStrategy().addEventNotifier(new EventNotifierSupport() {
                @Override
                public void notify(CamelEvent event) {
                    if (event instanceof CamelEvent.ExchangeFailedEvent failed) {
                        failures.add(failed.getExchange().getException());
                    }
                }
            });
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:read").process(Node.this::hold);
                }
            });
            context.addRoutes(routes);
            context.start();
        }

        private void hold(Exchange exchange) throws InterruptedException {
            if (isToBeHeld) {
                isToBeHeld = false;
                held.countDown();
                released.await();
            }
        }
    }

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = new KafkaServer();
    }

    @AfterAll
    static void stopKafka() {
        if (kafka != null) {
            kafka.close();
        }
    }

    @AfterEach
    void stopNodes() {
        first.released.countDown();
        first.context.stop();
        second.context.stop();
    }

    @Test
    void aReturningNodeCannotReplaceANewerValue() throws Exception {
        first.start(routes());
        first.cluster.tell(true);
        second.start(routes());
        BigDecimal original = price();
        awaitPrices(original);

        first.isToBeHeld = true;
        BigDecimal older = correct();
        first.held.await();
        BigDecimal newer = correct();
        second.cluster.tell(true);
        awaitPrices(original, newer);
        first.released.countDown();
        await().untilAsserted(() -> assertThat(first.failures).first().isInstanceOf(KafkaException.class));
        assertThat(prices()).containsExactly(original, newer).doesNotContain(older);

        first.cluster.tell(false);
        second.cluster.tell(false);
        first.cluster.tell(true);
        BigDecimal newest = correct();
        awaitPrices(original, newer, newest);
    }

    @Test
    void startingAnotherNodeBehindMasterFencesTheLeader() throws Exception {
        assertThatSecondNodeFencesTheFirst("""
                from("master:usage:twilio-usage:records?%s").to("kafka:%s?transactionalId=%s");""");
    }

    @Test
    void startingAnotherNodeWithARoutePolicyFencesTheLeader() throws Exception {
        assertThatSecondNodeFencesTheFirst("""
                try {
                    from("twilio-usage:records?%s").routePolicy(org.apache.camel.impl.cluster.ClusteredRoutePolicy
                            .forNamespace(getContext(), "usage")).to("kafka:%s?transactionalId=%s");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }""");
    }

    private void assertThatSecondNodeFencesTheFirst(String route) throws Exception {
        String routes = route.formatted("subresource=daily&startDate=yesterday&endDate=yesterday&initialDelay=0"
                + "&delay=50&stateRepository=#usageState", topic, topic);
        first.start(RouteCompiler.route(routes));
        first.cluster.tell(true);
        await().untilAsserted(() -> assertThat(kafka.readCommitted(topic)).hasSize(1));
        second.start(RouteCompiler.route(routes));
        correct();

        await().untilAsserted(() -> assertThat(first.failures).first().isInstanceOf(KafkaException.class));
        assertThat(kafka.readCommitted(topic)).hasSize(1);
    }

    private RouteBuilder routes() throws Exception {
        return RouteCompiler.route(PAGE.block("java", "kafka:usage")
                .replace("&delay={{env:USAGE_DELAY:15m}}",
                        "&startDate=yesterday&endDate=yesterday&initialDelay=0&delay=50")
                .replace(".marshal()", ".to(\"direct:read\").marshal()")
                .replace("kafka:usage?", "kafka:" + topic + "?"));
    }

    private BigDecimal correct() {
        twilio.simulator().correct(YESTERDAY, "sms", new BigDecimal("2"));
        return price();
    }

    private BigDecimal price() {
        return twilio.simulator().usage(YESTERDAY, "sms").price().stripTrailingZeros();
    }

    private void awaitPrices(BigDecimal... prices) {
        await().untilAsserted(() -> assertThat(prices()).containsExactly(prices));
    }

    private List<BigDecimal> prices() throws Exception {
        List<ConsumerRecord<String, String>> records = kafka.readCommitted(topic);
        assertThat(records).extracting(ConsumerRecord::key).containsOnly(
                twilio.simulator().accountSid() + "|own|daily|" + YESTERDAY + "|sms");
        List<BigDecimal> prices = new ArrayList<>();
        for (ConsumerRecord<String, String> record : records) {
            prices.add(new BigDecimal(JSON.readTree(record.value()).get("price").asText()).stripTrailingZeros());
        }
        return prices;
    }
}
