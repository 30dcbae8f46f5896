package io.github.cameltwilio.usage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.TwilioBody;
import io.github.cameltwilio.usage.client.TwilioValues;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.client.UsageTrigger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.test.AvailablePortFinder;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Records can be sent to other components without any code. */
class BodyConversionsTest extends TwilioUsageTestSupport {
    private static final UsageRecord SMS = new UsageRecord("AC1", "sms", "SMS", LocalDate.parse("2026-03-14"),
            LocalDate.parse("2026-03-14"), new BigDecimal("12"), "messages", new BigDecimal("12"), "messages",
            new BigDecimal("0.09000"), "usd", OffsetDateTime.parse("2026-03-15T12:00:00Z"), "2010-04-01", "/y",
            Map.of());
    private static final String JSON = "{\"accountSid\":\"AC1\",\"category\":\"sms\",\"description\":\"SMS\","
            + "\"startDate\":\"2026-03-14\",\"endDate\":\"2026-03-14\",\"count\":12,"
            + "\"countUnit\":\"messages\",\"usage\":12,"
            + "\"usageUnit\":\"messages\",\"price\":0.09000,\"priceUnit\":\"usd\",\"asOf\":\"2026-03-15T12:00:00Z\","
            + "\"apiVersion\":\"2010-04-01\",\"uri\":\"/y\"}";

    @BeforeEach
    void startContext() {
        options();
        context.start();
    }

    @Test
    void convertsToMapWithTypedValues() {
        Map<?, ?> map = context.getTypeConverter().convertTo(Map.class, SMS);

        assertThat(map).hasToString("{accountSid=AC1, category=sms, description=SMS, startDate=2026-03-14,"
                + " endDate=2026-03-14, count=12, countUnit=messages, usage=12, usageUnit=messages, price=0.09000,"
                + " priceUnit=usd, asOf=2026-03-15T12:00Z, apiVersion=2010-04-01, uri=/y, otherFields={},"
                + " recordKey=null, accountName=null, accountStatus=null}");
        assertThat(map.get("price")).isInstanceOf(BigDecimal.class);
        assertThat(map.get("startDate")).isInstanceOf(LocalDate.class);
    }

    @Test
    void convertsToJsonText() {
        assertThat(context.getTypeConverter().convertTo(String.class, SMS)).isEqualTo(JSON);
    }

    @Test
    void convertsToJsonBytes() throws IOException {
        try (InputStream bytes = context.getTypeConverter().convertTo(InputStream.class, SMS)) {
            assertThat(new String(bytes.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(JSON);
        }
    }

    static Stream<TwilioBody> bodies() {
        return Stream.of(SMS, new TwilioValues(List.of(SMS, SMS)),
                new UsageTrigger("UT1", "AC1", "spend", "sms", "price", "daily", new BigDecimal("1.50"), null,
                        "https://example.com", "POST", null, null, null, "/uri", "2010-04-01", "/uri", null),
                new Account("AC1", "name", "active", "Full", "AC1", null, null));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void convertsToJsonOfAnyType(TwilioBody body) throws Exception {
        String text = context.getTypeConverter().mandatoryConvertTo(String.class, body);
        assertThat(text).matches("\\{\".*}|\\[\\{\".*}]").contains("AC1");

        assertThat(context.getTypeConverter().convertTo(byte[].class, body)).asString(StandardCharsets.UTF_8)
                .isEqualTo(text);
        ByteBuffer buffer = context.getTypeConverter().convertTo(ByteBuffer.class, body);
        assertThat(StandardCharsets.UTF_8.decode(buffer).toString()).isEqualTo(text);
        JsonNode tree = context.getTypeConverter().convertTo(JsonNode.class, body);
        JsonNode expected = readTree(text);
        assertThat(tree).hasSameSizeAs(expected);
        assertThat(tree.findValuesAsText("accountSid")).isEqualTo(expected.findValuesAsText("accountSid"));
        assertThat(tree.fieldNames()).toIterable().containsExactlyElementsOf(() -> expected.fieldNames());
    }

    private static JsonNode readTree(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "undertow:http", "netty-http:http", "http" })
    void reachesHttpSinks(String component) throws Exception {
        List<String> received = new CopyOnWriteArrayList<>();
        int port = AvailablePortFinder.getNextAvailable();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("netty-http:http://127.0.0.1:" + port + "/sink").convertBodyTo(String.class)
                        .process(exchange -> received.add(exchange.getMessage().getBody(String.class)));
            }
        });

        template.sendBody(component + "://127.0.0.1:" + port + "/sink", SMS);

        template.sendBody(component + "://127.0.0.1:" + port + "/sink", new TwilioValues(List.of(SMS)));

        assertThat(received).containsExactly(JSON, "[" + JSON + "]");
    }

    @Test
    void listsConvertToJson() {
        for (String resource : List.of("records?subresource=daily&category=sms&startDate=-2days", "triggers",
                "accounts",
                "triggers?action=prune")) {
            assertThat(template.requestBody("twilio-usage:" + resource, null, String.class)).startsWith("[");
        }
    }

    @Test
    void transformsToJsonDataType() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:json").transformDataType("application-json");
            }
        });

        assertThat(template.requestBody("direct:json", SMS, String.class)).isEqualTo(JSON);
    }

    @Test
    void includesUnknownFieldsInJson() {
        UsageRecord more = new UsageRecord("AC1", null, null, null, null, null, null, null, null, null, null, null,
                null, null,
                Map.of("rate", new BigDecimal("0.1")));

        assertThat(context.getTypeConverter().convertTo(String.class, more))
                .endsWith("\"otherFields\":{\"rate\":0.1}}");
    }

    @Test
    void marshalsToJson() throws Exception {
        route(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:json").marshal().json();
            }
        });

        assertThat(template.requestBody("direct:json", SMS, String.class)).isEqualTo(JSON);
        assertThat(template.requestBody("direct:json", List.of(SMS), String.class)).isEqualTo("[" + JSON + "]");
    }

    @Test
    void evaluatesInSimple() throws Exception {
        route(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:simple")
                        .setBody(simple("${body.category} ${body.startDate} ${body.price} ${body.priceUnit}"));
            }
        });

        assertThat(template.requestBody("direct:simple", SMS)).isEqualTo("sms 2026-03-14 0.09000 usd");
    }

    @Test
    void bindsToNamedParametersOfSql() throws Exception {
        JdbcDataSource database = new JdbcDataSource();
        database.setUrl("jdbc:h2:mem:usage;DB_CLOSE_DELAY=-1");
        context.getRegistry().bind("database", database);
        route(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:sql")
                        .to("sql:insert into spend values (:#category, :#startDate, :#price)?dataSource=#database");
                from("direct:read").to("sql:select * from spend?dataSource=#database");
            }
        });
        try (var connection = database.getConnection(); var statement = connection.createStatement()) {
            statement.execute("create table spend (category varchar(64), usage_day date, price decimal(20, 5))");
        }

        template.sendBody("direct:sql", SMS);

        Map<?, ?> row = (Map<?, ?>) template.requestBody("direct:read", null, List.class).get(0);
        assertThat(row.get("CATEGORY")).isEqualTo("sms");
        assertThat(row.get("USAGE_DAY")).hasToString("2026-03-14");
        assertThat((BigDecimal) row.get("PRICE")).isEqualByComparingTo("0.09");
    }

    private void route(RouteBuilder routes) throws Exception {
        context.addRoutes(routes);
    }
}
