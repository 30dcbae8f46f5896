package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Jazzer silently skips inputs whose folder bears another name than the test's class and method. */
class FuzzInputsTest {
    private static final Path RESOURCES = Path.of("src/test/resources");

    @Test
    void eachFolderOfInputsBelongsToAFuzzTest() throws IOException {
        List<Path> folders;
        try (Stream<Path> files = Files.walk(RESOURCES)) {
            folders = files.filter(Files::isRegularFile).filter(file -> file.toString().contains("FuzzTestInputs"))
                    .map(Path::getParent).distinct().toList();
        }

        assertThat(folders).hasSizeGreaterThanOrEqualTo(6).allSatisfy(folder -> {
            Path inputs = RESOURCES.relativize(folder.getParent());
            String testClass = inputs.toString().replace("Inputs", ".java");
            assertThat(Path.of("src/test/java", testClass)).content().contains("void " + folder.getFileName() + "(");
        });
    }
}
