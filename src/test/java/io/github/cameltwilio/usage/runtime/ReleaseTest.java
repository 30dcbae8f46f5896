package io.github.cameltwilio.usage.runtime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

import io.github.cameltwilio.usage.build.Markdown;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.PGPDigestCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Makes the bundle that Maven Central would get, with the command of the architecture page and a key that nobody keeps.
 * Another build in another folder and locale makes the same files. A project then uses the component from a local
 * repository that holds the bundle and no other build of it. Nothing is installed in the repository of the machine.
 */
@Tag("slow")
class ReleaseTest {
    private static final String VERSION = ProductionJar.VERSION.replace("-SNAPSHOT", "");
    private static final String DIRECTORY = "io/github/cameltwilio/camel-twilio-usage/" + VERSION + "/";
    private static final List<String> ARTIFACTS = Stream.of(".pom", ".jar", "-simulator.jar", "-sources.jar",
            "-javadoc.jar", "-cyclonedx.json", "-cyclonedx.xml")
            .map(suffix -> DIRECTORY + "camel-twilio-usage-" + VERSION + suffix).toList();
    private static final List<String> BUILT = Stream.concat(Stream.of("bom.json", "bom.xml"),
            Stream.of(".jar", "-simulator.jar", "-sources.jar", "-javadoc.jar")
                    .map(suffix -> "camel-twilio-usage-" + VERSION + suffix))
            .map("target/"::concat).toList();
    private static final String[] DRY_RUN = Markdown.page("docs/architecture.md").block("sh", "-DskipPublishing")
            .strip().replaceFirst("^mvn ", "").split(" ");
    // In Turkish, the lower case of "I" is not "i".
    private static final String TURKISH = ConsumerProject.JVM_OPTIONS + " -Duser.language=tr";
    private static final String PASSPHRASE = "thrown away";

    @TempDir
    Path directory;

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(
            simulator -> simulator.clock(ConsumerProject.NOON).categories("sms", "calls").zeroShare(0));

    @Test
    void signsAReproducibleBundleThatAProjectCanUse() throws Exception {
        Path installed = ConsumerProject.MACHINE.resolve(DIRECTORY);
        boolean wasInstalled = Files.exists(installed);
        PGPSecretKey key = newKey();
        ConsumerProject release = release("release");
        String build = release.mvn(twilio.simulator(),
                Map.of("MAVEN_GPG_KEY", armored(key), "MAVEN_GPG_PASSPHRASE", PASSPHRASE), DRY_RUN);
        assertThat(build.split("\\[INFO] --- ")).filteredOn(goal -> goal.contains("(attach-javadoc)")).singleElement()
                .asString().doesNotContain("WARNING");
        assertThat(Files.exists(installed)).as("%s exists", installed).isEqualTo(wasInstalled);

        Map<String, byte[]> bundle = unzip(release.file("target/central-publishing/central-bundle.zip"));
        assertThat(bundle.keySet().stream().filter(name -> !name.matches(".*\\.(asc|md5|sha\\d+)")))
                .containsExactlyInAnyOrderElementsOf(ARTIFACTS);
        for (String artifact : ARTIFACTS) {
            byte[] content = bundle.get(artifact);
            assertThat(isSigned(content, bundle.get(artifact + ".asc"), key)).as(artifact).isTrue();
            assertThat(isSigned(new byte[0], bundle.get(artifact + ".asc"), key)).as(artifact).isFalse();
            assertThat(text(bundle, artifact + ".md5")).as(artifact).isEqualTo(digest("MD5", content));
            assertThat(text(bundle, artifact + ".sha1")).as(artifact).isEqualTo(digest("SHA-1", content));
        }

        ConsumerProject again = release("again");
        again.mvn(twilio.simulator(), Map.of("JAVA_TOOL_OPTIONS", TURKISH), "-q", "package", "-Prelease",
                "-Dmaven.test.skip");
        for (String file : BUILT) {
            assertThat(again.file(file)).hasSameBinaryContentAs(release.file(file));
        }

        Path repository = directory.resolve("repository");
        for (String artifact : ARTIFACTS) {
            Path file = repository.resolve(artifact);
            Files.createDirectories(file.getParent());
            Files.write(file, bundle.get(artifact));
        }
        ConsumerProject user = ConsumerProject.copyOf("compatibility", directory.resolve("user"), repository);
        user.replace("pom.xml", ProductionJar.VERSION, VERSION);
        String output = user.mvn(twilio.simulator(), Map.of("CAMEL_MAIN_DURATION_MAX_MESSAGES", "2",
                "CAMEL_MAIN_DURATION_MAX_SECONDS", "60"), "compile", "exec:java");
        assertThat(output).contains("consumed sms false", "produced sms");
        for (String artifact : ARTIFACTS) {
            assertThat(repository.resolve(artifact)).hasBinaryContent(bundle.get(artifact));
        }
        assertThat(repository.resolve(DIRECTORY).getParent()).as("other versions of the component")
                .isDirectoryNotContaining(version -> !version.endsWith(VERSION));
    }

    private ConsumerProject release(String name) throws IOException, InterruptedException {
        ConsumerProject project = ConsumerProject.copyOfThis(directory.resolve(name));
        project.replace("pom.xml", ProductionJar.VERSION, VERSION);
        return project;
    }

    private static PGPSecretKey newKey() throws PGPException {
        RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
        generator.init(new RSAKeyGenerationParameters(BigInteger.valueOf(0x10001), new SecureRandom(), 3072,
                80));
        PGPKeyPair pair = new BcPGPKeyPair(PublicKeyAlgorithmTags.RSA_GENERAL, generator.generateKeyPair(),
                Date.from(Instant.now()));
        PGPDigestCalculator sha1 = new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1);
        return new PGPSecretKey(PGPSignature.DEFAULT_CERTIFICATION, pair, "Nobody <nobody@example.com>", sha1, null,
                null,
                new BcPGPContentSignerBuilder(pair.getPublicKey().getAlgorithm(), HashAlgorithmTags.SHA256),
                new BcPBESecretKeyEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256, sha1)
                        .build(PASSPHRASE.toCharArray()));
    }

    private static String armored(PGPSecretKey key) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (ArmoredOutputStream armor = new ArmoredOutputStream(text)) {
            key.encode(armor);
        }
        return text.toString(StandardCharsets.US_ASCII);
    }

    private static boolean isSigned(byte[] content, byte[] signature, PGPSecretKey key)
            throws IOException, PGPException {
        PGPSignatureList signatures = (PGPSignatureList) new BcPGPObjectFactory(
                PGPUtil.getDecoderStream(new ByteArrayInputStream(signature))).nextObject();
        PGPSignature only = signatures.get(0);
        only.init(new BcPGPContentVerifierBuilderProvider(), key.getPublicKey());
        only.update(content);
        return only.verify();
    }

    private static Map<String, byte[]> unzip(Path bundle) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        try (ZipFile zip = new ZipFile(bundle.toFile())) {
            for (ZipEntry file : zip.stream().filter(entry -> !entry.isDirectory()).toList()) {
                entries.put(file.getName(), zip.getInputStream(file).readAllBytes());
            }
        }
        return entries;
    }

    private static String text(Map<String, byte[]> entries, String name) {
        return new String(entries.get(name), StandardCharsets.US_ASCII).strip();
    }

    private static String digest(String algorithm, byte[] content) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    }
}
