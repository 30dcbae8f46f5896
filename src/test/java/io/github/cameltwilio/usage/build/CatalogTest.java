package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.util.URISupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogTest {
    private static final Path PUBLISHED = Path.of("catalog/twilio-usage.json");
    // The names of data types are no URIs.
    private static final Pattern URI = Pattern.compile(
            "twilio-usage:(?!focus|application-cloudevents)[a-z]+(\\?[A-Za-z0-9=&,.#{}()+?:/$-]*)?");
    // Joins strings that are split across lines, in Java and in YAML.
    private static final Pattern SEAM = Pattern.compile("\"\\s*\\+\\s*\"|\\\\\\n\\s*");
    // Camel gives these to every endpoint, so the component does not repeat them.
    private static final Set<String> CAMEL_OPTIONS = Set.of("backoffErrorThreshold", "backoffIdleThreshold",
            "backoffMultiplier",
            "delay", "exceptionHandler", "exchangePattern", "greedy", "initialDelay", "pollStrategy", "repeatCount",
            "resource",
            "runLoggingLevel", "scheduledExecutorService", "scheduler", "schedulerProperties",
            "sendEmptyMessageWhenIdle",
            "startScheduler", "timeUnit", "useFixedDelay");

    private final CamelCatalog catalog = new DefaultCamelCatalog();

    CatalogTest() {
        catalog.addComponent("twilio-usage", "io.github.cameltwilio.usage.TwilioUsageComponent", Descriptor.text());
    }

    @Test
    void publishesTheGeneratedDescriptor() throws IOException {
        if (System.getProperty("update") != null) {
            Files.copy(Descriptor.FILE, PUBLISHED, StandardCopyOption.REPLACE_EXISTING);
        }
        assertThat(PUBLISHED).as("mvn test -Dtest=CatalogTest -Dupdate copies it")
                .hasSameTextualContentAs(Descriptor.FILE);
    }

    @Test
    void everyUriInTheDocsIsValid() {
        List<String> uris = Markdown.allPages().stream().flatMap(page -> urisIn(page.text()))
                .filter(uri -> !uri.equals("twilio-usage:resource")).distinct().toList();

        assertThat(uris).hasSizeGreaterThan(5).allSatisfy(this::assertThatItIsValid);
    }

    @ParameterizedTest
    @ValueSource(strings = { "catalog/kamelets", "src/demo", "src/it" })
    void everyUriInKameletsAndExamplesIsValid(String directory) throws IOException {
        List<String> uris = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of(directory))) {
            for (Path file : files.filter(found -> found.toString().matches(".*\\.(java|yaml)")).toList()) {
                String text = Files.readString(file);
                urisIn(text).forEach(uris::add);
                if (file.toString().endsWith(".yaml")) {
                    new Load(LoadSettings.builder().build()).loadAllFromString(text)
                            .forEach(document -> addUrisWithParameters(document, uris));
                }
            }
        }

        assertThat(uris).hasSizeGreaterThan(1).allSatisfy(this::assertThatItIsValid);
    }

    private static Stream<String> urisIn(String text) {
        return URI.matcher(SEAM.matcher(text).replaceAll("")).results().map(MatchResult::group);
    }

    private static void addUrisWithParameters(Object yaml, List<String> uris) {
        if (yaml instanceof List<?> list) {
            list.forEach(element -> addUrisWithParameters(element, uris));
        } else if (yaml instanceof Map<?, ?> map) {
            if (String.valueOf(map.get("uri")).startsWith("twilio-usage:")
                    && map.get("parameters") instanceof Map<?, ?> parameters) {
                uris.add(map.get("uri") + parameters.entrySet().stream().map(Object::toString)
                        .collect(Collectors.joining("&", "?", "")));
            }
            map.values().forEach(value -> addUrisWithParameters(value, uris));
        }
    }

    private void assertThatItIsValid(String uri) {
        EndpointValidationResult result = catalog.validateEndpointProperties(uri);

        assertThat(result.isSuccess()).as(() -> uri + ": " + result.summaryErrorMessage(false)).isTrue();
    }

    @Test
    void everyConfigurationPropertyInTheDocsIsValid() {
        List<String> properties = Markdown.allPages().stream().flatMap(page -> page.blocks("properties").stream())
                .flatMap(String::lines).filter(line -> line.startsWith("camel.component.twilio-usage.")).toList();

        assertThat(properties).isNotEmpty().allSatisfy(property -> assertThat(
                catalog.validateConfigurationProperty(property).isSuccess()).as(property).isTrue());
    }

    @Test
    void theCatalogRejectsWhatTheComponentRejects() {
        assertThat(catalog.validateEndpointProperties("twilio-usage:records?subresource=hourly").isSuccess()).isFalse();
        assertThat(catalog.validateEndpointProperties("twilio-usage:records?catgory=sms").isSuccess()).isFalse();
    }

    @Test
    void theComponentHasEveryOptionOfOurEndpoints() {
        Map<String, JsonNode> component = Descriptor.options("componentProperties");

        assertThat(Descriptor.options("properties").keySet()).allSatisfy(
                option -> assertThat(component.containsKey(option) || CAMEL_OPTIONS.contains(option)).as(option)
                        .isTrue());
    }

    @Test
    void secretsAreMarkedAndMaskedByCamel() {
        for (String secret : List.of("authToken", "authTokens", "apiKey", "secretKey", "clientId", "clientSecret")) {
            assertThat(Descriptor.options("properties").get(secret).get("secret").asBoolean()).isTrue();
            assertThat(URISupport.sanitizeUri("twilio-usage:records?" + secret + "=hush"))
                    .doesNotContain("hush");
        }
    }

    @Test
    void endpointUrisContainNoSecrets() throws Exception {
        List<String> secrets = Descriptor.options("properties").entrySet().stream()
                .filter(option -> option.getValue().get("secret").asBoolean()).map(Map.Entry::getKey).toList();
        assertThat(secrets).hasSize(7);

        try (DefaultCamelContext context = new DefaultCamelContext()) {
            for (String secret : secrets) {
                assertThat(
                        context.getComponent("twilio-usage").createEndpoint("twilio-usage:records?" + secret + "=hush")
                                .getEndpointUri())
                        .doesNotContain("hush");
            }
        }
    }
}
