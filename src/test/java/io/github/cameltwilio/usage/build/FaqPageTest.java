package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FaqPageTest {
    private static final Markdown PAGE = Markdown.page("docs/faq.md");

    @Test
    void theMessagesMatchTheCode() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            String code = files.filter(Files::isRegularFile).map(FaqPageTest::text).collect(Collectors.joining());
            String messages = code.replaceAll("\"\\s*\\+\\s*\"", "");

            assertThat(PAGE.blocks("text")).hasSizeGreaterThan(3)
                    .allSatisfy(message -> assertThat(messages).contains(message.strip()));
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
