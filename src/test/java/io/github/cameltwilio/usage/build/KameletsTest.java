package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.Rollup;
import io.github.cameltwilio.usage.TwilioUsageConfiguration;
import io.github.cameltwilio.usage.TwilioUsageEndpoint;
import io.github.cameltwilio.usage.TwilioUsageTestSupport;
import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.TwilioSignature;
import io.github.cameltwilio.usage.simulator.SentCallback;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.spi.BeanIntrospection;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.test.AvailablePortFinder;
import org.apache.camel.test.junit5.TestExecutionConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import static org.assertj.core.api.Assertions.assertThat;

/** Applies the rules of the validator of Camel's own Kamelet catalog, and runs each Kamelet. */
class KameletsTest extends TwilioUsageTestSupport {
    private static final Path BUILT = Path.of("target/classes/kamelets");
    private static final Path PUBLISHED = Path.of("catalog/kamelets");
    private static final Pattern USED = Pattern.compile("\\{\\{\\??(\\w+)}}");

    // Without it the consumer's Kamelet fails to start.
    @Override
    public void configureTest(TestExecutionConfiguration configuration) {
        super.configureTest(configuration);
        configuration.withEnableJMX();
    }

    static List<Path> kamelets() throws IOException {
        try (Stream<Path> files = Files.list(BUILT)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void publishesTheKameletInTheJar(Path kamelet) throws IOException {
        Path published = PUBLISHED.resolve(kamelet.getFileName());
        if (System.getProperty("update") != null) {
            Files.copy(kamelet, published, StandardCopyOption.REPLACE_EXISTING);
        }
        assertThat(published).as("mvn test -Dtest=KameletsTest -Dupdate copies it").hasSameTextualContentAs(kamelet);
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void describesItself(Path kamelet) {
        Map<String, Object> metadata = map(yaml(kamelet), "metadata");
        Map<String, Object> annotations = map(metadata, "annotations");
        Map<String, Object> definition = map(map(yaml(kamelet), "spec"), "definition");
        String name = kamelet.getFileName().toString().replace(".kamelet.yaml", "");
        String type = (String) map(metadata, "labels").get("camel.apache.org/kamelet.type");

        assertThat(metadata).containsEntry("name", name);
        assertThat(type).isIn("source", "sink", "action");
        assertThat(name).endsWith("-" + type);
        assertThat((String) definition.get("title"))
                .endsWith(" " + type.substring(0, 1).toUpperCase() + type.substring(1));
        assertThat(definition).containsKey("description").containsEntry("type", "object");
        assertThat((String) annotations.get("camel.apache.org/kamelet.icon")).startsWith("data:image/svg+xml;base64,");
        assertThat(annotations).containsKeys("camel.apache.org/catalog.version", "camel.apache.org/provider",
                "camel.apache.org/kamelet.group", "camel.apache.org/kamelet.support.level");
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void describesAndUsesEveryParameter(Path kamelet) throws IOException {
        Map<String, Object> definition = map(map(yaml(kamelet), "spec"), "definition");
        Map<String, Object> properties = map(definition, "properties");
        List<?> required = (List<?>) definition.get("required");
        Set<String> used = USED.matcher(Files.readString(kamelet)).results().map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(used).isEqualTo(new TreeSet<>(properties.keySet()));
        assertThat(properties.keySet()).containsAll(required.stream().map(String.class::cast).toList());
        assertThat(required).doesNotHaveDuplicates();
        properties.keySet().forEach(name -> {
            Map<String, Object> property = map(properties, name);
            assertThat(property).as(name).containsKeys("title", "description", "type");
            assertThat((String) property.get("title")).matches("(?!The |An? )([A-Z]\\w*)( [A-Z]\\w*)*");
            assertThat("password".equals(property.get("format"))).as(name)
                    .isEqualTo(List.of("urn:camel:group:credentials").equals(property.get("x-descriptors")))
                    .isEqualTo(name.equals("authToken"));
        });
    }

    @ParameterizedTest
    @MethodSource("kamelets")
    void dependenciesHaveValidCoordinates(Path kamelet) {
        assertThat((List<?>) map(yaml(kamelet), "spec").get("dependencies")).allSatisfy(
                dependency -> assertThat((String) dependency).matches("camel:[a-z-]+|mvn:[\\w.-]+:[\\w.-]+:[\\w.-]+"));
    }

    @Test
    void theSourceDeliversRecordsAsJson() throws Exception {
        assertThat(delivered("startDate=yesterday&category=sms&"))
                .allSatisfy(exchange -> assertThat(exchange.getMessage().getBody(String.class))
                        .startsWith("{\"").contains("\"category\":\"sms\""));
    }

    @Test
    void theSourceNamesTheAccountOnRequest() throws Exception {
        assertThat(delivered("splitSubaccounts=true&accountDetails=true&rollup=leaf&endDate=yesterday&lookback=1d"
                + "&pageSize=1000&parallelRequests=2&"))
                .allSatisfy(exchange -> assertThat(exchange.getMessage().getBody(String.class))
                        .contains("\"accountName\":", "\"accountStatus\":\"active\"").doesNotContain("totalprice"));
    }

    static List<Map<String, Object>> optionsOfTheSource() {
        String account = "AC" + "0".repeat(32);
        Map<String, Object> some = new HashMap<>(Map.of("subresource", Subresource.monthly, "startDate", "-40days",
                "endDate", "yesterday", "splitSubaccounts", true, "accounts", account, "accountDetails", true,
                "lookback", Duration.ofDays(1), "pageSize", 500, "parallelRequests", 2));
        some.putAll(Map.of("rollup", Rollup.leaf, "delay", 7L, "stateFile", "target/kamelet.state"));
        return List.of(some, Map.of("category", "sms,calls", "splitSubaccounts", true, "excludeAccounts", account));
    }

    @ParameterizedTest
    @MethodSource("optionsOfTheSource")
    void theSourcePassesItsOptionsToTheEndpoint(Map<String, Object> options) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("kamelet:twilio-usage-records-source?" + options.entrySet().stream()
                        .map(option -> option.getKey() + "=" + text(option.getValue()) + "&")
                        .collect(Collectors.joining()) + account()).autoStartup(false).to("mock:usage");
            }
        });
        context.start();

        TwilioUsageEndpoint endpoint = context.getEndpoints().stream().filter(TwilioUsageEndpoint.class::isInstance)
                .map(TwilioUsageEndpoint.class::cast).findFirst().orElseThrow();
        BeanIntrospection values = PluginHelper.getBeanIntrospection(context);
        assertThat(options).allSatisfy((name, value) -> assertThat(values.getOrElseProperty(
                name.equals("delay") ? endpoint : endpoint.getConfiguration(), name, null, false)).as(name)
                .isEqualTo(value));
    }

    private static Object text(Object value) {
        return value instanceof Duration duration ? duration.toDays() + "d" : value;
    }

    @Test
    void theOptionsOfTheSourceAreAllTested() {
        Set<String> tested = optionsOfTheSource().stream().flatMap(options -> options.keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        // Without these, no test would reach the simulator.
        tested.addAll(Set.of("accountSid", "authToken", "baseUrl"));

        assertThat(map(map(map(yaml(BUILT.resolve("twilio-usage-records-source.kamelet.yaml")), "spec"), "definition"),
                "properties").keySet()).isEqualTo(tested);
    }

    private List<Exchange> delivered(String options) throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("kamelet:twilio-usage-records-source?" + options + account()).to("mock:usage");
            }
        });
        MockEndpoint usage = getMockEndpoint("mock:usage");
        usage.expectedMinimumMessageCount(2);
        context.start();

        usage.assertIsSatisfied();
        return usage.getExchanges();
    }

    @Test
    void theTokenMayBeABeanToStayOutOfUris() throws Exception {
        context.getRegistry().bind("token", simulator().authToken());
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("kamelet:twilio-usage-records-source?startDate=yesterday&category=sms&"
                        + account().replace(simulator().authToken(), "#bean:token")).to("mock:usage");
            }
        });
        MockEndpoint usage = getMockEndpoint("mock:usage");
        usage.expectedMinimumMessageCount(2);
        context.start();

        usage.assertIsSatisfied();
    }

    @Test
    void theActionEnsuresATriggerAndIgnoresTheBody() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:ensure").to("kamelet:twilio-usage-trigger-action?friendlyName=daily-spend&recurring=daily&"
                        + "usageCategory=sms&triggerValue=50&callbackUrl=https://example.com/twilio&" + account());
            }
        });
        context.start();

        String first = template.requestBody("direct:ensure", "{\"TriggerValue\": \"1\"}", String.class);
        String second = template.requestBody("direct:ensure", null, String.class);

        assertThat(first).contains("\"friendlyName\":\"daily-spend\"", "\"triggerValue\":50").isEqualTo(second);
        assertThat(simulator().requests()).filteredOn(request -> request.method().equals("POST")).hasSize(1);
    }

    @Test
    void theWebhookSourceCreatesItsTriggerAndDeliversJson() throws Exception {
        TwilioUsageConfiguration component = options();
        component.setAccountSid(null);
        component.setAuthToken(null);
        component.setBaseUrl(null);
        String address = listen();
        context.getRegistry().bind("token", simulator().authToken());
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("kamelet:twilio-usage-triggers-source?friendlyName=SMS of a day&recurring=daily"
                        + "&usageCategory=sms&triggerBy=count&triggerValue=1"
                        + "&externalUrl=" + address + "&" + account().replace(simulator().authToken(), "#bean:token"))
                        .to("mock:fired");
            }
        });
        MockEndpoint fired = getMockEndpoint("mock:fired");
        context.start();

        List<?> triggers = template.requestBody("twilio-usage:triggers?" + account(), (Object) null, List.class);
        assertThat(triggers).extracting("friendlyName").containsExactly("SMS of a day");
        simulator().evaluateTriggers();
        SentCallback genuine = simulator().callbacks().get(0);
        assertThat(genuine.status()).isEqualTo(200);
        assertThat(genuine.url()).hasToString(address + "/twilio/usage");
        assertThat(fired.getExchanges()).singleElement()
                .satisfies(exchange -> assertThat(exchange.getMessage().getBody(String.class))
                        .startsWith("{\"").contains("\"usageCategory\":\"sms\"", "\"triggerBy\":\"count\""));

        var forged = HttpRequest.newBuilder(URI.create(address + "/twilio/usage"))
                .header("Content-Type", "application/x-www-form-urlencoded").header(TwilioSignature.HEADER, "forged")
                .POST(BodyPublishers.ofString("UsageCategory=sms")).build();
        assertThat(HttpClient.newHttpClient().send(forged, BodyHandlers.discarding()).statusCode()).isEqualTo(403);
        assertThat(fired.getExchanges()).hasSize(1);
    }

    /** Starts platform-http and returns its address. */
    private String listen() throws Exception {
        VertxPlatformHttpServerConfiguration server = new VertxPlatformHttpServerConfiguration();
        server.setBindHost("127.0.0.1");
        server.setBindPort(AvailablePortFinder.getNextAvailable());
        context.addService(new VertxPlatformHttpServer(server));
        return "http://127.0.0.1:" + server.getBindPort();
    }

    private String account() {
        return simulator().componentProperties().entrySet().stream()
                .map(option -> option.getKey() + "=" + option.getValue()).collect(Collectors.joining("&"));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> yaml(Path file) {
        try {
            return (Map<String, Object>) new Load(LoadSettings.builder().build())
                    .loadFromString(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> parent, String key) {
        return (Map<String, Object>) parent.get(key);
    }
}
