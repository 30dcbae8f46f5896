package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

import static java.lang.reflect.Modifier.isPublic;
import static org.assertj.core.api.Assertions.assertThat;

/** Compares the metadata for a native image with the reflection that {@link ReflectionTrace} recorded in this build. */
@DisabledIfSystemProperty(named = "test", matches = ".+", disabledReason = "The trace needs all unit tests")
class NativeMetadataIT {
    private static final Path CLASSES = Path.of("target/classes");
    private static final Path SERVICES = CLASSES.resolve("META-INF/services/org/apache/camel");
    private static final Path PROXIES = CLASSES.resolve("META-INF/native-image/io.github.cameltwilio/"
            + "camel-twilio-usage/proxy-config.json");
    private static final Pattern OF_TESTS = Pattern.compile(
            "org\\.(junit|assertj|mockito|apache\\.maven|apache\\.camel\\.test)\\..*|[^.]*");
    // Neither of these packages is meant for a native image.
    private static final Pattern OUTSIDE = Pattern
            .compile("io\\.github\\.cameltwilio\\.usage\\.(simulator|springboot)\\..*");
    private static final Map<String, Set<String>> ONE_OF = Map.of(
            "getConstructor", Set.of("allPublicConstructors"),
            "getDeclaredConstructor", Set.of("allDeclaredConstructors", "methods"),
            "newInstance", Set.of("allPublicConstructors", "allDeclaredConstructors", "methods"),
            "getField", Set.of("allPublicFields"), "getDeclaredField", Set.of("allDeclaredFields"),
            "getMethod", Set.of("allPublicMethods"), "getDeclaredMethod", Set.of("allDeclaredMethods"),
            "getRecordComponent", Set.of("allRecordComponents"));

    private record Use(String type, String method, String caller) {
        static Use of(String line) {
            String[] words = line.split(" ", 3);
            return new Use(words[0], words[1], words[2]);
        }

        boolean isOfAnImage() {
            return (isOurs(type) || method.equals(ReflectionTrace.PROXY)) && !OF_TESTS.matcher(caller).matches()
                    && (isOurs(caller) || !caller.startsWith("io.github.cameltwilio."));
        }

        private static boolean isOurs(String name) {
            return !OUTSIDE.matcher(name).matches() && Files.exists(CLASSES.resolve(name.replace('.', '/') + ".class"));
        }
    }

    private List<Use> uses;

    @BeforeEach
    void readTheTrace() throws IOException {
        Path trace = Path.of(System.getProperty("reflection.trace"));
        assertThat(trace).as("what the unit tests of the same build recorded").isDirectory();
        Set<String> lines = new TreeSet<>();
        try (Stream<Path> files = Files.list(trace)) {
            for (Path file : files.toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        uses = lines.stream().map(Use::of).filter(Use::isOfAnImage).toList();
    }

    @Test
    void containsEveryClassAndMemberThatTheSuiteUsedReflectively() throws IOException {
        Map<String, JsonNode> registered = NativeMetadataTest.registered();
        Set<String> services = services();

        assertThat(uses).filteredOn(use -> !use.method().equals(ReflectionTrace.PROXY))
                .filteredOn(use -> !services.contains(use.type()) && !isRegisteredByItsType(use.type())).isNotEmpty()
                .allSatisfy(use -> assertThat(isComplete(registered.get(use.type()), use.method()))
                        .as("metadata for " + use).isTrue());
    }

    @Test
    void containsEveryProxyThatTheSuiteMade() throws IOException {
        List<String> registered = new ObjectMapper().readTree(PROXIES.toFile()).findValues("interfaces").stream()
                .map(interfaces -> interfaces.valueStream().map(JsonNode::asText).collect(Collectors.joining(",")))
                .toList();

        assertThat(uses).filteredOn(use -> use.method().equals(ReflectionTrace.PROXY)).isNotEmpty()
                .extracting(Use::type).isSubsetOf(registered);
    }

    private static boolean isComplete(JsonNode entry, String method) {
        Set<String> flags = ONE_OF.getOrDefault(method.replaceFirst("s$", ""), Set.of("name"));
        return entry != null && flags.stream().map(entry::path)
                .anyMatch(flag -> flag.asBoolean() || flag.isTextual() || !flag.isEmpty());
    }

    /** Camel Quarkus registers public components, consumers and endpoints. */
    private static boolean isRegisteredByItsType(String name) {
        try {
            Class<?> type = Class.forName(name);
            return isPublic(type.getModifiers()) && Stream.of(Component.class, Consumer.class, Endpoint.class)
                    .anyMatch(camels -> camels.isAssignableFrom(type));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Camel Quarkus also registers the classes that these files name. */
    private static Set<String> services() throws IOException {
        Set<String> names = new HashSet<>();
        try (Stream<Path> files = Files.walk(SERVICES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                names.addAll(List.of(Files.readString(file).split("[^\\w.$]+")));
            }
        }
        return names;
    }
}
