package io.github.cameltwilio.usage.build;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.TwilioUsageComponent;
import io.github.cameltwilio.usage.TwilioUsageConfiguration;
import io.github.cameltwilio.usage.TwilioUsageConstants;
import io.github.cameltwilio.usage.TwilioUsageEndpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Camel's plugin drops some characters of a description without a warning, so the descriptor is compared with the code.
 */
class DescriptorTest {
    @Test
    void endpointOptionsKeepTheirDescriptions() {
        assertThat(published("properties"))
                .containsAllEntriesOf(written(TwilioUsageEndpoint.class, TwilioUsageConfiguration.class));
    }

    @Test
    void componentOptionsKeepTheirDescriptions() {
        assertThat(published("componentProperties"))
                .containsAllEntriesOf(written(TwilioUsageComponent.class, TwilioUsageConfiguration.class));
    }

    @Test
    void headersKeepTheirDescriptions() {
        assertThat(published("headers")).isEqualTo(written(TwilioUsageConstants.class));
    }

    @Test
    void tablesShowTypesWithoutTypeArguments() {
        assertThat(Descriptor.table("properties").lines().filter(line -> line.startsWith("| `schedulerProperties`")))
                .singleElement().asString().endsWith("| Map |");
        assertThat(Descriptor.table("properties")).doesNotContain("Object>");
    }

    private static Map<String, String> published(String part) {
        return Descriptor.options(part).entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
                option -> option.getValue().get("description").asText(), (first, second) -> first, TreeMap::new));
    }

    private static Map<String, String> written(Class<?>... classes) {
        return Stream.of(classes).flatMap(type -> Arrays.stream(type.getDeclaredFields()))
                .filter(field -> !description(field).isEmpty()).collect(Collectors.toMap(DescriptorTest::name,
                        DescriptorTest::description, (first, second) -> first, TreeMap::new));
    }

    private static String name(Field field) {
        try {
            return field.getDeclaringClass() == TwilioUsageConstants.class ? (String) field.get(null) : field.getName();
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static String description(Field field) {
        return Arrays.stream(field.getAnnotations()).map(annotation -> {
            if (annotation instanceof UriParam option) {
                return option.description();
            }
            if (annotation instanceof UriPath path) {
                return path.description();
            }
            return annotation instanceof Metadata metadata ? metadata.description() : "";
        }).collect(Collectors.joining());
    }
}
