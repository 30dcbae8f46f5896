package io.github.cameltwilio.usage.build;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import kafka.testkit.KafkaClusterTestKit;
import kafka.testkit.TestKitNodes;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A real broker, in this process, whose topics have one partition. */
public final class KafkaServer implements AutoCloseable {
    private final KafkaClusterTestKit kafka;

    public KafkaServer() throws Exception {
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

    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** Returns what a reader with the default isolation sees, including what was aborted. */
    List<ConsumerRecord<String, String>> readUncommitted(String topic) {
        return read(topic, 0, "read_uncommitted");
    }

    /** Returns what was committed, in order. */
    List<ConsumerRecord<String, String>> readCommitted(String topic) {
        return read(topic, 0, "read_committed");
    }

    /** Returns what was committed at or after an offset, in order. */
    public List<ConsumerRecord<String, String>> readCommitted(String topic, long from) {
        return read(topic, from, "read_committed");
    }

    private List<ConsumerRecord<String, String>> read(String topic, long from, String isolation) {
        Map<String, Object> options = Map.of("bootstrap.servers", bootstrapServers(), "isolation.level", isolation);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(options, new StringDeserializer(),
                new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seek(partition, from);
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }

    @Override
    public void close() {
        try {
            kafka.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
