package io.github.cameltwilio.usage.build;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the route of the recipe with the topic of the recipe. */
@Tag("slow")
class KafkaRecipeTest extends KafkaTestSupport {
    private static final Markdown RECIPE = Markdown.page("docs/recipes/kafka.md");
    private static final Pattern TOPIC = Pattern.compile("--topic (\\w+) --config ([\\w.]+)=(\\w+)");

    @TempDir
    Path directory;

    @Test
    void theLastMessageOfEachKeyIsTheTruth() throws Exception {
        Matcher topic = TOPIC.matcher(RECIPE.block("sh", "--create"));
        assertThat(topic.find()).isTrue();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic.group(1), 1, (short) 1).configs(
                    Map.of(topic.group(2), topic.group(3))))).all().get();
        }
        connect();
        start(RouteCompiler.route(RECIPE.block("java", "kafka.KEY")
                .replace("startDate=-30days", "startDate=-3days&endDate=yesterday&category=sms&startScheduler=false")
                .replace("stateFile=usage.state\")",
                        "stateFile=" + directory.resolve("state") + "\").routeId(\"usage\")")));
        assertThat(poll()).isEqualTo(3);
        simulator().correct(clock.today().minusDays(2), "sms", new BigDecimal("2"));
        assertThat(poll()).isEqualTo(1);

        List<ConsumerRecord<String, String>> messages = kafka.readCommitted(topic.group(1));
        assertThat(messages).extracting(message -> text(message, "corrected")).containsExactly("false", "false",
                "false", "true");
        assertThat(messages).allSatisfy(message -> assertThat(message.headers()).noneMatch(
                header -> header.key().startsWith("Camel")));
        Map<String, JsonNode> compacted = new HashMap<>();
        for (ConsumerRecord<String, String> message : messages) {
            compacted.put(message.key(), new ObjectMapper().readTree(message.value()));
        }
        assertThat(compacted).hasSize(3).allSatisfy((key, usage) -> {
            assertThat(key).isEqualTo(usage.get("recordKey").textValue());
            assertThat(usage.get("price").decimalValue()).isEqualByComparingTo(simulator().usage(
                    LocalDate.parse(usage.get("startDate").textValue()), "sms").price());
        });
    }

    private static String text(ConsumerRecord<String, String> message, String header) {
        return new String(message.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }
}
