package io.github.cameltwilio.usage.client;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.simulator.ReceivedRequest;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Against what Twilio itself sent and says: responses recorded from its API ({@code recorded/}), and its description of
 * the API ({@code usage-openapi.json}). They are not ours to publish, so their place comes from outside.
 */
@EnabledIfSystemProperty(named = "twilio.data", matches = ".+",
                         disabledReason = "Twilio's data is not part of this project; -Dtwilio.data=DIR tells where it is")
class ContractTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path DATA = Path.of(System.getProperty("twilio.data", ""));
    private static final Map<String, String> NAMES = Map.ofEntries(Map.entry("account_sid", "accountSid"),
            Map.entry("api_version", "apiVersion"), Map.entry("as_of", "asOf"), Map.entry("category", "category"),
            Map.entry("count", "count"), Map.entry("count_unit", "countUnit"), Map.entry("description", "description"),
            Map.entry("end_date", "endDate"), Map.entry("price", "price"), Map.entry("price_unit", "priceUnit"),
            Map.entry("start_date", "startDate"), Map.entry("uri", "uri"), Map.entry("usage", "usage"),
            Map.entry("usage_unit", "usageUnit"));

    static List<Path> recordedLists() throws IOException {
        try (Stream<Path> files = Files.list(DATA.resolve("recorded"))) {
            return files.filter(file -> json(file).has("usage_records")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recordedLists")
    void noValueOfARecordedResponseIsLost(Path file) throws IOException {
        Page<UsageRecord> page = AnswerParser.records(Files.readAllBytes(file));
        JsonNode recorded = json(file);

        assertThat(page.nextPageUri()).isEqualTo(recorded.get("next_page_uri").textValue());
        assertThat(page.items()).hasSize(recorded.get("usage_records").size());
        for (int index = 0; index < page.items().size(); index++) {
            Map<String, Object> read = page.items().get(index).toMap();
            recorded.get("usage_records").get(index).properties().stream()
                    // Left out of the record: they repeat the category under the address of each list.
                    .filter(field -> !field.getKey().equals("subresource_uris"))
                    .forEach(field -> assertThat(read.get(NAMES.get(field.getKey()))).as(field.getKey())
                            .satisfies(value -> assertSame(field.getValue(), value)));
        }
    }

    @Test
    void thereAreRecordedResponses() throws IOException {
        assertThat(recordedLists()).hasSize(4);
    }

    @ParameterizedTest
    @EnumSource(Subresource.class)
    void everyRequestIsValidUnderTwiliosDescription(Subresource list) throws IOException {
        JsonNode paths = json(DATA.resolve("usage-openapi.json")).get("paths");
        try (TwilioUsageSimulator simulator = TwilioUsageSimulator.start();
             CloseableHttpClient http = HttpClients.createDefault()) {
            TwilioUsageClient client = new TwilioUsageClient(http, simulator.baseUrl(), new Credentials(
                    simulator.accountSid(), simulator.accountSid(), simulator.authToken()), Clock.systemUTC());
            LocalDate today = client.today();
            client.records(new RecordsQuery(list, List.of(), null, null, true, 1000)).next();
            client.records(new RecordsQuery(list, List.of("sms", "totalprice"), today.minusDays(9), today, false, 1))
                    .forEachRemaining(page -> { });

            assertThat(simulator.requests()).hasSizeGreaterThanOrEqualTo(4)
                    .allSatisfy(request -> assertValid(request, paths));
        }
    }

    private static void assertSame(JsonNode recorded, Object read) {
        if (recorded.isNull()) {
            assertThat(read).isNull();
        } else if (read instanceof BigDecimal number) {
            assertThat(number).isEqualTo(new BigDecimal(recorded.asText()));
        } else if (read instanceof OffsetDateTime time) {
            assertThat(time).isEqualTo(OffsetDateTime.parse(recorded.textValue()));
        } else {
            assertThat(read).hasToString(recorded.textValue());
        }
    }

    private static void assertValid(ReceivedRequest request, JsonNode paths) {
        String sid = request.path().split("/")[3];
        JsonNode operation = paths.path(request.path().replace(sid, "{AccountSid}")).path(request.method().toLowerCase());
        assertThat(operation.isMissingNode()).as("%s %s", request.method(), request.path()).isFalse();
        assertFits(sid, parameter(operation, "AccountSid"));
        request.parameters().forEach((name, value) -> assertFits(value, parameter(operation, name)));
    }

    private static JsonNode parameter(JsonNode operation, String name) {
        return StreamSupport.stream(operation.get("parameters").spliterator(), false)
                .filter(parameter -> parameter.get("name").textValue().equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError("Twilio has no parameter " + name)).get("schema");
    }

    private static void assertFits(String value, JsonNode schema) {
        switch (schema.get("type").textValue()) {
            case "boolean" -> assertThat(value).isIn("true", "false");
            case "integer" -> assertThat(Long.parseLong(value))
                    .isBetween(schema.path("minimum").asLong(Long.MIN_VALUE), schema.path("maximum").asLong(Long.MAX_VALUE));
            default -> {
                assertThat(value).matches(schema.path("pattern").asText(".*"));
                if (schema.path("format").asText().equals("date")) {
                    assertThat(LocalDate.parse(value)).isNotNull();
                }
            }
        }
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
