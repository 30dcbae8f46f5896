package io.github.cameltwilio.usage.runtime;

import java.nio.file.Path;

/** What {@code mvn package} made, and what users put beside their own. */
final class ProductionJar {
    static final String VERSION = System.getProperty("project.version");
    static final Path FILE = Path.of("target", "camel-twilio-usage-" + VERSION + ".jar");

    private ProductionJar() {
    }
}
