package io.github.cameltwilio.usage.build;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.github.cameltwilio.usage.UsageConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Runs the Kafka route of the delivery page. Three records are due, and the second is not committed at first. */
@Tag("slow")
class KafkaTransactionTest extends KafkaTestSupport {
    private int sent;

    @TempDir
    Path directory;

    @Test
    void redeliversRecordWhoseProducerWasFencedBeforeItsCommit() throws Exception {
        start("fenced", () -> fence("fenced"));
        poll();
        assertThatThrownBy(this::poll).hasMessageContaining("The route failed for 3 exchanges in a row");
        assertThat(runningConsumer().getDelivered()).isEqualTo(1);
        assertThat(keys(kafka.readCommitted("fenced"))).hasSize(1);

        context.getRouteController().stopRoute("usage");
        context.getRouteController().startRoute("usage");
        assertThat(poll()).isEqualTo(2);
        assertThat(poll()).isZero();
        assertThat(runningConsumer().getWatermark()).isEqualTo("2026-03-14");
        assertThat(keys(kafka.readCommitted("fenced"))).hasSize(3).doesNotHaveDuplicates();
        assertThat(keys(kafka.readUncommitted("fenced"))).as("including aborted records").hasSizeGreaterThan(3);
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
        assertThat(keys(kafka.readCommitted("aborted"))).hasSize(3).doesNotHaveDuplicates();
        assertThat(keys(kafka.readUncommitted("aborted"))).as("including the aborted record").hasSize(4);
    }

    /** @param afterSecondSend runs before the transaction of the second record is committed */
    private void start(String topic, Runnable afterSecondSend) throws Exception {
        connect();
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

    private static List<String> keys(List<ConsumerRecord<String, String>> records) {
        return records.stream().map(ConsumerRecord::key).toList();
    }
}
