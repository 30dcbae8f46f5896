package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A release changes the version in {@code pom.xml} only: {@code -Dupdate} copies it to every other file. */
class VersionTest {
    private static final Pattern IN_POM = Pattern.compile("<version>([^<]+)</version>");
    // As a Maven dependency, as a coordinate for Karaf, the Camel CLI or Camel K, or in the name of a jar.
    private static final Pattern VERSION = Pattern.compile("(?<=camel-twilio-usage</artifactId>\\s{0,20}<version>"
            + "|cameltwilio[:/]camel-twilio-usage[:/])\\d[\\w.-]*"
            + "|(?<=camel-twilio-usage-)\\d[\\w.]*(?:-SNAPSHOT)?(?=-simulator\\.jar)");
    // To OSGi, 0.1.0.SNAPSHOT is newer than 0.1.0. The feature of a snapshot must not outrank that of its release.
    private static final Pattern FEATURE = Pattern
            .compile("(?<=<feature name=\"camel-twilio-usage\" version=\")[^\"]+");
    private static final Pattern UNRELEASED = Pattern.compile("(?i)no\\s+release\\s+yet"
            + "|nothing\\s+has\\s+been\\s+released|released \\| not yet|\\(unreleased\\)");

    @Test
    void isTheSameEverywhere() throws IOException {
        String version = version();
        int found = 0;
        for (Path file : files()) {
            String text = Files.readString(file);
            Matcher versions = VERSION.matcher(text);
            found += (int) versions.results().count();
            String expected = FEATURE.matcher(versions.replaceAll(version))
                    .replaceAll(version.replace("-SNAPSHOT", ""));
            if (System.getProperty("update") != null) {
                Files.writeString(file, expected);
            }
            assertThat(file).as("stale: run mvn test -Dtest=VersionTest -Dupdate").hasContent(expected);
        }
        assertThat(found).isGreaterThan(10);
        assertThat(Path.of("catalog/karaf/features.xml")).content().containsPattern(FEATURE);
    }

    @Test
    void noPageSaysThatAReleaseIsStillToCome() throws IOException {
        List<String> places = new ArrayList<>();
        for (Path file : files()) {
            String text = Files.readString(file);
            UNRELEASED.matcher(text).results().forEach(found -> places
                    .add(file + ":" + text.substring(0, found.end()).lines().count() + ": " + found.group()));
        }
        if (!version().endsWith("-SNAPSHOT")) {
            assertThat(places).as("%s is a release: change what these places say", version()).isEmpty();
        }
    }

    private static String version() throws IOException {
        Matcher version = IN_POM.matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> docs = Files.list(Path.of("docs")); Stream<Path> projects = Files.list(Path.of("src/it"))) {
            return Stream.of(Stream.of(Path.of("README.md"), Path.of("catalog/karaf/features.xml")),
                    docs.filter(file -> file.toString().endsWith(".md")),
                    projects.map(project -> project.resolve("pom.xml")))
                    .flatMap(files -> files).filter(Files::exists).toList();
        }
    }
}
