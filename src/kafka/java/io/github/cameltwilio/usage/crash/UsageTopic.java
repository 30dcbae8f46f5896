package io.github.cameltwilio.usage.crash;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.build.KafkaServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a reader of committed records sees in the topic of the fleet. Prices only ever grow, by corrections. */
final class UsageTopic {
    private static final String NAME = "usage";
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final KafkaServer kafka;
    private final Map<String, BigDecimal> prices = new HashMap<>();
    private final List<String> disordered = new ArrayList<>();
    private long offset;
    private int repeats;

    UsageTopic(KafkaServer kafka) throws InterruptedException, ExecutionException {
        this.kafka = kafka;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            // With one segment, which is never compacted while it is written, every record can be read once.
            NewTopic topic = new NewTopic(NAME, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
            admin.createTopics(List.of(topic)).all().get();
        }
    }

    /** Reads what was committed since the last call. */
    void read() throws IOException {
        for (ConsumerRecord<String, String> record : kafka.readCommitted(NAME, offset)) {
            JsonNode usage = JSON.readTree(record.value());
            BigDecimal price = new BigDecimal(usage.get("price").asText());
            BigDecimal before = prices.put(record.key(), price);
            if (before != null && before.compareTo(price) == 0) {
                repeats++;
            } else if (before != null && before.compareTo(price) > 0) {
                disordered.add(record.key() + ": " + price + " after " + before);
            }
            offset = record.offset() + 1;
        }
    }

    /** The last price of each record key. */
    Map<String, BigDecimal> prices() {
        return prices;
    }

    List<String> disordered() {
        return disordered;
    }

    int repeats() {
        return repeats;
    }
}
