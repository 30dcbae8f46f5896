package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.Converter;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import io.github.cameltwilio.usage.client.TwilioValue;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** No native image has been built yet, so this only keeps the metadata complete. */
class NativeMetadataTest {
    private static final Path REFLECTION = Path.of("target/classes/META-INF/native-image/io.github.cameltwilio/"
            + "camel-twilio-usage/reflect-config.json");
    private static final DescribedPredicate<JavaAnnotation<?>> OF_JACKSON = DescribedPredicate.describe("of Jackson",
            annotation -> annotation.getRawType().getPackageName().startsWith("com.fasterxml.jackson."));

    @Test
    void listsEveryClassThatIsUsedReflectively() throws IOException {
        assertThat(registered().keySet()).containsExactlyInAnyOrderElementsOf(usedReflectively());
    }

    @Test
    void registersTheMembersThatAreRead() throws IOException {
        assertThat(registered()).allSatisfy((name, entry) -> {
            if (ArchitectureTest.MAIN.get(name).isRecord()) {
                assertThat(List.of("allDeclaredConstructors", "allDeclaredFields", "allDeclaredMethods",
                        "allRecordComponents"))
                        .allSatisfy(flag -> assertThat(entry.path(flag).asBoolean()).as(flag).isTrue());
            } else {
                assertThat(entry.at("/methods/0/name").asText()).isEqualTo("<init>");
            }
        });
    }

    private static Map<String, JsonNode> registered() throws IOException {
        return new ObjectMapper().readTree(REFLECTION.toFile()).valueStream()
                .collect(Collectors.toMap(entry -> entry.get("name").asText(), entry -> entry));
    }

    private static List<String> usedReflectively() {
        return ArchitectureTest.MAIN.stream()
                .filter(type -> !type.isInterface() && (type.isAssignableTo(TwilioValue.class)
                        || type.isAssignableTo(JsonSerializer.class) || type.isAssignableTo(JsonDeserializer.class)
                        || type.isAssignableTo(Converter.class) || type.isAnnotatedWith(OF_JACKSON)
                        || type.getMembers().stream().anyMatch(member -> member.isAnnotatedWith(OF_JACKSON))))
                .map(JavaClass::getName).toList();
    }
}
