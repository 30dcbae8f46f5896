package io.github.cameltwilio.usage.runtime;

import java.io.IOException;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProductionJarIT {
    private static final String BASE = "io.github.cameltwilio.usage";
    private static final Pattern PACKAGE = Pattern.compile("([a-z][\\w.]+)((?:;[\\w:]+=(?:\"[^\"]*\"|[^,;]*))*)");

    @Test
    void itIsABundleThatExportsWhatUsersCompileAgainst() throws IOException {
        assertThat(header("Bundle-SymbolicName")).isEqualTo("io.github.cameltwilio.camel-twilio-usage");
        assertThat(header("Bundle-Version")).isEqualTo(ProductionJar.VERSION.replace("-SNAPSHOT", ""));
        assertThat(packages("Export-Package")).containsOnlyKeys(BASE, BASE + ".client", BASE + ".state");
    }

    @Test
    void oneBundleIsForEveryCamelFromFourFourteenOn() throws IOException {
        Map<String, String> camel = packages("Import-Package");
        camel.keySet().removeIf(name -> !name.startsWith("org.apache.camel"));

        assertThat(camel.get("org.apache.camel.component.webhook")).contains("resolution:=optional");
        // Camel on Karaf registers a component only if its bundle sees these two.
        assertThat(camel).containsKeys("org.apache.camel", "org.apache.camel.spi")
                .allSatisfy((name, attributes) -> assertThat(attributes).as(name).contains("version=\"[4.14,5)\""));
    }

    @Test
    void everyOtherLibraryIsImportedWithARangeThatEndsAtItsNextMajorVersion() throws IOException {
        Map<String, String> libraries = packages("Import-Package");
        // Camel's features for Karaf wrap HttpClient, whose packages have no versions then.
        libraries.keySet().removeIf(name -> name.matches("javax?\\..*|org\\.apache\\.hc\\..*"));

        assertThat(libraries).isNotEmpty().allSatisfy(
                (name, attributes) -> assertThat(attributes).as(name).containsPattern("version=\"\\[[\\d.]+,\\d\\)\""));
    }

    @Test
    void theSimulatorIsInAJarOfItsOwn() throws IOException {
        try (JarFile jar = new JarFile(ProductionJar.FILE.toFile())) {
            assertThat(jar.stream()).isNotEmpty().noneMatch(entry -> entry.getName().contains("/simulator/"));
        }
        assertThat(packages("Import-Package").keySet()).noneMatch(name -> name.startsWith("org.junit"));
    }

    private static String header(String name) throws IOException {
        try (JarFile jar = new JarFile(ProductionJar.FILE.toFile())) {
            return jar.getManifest().getMainAttributes().getValue(new Attributes.Name(name));
        }
    }

    /** The packages of a header, each with its attributes. */
    private static Map<String, String> packages(String header) throws IOException {
        return PACKAGE.matcher(header(header)).results()
                .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
    }
}
