package io.github.cameltwilio.usage.runtime;

import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import aQute.bnd.osgi.Analyzer;
import aQute.bnd.osgi.Jar;
import io.github.cameltwilio.usage.client.TwilioSignature;
import io.github.cameltwilio.usage.simulator.SentCallback;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.apache.camel.test.AvailablePortFinder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs the Karaf distribution with the features of the catalog and a route bundle in {@code deploy/}. */
@EnabledForJreRange(max = JRE.JAVA_23, disabledReason = "Karaf 4.4 allows a security manager, which newer Java rejects")
class KarafIT {
    private static final String CAMEL_KARAF = "4.14.5";
    private static final Path FEATURES = Path.of("catalog/karaf/features.xml").toAbsolutePath();

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(
            simulator -> simulator.clock(ConsumerProject.NOON).categories("sms", "calls", "totalprice").zeroShare(0));
    private final int alertPort = AvailablePortFinder.getNextAvailable();

    @Test
    void aRouteBundleReceivesUsageAndCallbacks() throws Exception {
        ConsumerProject project = ConsumerProject.copyOf("karaf");
        project.mvn(twilio.simulator(), Map.of(), "clean", "package");
        makeBundlesOf(project.file("target/camel"));
        Files.copy(FEATURES, project.file("features.xml"), StandardCopyOption.REPLACE_EXISTING);
        project.mvn(twilio.simulator(), Map.of(), "karaf:verify");
        Path karaf = project.file("target/karaf/apache-karaf-4.4.10");
        configure(karaf);
        Files.copy(project.file("target/usage-on-karaf-1.0.jar"), karaf.resolve("deploy/usage-on-karaf.jar"));
        Path log = karaf.resolve("data/log/karaf.log");

        Process process = start(karaf);
        try {
            await().atMost(Duration.ofMinutes(2)).failFast(() -> contains(log, "Error installing boot features"))
                    .until(() -> contains(log, "\"category\":\"calls\"") && contains(log, "(alert) started"));
            assertThat(forgedCall()).isEqualTo(403);
            twilio.simulator().correct(LocalDate.now(ConsumerProject.NOON), "totalprice", new BigDecimal("1000"));
            assertThat(twilio.simulator().callbacks()).extracting(SentCallback::status).containsExactly(200);
        } finally {
            Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList()
                    .forEach(ProcessHandle::destroyForcibly);
            process.waitFor();
        }

        assertThat(log).content().contains("\"category\":\"sms\"").containsOnlyOnce("fired {\"accountSid\":");
        project.assertThatNoLogHasASecret(twilio.simulator(), "(usage) started");
    }

    private int forgedCall() throws Exception {
        HttpRequest call = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + alertPort + "/twilio/usage"))
                .header("Content-Type", "application/x-www-form-urlencoded").header(TwilioSignature.HEADER, "forged")
                .POST(BodyPublishers.ofString("UsageCategory=totalprice")).build();
        return HttpClient.newHttpClient().send(call, BodyHandlers.discarding()).statusCode();
    }

    private Process start(Path karaf) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(karaf.resolve("bin/karaf").toAbsolutePath().toString(), "server")
                .directory(karaf.toFile()).redirectErrorStream(true).redirectInput(new File("/dev/null"))
                .redirectOutput(karaf.resolve("karaf.out").toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JAVA_TOOL_OPTIONS", ConsumerProject.JVM_OPTIONS);
        builder.environment().put("TWILIO_ACCOUNT_SID", twilio.simulator().accountSid());
        builder.environment().put("TWILIO_AUTH_TOKEN", twilio.simulator().authToken());
        builder.environment().put("TWILIO_BASE_URL", twilio.simulator().baseUrl().toString());
        builder.environment().put("ALERT_HOST", "127.0.0.1");
        builder.environment().put("ALERT_PORT", Integer.toString(alertPort));
        builder.environment().put("ALERT_URL", "http://127.0.0.1:" + alertPort);
        return builder.start();
    }

    private static void configure(Path karaf) throws IOException {
        edit(karaf, "org.apache.karaf.features.cfg", text -> text
                .replaceFirst("featuresRepositories = ", "featuresRepositories = " + FEATURES.toUri() + ", ")
                .replaceFirst("featuresBoot = ",
                        "featuresBoot = camel-twilio-usage, camel-netty-http, scr, "));
        edit(karaf, "org.ops4j.pax.url.mvn.cfg",
                text -> text + "\norg.ops4j.pax.url.mvn.localRepository=" + ConsumerProject.REPOSITORY + "\n");
        edit(karaf, "org.apache.karaf.shell.cfg", text -> port(text, "sshPort"));
        edit(karaf, "org.apache.karaf.management.cfg", text -> port(port(text, "rmiRegistryPort"), "rmiServerPort"));
    }

    /** Not every registry has the bundles of camel-karaf, so they are made of Camel's jars. */
    private static void makeBundlesOf(Path jars) throws Exception {
        try (Stream<Path> files = Files.list(jars)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".jar", "");
                Jar jar = new Jar(file.toFile());
                if (name.equals("camel-xml-jaxp")) {
                    jar.addAll(new Jar(jars.resolve("camel-xml-jaxp-util.jar").toFile()));
                }
                if (!List.of("camel-core-osgi", "camel-xml-jaxp-util").contains(name)) {
                    writeBundle(name, jar);
                }
            }
        }
        // The features require these bundles, but our routes do not need their content.
        for (String name : List.of("camel-directvm", "camel-karaf-shell", "camel-vm")) {
            writeBundle(name, new Jar("empty"));
        }
    }

    private static void writeBundle(String name, Jar jar) throws Exception {
        Path directory = Files.createDirectories(
                ConsumerProject.REPOSITORY.resolve("org/apache/camel/karaf/" + name + "/" + CAMEL_KARAF));
        try (Analyzer analyzer = new Analyzer(jar)) {
            analyzer.setProperty("Bundle-SymbolicName", name);
            analyzer.setProperty("Bundle-Version", CAMEL_KARAF);
            analyzer.setProperty("-metainf-services", "none");
            if (!jar.getResources().isEmpty()) {
                analyzer.setProperty("Export-Package", "org.apache.camel*;version=" + CAMEL_KARAF);
                analyzer.setProperty("Import-Package",
                        "org.apache.camel.*;version=\"[4.14,4.15)\",jakarta.servlet*;resolution:=optional,"
                                + "io.netty.channel.kqueue;resolution:=optional,io.quarkus.arc;resolution:=optional,"
                                + "jdk.jfr;resolution:=optional,"
                                + "org.glassfish.jaxb.runtime.v2;resolution:=optional,*");
            }
            jar.setManifest(analyzer.calcManifest());
            jar.write(directory.resolve(name + "-" + CAMEL_KARAF + ".jar").toFile());
        }
    }

    private static boolean contains(Path log, String text) throws IOException {
        return Files.exists(log) && Files.readString(log).contains(text);
    }

    private static void edit(Path karaf, String file, UnaryOperator<String> change) throws IOException {
        Path configuration = karaf.resolve("etc").resolve(file);
        Files.writeString(configuration, change.apply(Files.readString(configuration)));
    }

    /** Replaces Karaf's default port by a free one. */
    private static String port(String text, String name) {
        return text.replaceFirst("(?m)^" + name + " *=.*$", name + " = " + AvailablePortFinder.getNextAvailable());
    }
}
