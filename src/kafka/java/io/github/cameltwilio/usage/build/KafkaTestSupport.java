package io.github.cameltwilio.usage.build;

import io.github.cameltwilio.usage.TwilioUsageTestSupport;
import org.apache.camel.component.kafka.KafkaComponent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A Kafka broker for all tests of a class. */
abstract class KafkaTestSupport extends TwilioUsageTestSupport {
    static KafkaServer kafka;

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

    /** Connects Camel's component to the broker. */
    final void connect() {
        context.getComponent("kafka", KafkaComponent.class).getConfiguration().setBrokers(kafka.bootstrapServers());
    }
}
