package io.github.cameltwilio.usage.build;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.cameltwilio.usage.TwilioUsageTestSupport;
import io.github.cameltwilio.usage.UsageConsumer;
import kafka.testkit.KafkaClusterTestKit;
import kafka.testkit.TestKitNodes;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Runs the Kafka route of the delivery page. Three records are due, and the second is not committed at first. */
@Tag("slow")
class KafkaTransactionTest extends TwilioUsageTestSupport {
    private static final String READ_COMMITTED = "read_committed";
    private static final String READ_UNCOMMITTED = "read_uncommitted";

    private static KafkaClusterTestKit kafka;

    private int sent;

    @TempDir
    Path directory;

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = new KafkaClusterTestKit.Builder(
                new TestKitNodes.Builder().setCombined(true).setNumBrokerNodes(1).setNumControllerNodes(1).build())
                .setConfigProp("offsets.topic.replication.factor", "1")
                .setConfigProp("transaction.state.log.replication.factor", "1")
                .setConfigProp("transaction.state.log.min.isr", "1")
                // The default of 50 partitions would take seconds to create.
                .setConfigProp("transaction.state.log.num.partitions", "1")
                .build();
        kafka.format();
        kafka.startup();
        kafka.waitForReadyBrokers();
    }

    @AfterAll
    static void stopKafka() throws Exception {
        if (kafka != null) {
            kafka.close();
        }
    }

    @Test
    void redeliversRecordWhoseProducerWasFencedBeforeItsCommit() throws Exception {
        start("fenced", () -> fence("fenced"));
        poll();
        assertThatThrownBy(this::poll).hasMessageContaining("The route failed for 3 exchanges in a row");
        assertThat(runningConsumer().getDelivered()).isEqualTo(1);
        assertThat(read("fenced", READ_COMMITTED)).hasSize(1);

        context.getRouteController().stopRoute("usage");
        context.getRouteController().startRoute("usage");
        assertThat(poll()).isEqualTo(2);
        assertThat(poll()).isZero();
        assertThat(runningConsumer().getWatermark()).isEqualTo("2026-03-14");
        assertThat(read("fenced", READ_COMMITTED)).hasSize(3).doesNotHaveDuplicates();
        assertThat(read("fenced", READ_UNCOMMITTED)).as("including aborted records").hasSizeGreaterThan(3);
    }

    @Test
    void redeliversRecordWhoseRouteFailsAfterTheSend() throws Exception {
        start("aborted", () -> {
            throw new IllegalStateException("fails after Kafka");
        });
        poll();
        assertThat(runningConsumer().getDelivered()).isEqualTo(2);
        assertThat(poll()).isEqualTo(1);
        assertThat(poll()).isZero();
        assertThat(read("aborted", READ_COMMITTED)).hasSize(3).doesNotHaveDuplicates();
        assertThat(read("aborted", READ_UNCOMMITTED)).as("including the aborted record").hasSize(4);
    }

    /** @param afterSecondSend runs before the transaction of the second record is committed */
    private void start(String topic, Runnable afterSecondSend) throws Exception {
        context.getComponent("kafka", KafkaComponent.class).getConfiguration().setBrokers(kafka.bootstrapServers());
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:sent").process((Exchange exchange) -> {
                    if (++sent == 2) {
                        afterSecondSend.run();
                    }
                });
            }
        });
        String route = Markdown.page("docs/delivery.md").block("java", "transactionalId")
                .replace("startDate=-30days", "startDate=-3days&endDate=yesterday&category=sms&startScheduler=false")
                .replace("stateFile=usage.state\")",
                        "stateFile=" + directory.resolve("state") + "\").routeId(\"usage\")")
                .replace("kafka:usage?transactionalId=usage\")", "kafka:" + topic + "?transactionalId=" + topic
                        + "\").to(\"direct:sent\")");
        start(RouteCompiler.route(route));
    }

    private UsageConsumer runningConsumer() {
        return (UsageConsumer) context.getRoute("usage").getConsumer();
    }

    /** Starts a producer that takes over the transactional ID, as a second node would. */
    private static void fence(String transactionalId) {
        try (KafkaProducer<String, String> other = new KafkaProducer<>(Map.of("bootstrap.servers",
                kafka.bootstrapServers(), "transactional.id", transactionalId), new StringSerializer(),
                new StringSerializer())) {
            other.initTransactions();
        }
    }

    /** Returns the keys of the records in a topic, which has one partition. */
    private static List<String> read(String topic, String isolation) {
        Map<String, Object> options = Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level",
                isolation);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(options, new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<String> keys = new ArrayList<>();
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, String> read : consumer.poll(Duration.ofMillis(200))) {
                    keys.add(read.key());
                }
            }
            return keys;
        }
    }
}
