package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** No native image was ever compiled of it: this only keeps the list whole. */
class NativeMetadataTest {
    private static final Path REFLECTION = Path.of("target/classes/META-INF/native-image/io.github.cameltwilio/"
            + "camel-twilio-usage/reflect-config.json");
    private static final Path CLIENT = Path.of("src/main/java/io/github/cameltwilio/usage/client");

    @Test
    void whatJacksonWritesByReflectionIsListedWithItsSerializers() throws IOException {
        List<String> listed = new ObjectMapper().readTree(REFLECTION.toFile()).valueStream()
                .map((JsonNode entry) -> entry.get("name").asText()).toList();

        assertThat(listed).containsExactlyInAnyOrderElementsOf(writtenByJackson()).allSatisfy(Class::forName);
    }

    private static List<String> writtenByJackson() throws IOException {
        try (Stream<Path> files = Files.list(CLIENT)) {
            return files
                    .filter(file -> text(file)
                            .matches("(?s).*import com\\.fasterxml\\.jackson\\.(annotation|databind\\.ser)\\..*"))
                    .map(file -> "io.github.cameltwilio.usage.client."
                            + file.getFileName().toString().replace(".java", ""))
                    .toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
