package io.github.cameltwilio.usage.runtime;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProductionJarIT {
    private static final String BASE = "io.github.cameltwilio.usage";
    private static final Pattern INCLUDED = Pattern.compile("include:=\"([^\"]*)\"");
    private static final Pattern PACKAGE = Pattern.compile("([a-z][\\w.]+)((?:;[\\w:]+=(?:\"[^\"]*\"|[^,;]*))*)");

    @Test
    void isABundleOfTheProjectsVersion() throws IOException {
        assertThat(header("Bundle-SymbolicName")).isEqualTo("io.github.cameltwilio.camel-twilio-usage");
        assertThat(header("Bundle-Version")).isEqualTo(ProductionJar.VERSION.replace("-SNAPSHOT", ""));
    }

    @Test
    void exportsOnlyTheTypesThatUsersCompileAgainst() throws Exception {
        assertThat(exportedTypes()).containsExactlyInAnyOrder(
                "CallbackSecrets", "CloudEventDataTypeTransformer", "FocusDataTypeTransformer", "OnDifference",
                "OutputType", "Rollup", "TwilioUsageAction",
                "TwilioUsageComponent", "TwilioUsageComponentConfigurer", "TwilioUsageConfiguration",
                "TwilioUsageConsole", "TwilioUsageConstants", "TwilioUsageConverters", "TwilioUsageConvertersLoader",
                "TwilioUsageEndpoint", "TwilioUsageEndpointConfigurer", "TwilioUsageEndpointUriFactory",
                "TwilioUsageResource", "UsageConsumer",
                "client.Account", "client.CallbackMethod", "client.Recurring", "client.Subresource", "client.TriggerBy",
                "client.TriggerFired", "client.TwilioApiException", "client.TwilioBody", "client.TwilioValue",
                "client.TwilioValues", "client.UsageRecord",
                "client.UsageTrigger",
                "state.FileUsageStateRepository", "state.JdbcUsageStateRepository", "state.MemoryUsageStateRepository",
                "state.Position", "state.ReaderId", "state.RecordKey", "state.Scope", "state.UsageChange",
                "state.UsageStateRepository", "state.UsageValues");
    }

    /** The comparison with the last release names the exported types of the client, because the others may change. */
    @Test
    void exportsTheClientTypesThatReleasesKeepCompatible() throws Exception {
        Stream<String> compared = Files.readAllLines(Path.of("pom.xml")).stream().map(String::strip)
                .filter(line -> line.startsWith("<include>" + BASE + ".client."));

        assertThat(compared).containsExactlyInAnyOrderElementsOf(
                exportedTypes().stream().filter(type -> type.startsWith("client."))
                        .map(type -> "<include>" + BASE + "." + type + "</include>").toList());
    }

    @Test
    void importsEveryPackageOfCamelFromVersion414() throws IOException {
        Map<String, String> camel = packages("Import-Package");
        camel.keySet().removeIf(name -> !name.startsWith("org.apache.camel"));

        // Camel on Karaf registers a component only if its bundle sees these two.
        assertThat(camel).containsKeys("org.apache.camel", "org.apache.camel.spi")
                .allSatisfy((name, attributes) -> assertThat(attributes).as(name).contains("version=\"[4.14,5)\""));
    }

    @Test
    void importsOtherLibrariesUpToTheirNextMajorVersion() throws IOException {
        Map<String, String> libraries = packages("Import-Package");
        // Camel's Karaf features wrap HttpClient, and wrapped packages have no version.
        libraries.keySet().removeIf(name -> name.matches("javax?\\..*|org\\.apache\\.hc\\..*"));

        assertThat(libraries).isNotEmpty().allSatisfy(
                (name, attributes) -> assertThat(attributes).as(name).containsPattern("version=\"\\[[\\d.]+,\\d\\)\""));
    }

    @Test
    void comesWithItsLicence() throws IOException {
        for (String classifier : List.of("", "-simulator")) {
            try (JarFile jar = new JarFile(
                    "target/camel-twilio-usage-" + ProductionJar.VERSION + classifier + ".jar")) {
                assertThat(jar.getEntry("META-INF/LICENSE")).as("LICENSE, %s", jar.getName()).isNotNull();
                assertThat(jar.getEntry("META-INF/NOTICE")).as("NOTICE, %s", jar.getName()).isNotNull();
            }
        }
    }

    @Test
    void leavesOutTheSimulator() throws IOException {
        try (JarFile jar = new JarFile(ProductionJar.FILE.toFile())) {
            assertThat(jar.stream()).isNotEmpty().noneMatch(entry -> entry.getName().contains("/simulator/"));
        }
        assertThat(packages("Import-Package").keySet()).noneMatch(name -> name.startsWith("org.junit"));
    }

    /** The public classes of the exported packages that another bundle may load, without the project's package. */
    private static List<String> exportedTypes() throws IOException, ClassNotFoundException {
        List<String> types = new ArrayList<>();
        try (JarFile jar = new JarFile(ProductionJar.FILE.toFile())) {
            for (JarEntry entry : jar.stream().filter(entry -> entry.getName().endsWith(".class")).toList()) {
                String name = entry.getName().replace(".class", "").replace('/', '.');
                String exported = packages("Export-Package").get(name.substring(0, name.lastIndexOf('.')));
                Matcher included = INCLUDED.matcher(String.valueOf(exported));
                boolean visible = exported != null && (!included.find() || List.of(included.group(1).split(","))
                        .contains(name.substring(name.lastIndexOf('.') + 1)));
                if (visible && Modifier.isPublic(Class.forName(name).getModifiers())) {
                    types.add(name.substring(BASE.length() + 1));
                }
            }
        }
        return types;
    }

    private static String header(String name) throws IOException {
        try (JarFile jar = new JarFile(ProductionJar.FILE.toFile())) {
            return jar.getManifest().getMainAttributes().getValue(new Attributes.Name(name));
        }
    }

    /** The packages of a header with their attributes. */
    private static Map<String, String> packages(String header) throws IOException {
        return PACKAGE.matcher(header(header)).results()
                .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
    }
}
