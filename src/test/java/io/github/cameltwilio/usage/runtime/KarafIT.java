package io.github.cameltwilio.usage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import aQute.bnd.osgi.Analyzer;
import aQute.bnd.osgi.Jar;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A Karaf from its distribution, with the features of the catalog and a route bundle in {@code deploy/}. */
class KarafIT {
    private static final String CAMEL_KARAF = "4.14.5";

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio
            = new TwilioUsageSimulatorExtension(simulator -> simulator.categories("sms", "calls").zeroShare(0));

    @Test
    void usageArrivesInARouteBundle() throws Exception {
        ConsumerProject project = ConsumerProject.copyOf("karaf");
        project.mvn(twilio.simulator(), Map.of(), "clean", "package");
        Path bundles = bundlesOfCamel(project.file("target/camel"), project.file("target/bundles"));
        Path karaf = project.file("target/karaf/apache-karaf-4.4.10");
        configure(karaf, bundles);
        Files.copy(project.file("target/usage-on-karaf-1.0.jar"), karaf.resolve("deploy/usage-on-karaf.jar"));
        Path log = karaf.resolve("data/log/karaf.log");

        Process process = start(karaf);
        try {
            await().atMost(Duration.ofMinutes(2)).failFast(() -> contains(log, "Error installing boot features"))
                    .until(() -> contains(log, "\"category\":\"calls\""));
        } finally {
            Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList().forEach(ProcessHandle::destroyForcibly);
            process.waitFor();
        }

        assertThat(log).content().contains("\"category\":\"sms\"");
        project.assertThatNoLogHasASecret(twilio.simulator(), "(camel-1) started");
    }

    private Process start(Path karaf) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(karaf.resolve("bin/karaf").toAbsolutePath().toString(), "server")
                .directory(karaf.toFile()).redirectErrorStream(true).redirectInput(new File("/dev/null"))
                .redirectOutput(karaf.resolve("karaf.out").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TWILIO_ACCOUNT_SID", twilio.simulator().accountSid());
        builder.environment().put("TWILIO_AUTH_TOKEN", twilio.simulator().authToken());
        builder.environment().put("TWILIO_BASE_URL", twilio.simulator().baseUrl().toString());
        return builder.start();
    }

    private static void configure(Path karaf, Path bundles) throws IOException {
        Path features = Path.of("catalog/karaf/features.xml").toAbsolutePath();
        edit(karaf, "org.apache.karaf.features.cfg", text -> text
                .replaceFirst("featuresRepositories = ", "featuresRepositories = " + features.toUri() + ", ")
                .replaceFirst("featuresBoot = ", "featuresBoot = camel-twilio-usage, scr, "));
        edit(karaf, "org.ops4j.pax.url.mvn.cfg", text -> text
                .replaceFirst("pax.url.mvn.repositories= ", "pax.url.mvn.repositories= " + bundles.toUri() + "@id=bundles, ")
                + "\norg.ops4j.pax.url.mvn.localRepository=" + ConsumerProject.REPOSITORY + "\n");
        edit(karaf, "org.apache.karaf.shell.cfg", text -> port(text, "sshPort"));
        edit(karaf, "org.apache.karaf.management.cfg", text -> port(port(text, "rmiRegistryPort"), "rmiServerPort"));
    }

    /** Camel-karaf's bundles are Camel's jars with a manifest. Not every registry has them, so they are made here. */
    private static Path bundlesOfCamel(Path jars, Path bundles) throws Exception {
        try (Stream<Path> files = Files.list(jars)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".jar", "");
                Jar jar = new Jar(file.toFile());
                if (name.equals("camel-xml-jaxp")) {
                    jar.addAll(new Jar(jars.resolve("camel-xml-jaxp-util.jar").toFile()));
                }
                if (!List.of("camel-core-osgi", "camel-xml-jaxp-util").contains(name)) {
                    writeBundle(bundles, name, jar);
                }
            }
        }
        // The features name these, but no route of ours needs them.
        for (String name : List.of("camel-directvm", "camel-karaf-shell", "camel-vm")) {
            writeBundle(bundles, name, new Jar("empty"));
        }
        return bundles.toAbsolutePath();
    }

    private static void writeBundle(Path bundles, String name, Jar jar) throws Exception {
        Path home = Files.createDirectories(bundles.resolve("org/apache/camel/karaf/" + name + "/" + CAMEL_KARAF));
        try (Analyzer analyzer = new Analyzer(jar)) {
            analyzer.setProperty("Bundle-SymbolicName", name);
            analyzer.setProperty("Bundle-Version", CAMEL_KARAF);
            analyzer.setProperty("-metainf-services", "none");
            if (!jar.getResources().isEmpty()) {
                analyzer.setProperty("Export-Package", "org.apache.camel*;version=" + CAMEL_KARAF);
                analyzer.setProperty("Import-Package", "org.apache.camel.*;version=\"[4.14,4.15)\",jakarta.servlet*;resolution:=optional,"
                        + "io.quarkus.arc;resolution:=optional,jdk.jfr;resolution:=optional,"
                        + "org.glassfish.jaxb.runtime.v2;resolution:=optional,*");
            }
            jar.setManifest(analyzer.calcManifest());
            jar.write(home.resolve(name + "-" + CAMEL_KARAF + ".jar").toFile());
        }
    }

    private static boolean contains(Path log, String text) throws IOException {
        return Files.exists(log) && Files.readString(log).contains(text);
    }

    private static void edit(Path karaf, String file, UnaryOperator<String> change) throws IOException {
        Path configuration = karaf.resolve("etc").resolve(file);
        Files.writeString(configuration, change.apply(Files.readString(configuration)));
    }

    /** The text with a free port in place of Karaf's own. */
    private static String port(String text, String name) {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return text.replaceFirst("(?m)^" + name + " *=.*$", name + " = " + free.getLocalPort());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
