package io.github.cameltwilio.usage.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The jar that {@code mvn package} builds for users, and that of the simulator. */
final class ProductionJar {
    static final String VERSION = System.getProperty("project.version");
    static final Path FILE = Path.of("target", "camel-twilio-usage-" + VERSION + ".jar");
    static final Path SIMULATOR = Path.of("target", "camel-twilio-usage-" + VERSION + "-simulator.jar");

    private ProductionJar() {
    }

    static void installInto(Path repository) throws IOException {
        Path directory = Files
                .createDirectories(repository.resolve("io/github/cameltwilio/camel-twilio-usage/" + VERSION));
        for (Path jar : List.of(FILE, SIMULATOR)) {
            Files.copy(jar, directory.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.copy(Path.of("pom.xml"), directory.resolve("camel-twilio-usage-" + VERSION + ".pom"),
                StandardCopyOption.REPLACE_EXISTING);
    }
}
