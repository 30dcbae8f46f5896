package io.github.cameltwilio.usage.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.client.PageCursor.Page;
import io.github.cameltwilio.usage.simulator.ReceivedRequest;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the client with responses recorded from Twilio's API ({@code recorded/}) and with Twilio's description of
 * the API ({@code usage-openapi.json}). They are not ours to publish, so they are not in this repository.
 */
@EnabledIfSystemProperty(named = "twilio.data", matches = ".+",
        disabledReason = "Twilio's data is not part of this project; set -Dtwilio.data to its directory")
class ContractTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path DATA = Path.of(System.getProperty("twilio.data", ""));

    static List<Path> recordedResponses() throws IOException {
        try (Stream<Path> files = Files.list(DATA.resolve("recorded"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recordedResponses")
    void keepsEveryValueOfARecordedResponse(Path file) throws IOException {
        JsonNode recorded = json(file);
        ResponseBody body = new ResponseBody(new ByteArrayInputStream(Files.readAllBytes(file)), false);
        if (recorded.has("usage_records")) {
            Page<UsageRecord> page = ResponseParser.records(body);
            assertThat(page.nextPageUri()).isEqualTo(recorded.get("next_page_uri").textValue());
            assertSame(recorded.get("usage_records"), page.items().stream().map(UsageRecord::toMap).toList());
        } else if (recorded.has("usage_triggers")) {
            Page<UsageTrigger> page = ResponseParser.triggers(body);
            assertThat(page.nextPageUri()).isEqualTo(recorded.get("next_page_uri").textValue());
            assertSame(recorded.get("usage_triggers"), page.items().stream().map(UsageTrigger::toMap).toList());
        } else {
            assertSame(JSON.createArrayNode().add(recorded), List.of(ResponseParser.trigger(body).toMap()));
        }
    }

    @Test
    void hasRecordedResponses() throws IOException {
        assertThat(recordedResponses()).hasSize(8);
    }

    @ParameterizedTest
    @EnumSource(Subresource.class)
    void sendsValidRequestsForRecords(Subresource list) throws IOException {
        assertValid(4, client -> {
            LocalDate today = client.today();
            client.records(new RecordsQuery(list, List.of(), null, null, true, 1000)).next();
            client.records(new RecordsQuery(list, List.of("sms", "totalprice"), today.minusDays(9), today, false, 1))
                    .forEachRemaining(page -> {});
        });
    }

    @Test
    void sendsValidRequestsForTriggers() throws IOException {
        assertValid(7, client -> {
            UsageTrigger plain = client
                    .createTrigger(new TriggerParameters("https://example.com/alert", "+30", "sms", null,
                            null, null, null));
            for (Recurring recurring : Recurring.values()) {
                for (TriggerBy by : TriggerBy.values()) {
                    client.createTrigger(new TriggerParameters("https://example.com/alert", "1000.5", "calls",
                            CallbackMethod.GET, recurring + " by " + by, recurring, by));
                    client.triggers(new TriggersQuery(recurring, by, "calls", 1)).next();
                }
            }
            client.triggers(TriggersQuery.all(5)).forEachRemaining(page -> {});
            client.fetchTrigger(plain.sid());
            client.updateTrigger(plain.sid(), new TriggerParameters("https://example.com/other", null, null,
                    CallbackMethod.POST, "alert", null, null));
            client.deleteTrigger(plain.sid());
        });
    }

    private static void assertValid(int atLeast, Consumer<TwilioUsageClient> calls) throws IOException {
        JsonNode description = json(DATA.resolve("usage-openapi.json"));
        try (TwilioUsageSimulator simulator = TwilioUsageSimulator.start();
                CloseableHttpClient http = HttpClients.createDefault()) {
            calls.accept(ClientFixture.client(http, simulator.baseUrl(), simulator, Clock.systemUTC()));

            assertThat(simulator.requests()).hasSizeGreaterThanOrEqualTo(atLeast)
                    .allSatisfy(request -> assertValid(request, description));
        }
    }

    private static void assertValid(ReceivedRequest request, JsonNode description) {
        String[] path = request.path().replace(".json", "").split("/");
        String template = request.path().replace(path[3], "{AccountSid}").replaceAll("UT\\w{32}", "{Sid}");
        JsonNode operation = description.path("paths").path(template).path(request.method().toLowerCase());
        assertThat(operation.isMissingNode()).as("%s %s", request.method(), template).isFalse();
        assertFits(path[3], parameter(operation, "AccountSid"));
        if (template.contains("{Sid}")) {
            assertFits(path[6], parameter(operation, "Sid"));
        }
        request.parameters().forEach((name, value) -> assertFits(value, parameter(operation, name)));

        JsonNode form = operation.at("/requestBody/content/application~1x-www-form-urlencoded/schema");
        form.path("required").forEach(name -> assertThat(request.form()).containsKey(name.textValue()));
        request.form().forEach((name, value) -> {
            JsonNode schema = form.path("properties").path(name);
            assertThat(schema.isMissingNode()).as("Twilio has no parameter " + name).isFalse();
            assertFits(value,
                    schema.has("$ref") ? description.at(schema.get("$ref").textValue().substring(1)) : schema);
        });
    }

    private static JsonNode parameter(JsonNode operation, String name) {
        return StreamSupport.stream(operation.get("parameters").spliterator(), false)
                .filter(parameter -> parameter.get("name").textValue().equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError("Twilio has no parameter " + name)).get("schema");
    }

    private static void assertFits(String value, JsonNode schema) {
        if (schema.has("enum")) {
            assertThat(schema.get("enum")).extracting(JsonNode::textValue).contains(value);
        }
        switch (schema.path("type").asText("string")) {
            case "boolean" -> assertThat(value).isIn("true", "false");
            case "integer" -> assertThat(Long.parseLong(value))
                    .isBetween(schema.path("minimum").asLong(Long.MIN_VALUE),
                            schema.path("maximum").asLong(Long.MAX_VALUE));
            default -> {
                assertThat(value).matches(schema.path("pattern").asText("(?s).*"));
                if (schema.path("format").asText().equals("date")) {
                    assertThat(LocalDate.parse(value)).isNotNull();
                }
            }
        }
    }

    private static void assertSame(JsonNode recorded, List<Map<String, Object>> read) {
        assertThat(read).hasSize(recorded.size());
        for (int index = 0; index < read.size(); index++) {
            Map<String, Object> values = read.get(index);
            recorded.get(index).properties().stream()
                    // Not in the record, since they only combine the category with the path of each list.
                    .filter(field -> !field.getKey().equals("subresource_uris"))
                    .forEach(field -> assertThat(values.get(camelCase(field.getKey()))).as(field.getKey())
                            .satisfies(value -> assertSame(field.getValue(), value)));
        }
    }

    private static void assertSame(JsonNode recorded, Object read) {
        if (recorded.isNull()) {
            assertThat(read).isNull();
        } else if (read instanceof BigDecimal number) {
            assertThat(number).isEqualTo(new BigDecimal(recorded.asText()));
        } else if (read instanceof OffsetDateTime time) {
            assertThat(time).isEqualTo(ValueParser.time(recorded.textValue()));
        } else {
            assertThat(read).hasToString(recorded.textValue());
        }
    }

    private static String camelCase(String name) {
        return Pattern.compile("_(\\w)").matcher(name).replaceAll(letter -> letter.group(1).toUpperCase());
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
