package io.github.cameltwilio.usage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ssl.SSLHandshakeException;

import io.github.cameltwilio.usage.client.TwilioApiException;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/** Credentials are sent only over TLS, and only to a server whose certificate is valid for the requested host. */
class TlsTest extends TwilioUsageTestSupport {
    @TempDir
    private static Path directory;
    private static Certificates certificates;

    @BeforeAll
    static void makeCertificates() {
        certificates = Certificates.in(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = { "self-signed", "good" })
    void rejectsAnUntrustedCertificate(String certificate) throws IOException {
        options();
        assertRejected(certificate, "unable to find valid certification path");
    }

    @Test
    void usesTheTrustStoreOfTheComponent() throws IOException {
        options();
        component().setSslContextParameters(certificates.trusted());

        assertListed("good");
    }

    @Test
    void usesCamelsGlobalTrustStoreOnRequest() throws IOException {
        options();
        context.setSSLContextParameters(certificates.trusted());
        component().setUseGlobalSslContextParameters(true);

        assertListed("good");
    }

    @Test
    void ignoresCamelsGlobalTrustStoreByDefault() throws IOException {
        options();
        context.setSSLContextParameters(certificates.trusted());

        assertRejected("good", "unable to find valid certification path");
    }

    @ParameterizedTest
    @ValueSource(strings = { "expired", "wrong-host", "self-signed" })
    void rejectsInvalidCertificatesOfATrustedAuthority(String certificate) throws IOException {
        options();
        component().setSslContextParameters(certificates.trusted());

        assertRejected(certificate, switch (certificate) {
            case "expired" -> "validity check failed";
            case "wrong-host" -> "doesn't match any of the subject alternative names";
            default -> "unable to find valid certification path";
        });
    }

    @ParameterizedTest
    @ValueSource(strings = { "self-signed", "wrong-host" })
    void knowsThatNothingWasCreatedBehindABadCertificate(String certificate) throws IOException {
        options();
        component().setSslContextParameters(certificates.trusted());
        try (Relay relay = Relay.tls(certificates.server(certificate), simulator().baseUrl().getPort())) {
            assertThat(
                    failure("https://localhost:" + relay.port(), "twilio-usage:triggers?action=create&usageCategory=sms"
                            + "&triggerValue=1&callbackUrl=https://hooks.example.com").isOutcomeUnknown())
                    .isFalse();
        }
    }

    @Test
    void usesTheJvmsTrustStoreByDefault() throws IOException {
        options();
        component().setSslContextParameters(new SSLContextParameters());

        assertRejected("good", "unable to find valid certification path");
    }

    /** The server writes its handshake by hand, because the JDK no longer offers TLS 1.1. */
    @Test
    void rejectsTls11() throws Exception {
        options();
        component().setSslContextParameters(certificates.trusted());
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            List<byte[]> alerts = new CopyOnWriteArrayList<>();
            new Thread(() -> respondWithTls11(server, alerts), "tls-1.1-server").start();
            TwilioApiException failure = failure("https://localhost:" + server.getLocalPort());

            assertThat(failure).hasCauseInstanceOf(SSLHandshakeException.class).hasMessageContaining("TLS11");
            await().untilAsserted(() -> assertThat(alerts).hasSize(5));
            assertThat(alerts).as("a fatal alert, protocol_version, in a record").allSatisfy(
                    alert -> assertThat(alert).endsWith(2, 70).hasSize(7));
        }
    }

    /** Responds to each ClientHello with a ServerHello of TLS 1.1, and records the alert that the client sends then. */
    private static void respondWithTls11(ServerSocket server, List<byte[]> alerts) {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                byte[] header = client.getInputStream().readNBytes(5);
                client.getInputStream().readNBytes((header[3] & 0xff) << 8 | header[4] & 0xff);
                // A record of TLS 1.1 with a ServerHello: version, random, no session,
                // TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA.
                client.getOutputStream().write(HexFormat.of().parseHex(
                        "160302002a" + "02000026" + "0302" + "5a".repeat(32) + "00" + "c013" + "00"));
                alerts.add(client.getInputStream().readAllBytes());
            } catch (IOException e) {
                // The test is over.
            }
        }
    }

    private void assertListed(String certificate) throws IOException {
        try (Relay relay = Relay.tls(certificates.server(certificate), simulator().baseUrl().getPort())) {
            component().getConfiguration().setBaseUrl("https://localhost:" + relay.port());
            context.start();

            List<?> usage = template.requestBody("twilio-usage:records", (Object) null, List.class);
            assertThat(usage).hasSize(2);
            assertThat(relay.received()).contains("Authorization: Basic ");
        }
    }

    private void assertRejected(String certificate, String reason) throws IOException {
        try (Relay relay = Relay.tls(certificates.server(certificate), simulator().baseUrl().getPort())) {
            TwilioApiException failure = failure("https://localhost:" + relay.port());

            assertThat(failure).hasMessageStartingWith("list usage records").hasMessageContaining(reason);
            assertThat(failure.getMessage()).hasSizeLessThan(1024);
            await().untilAsserted(() -> assertThat(relay.closedConnections()).as("closed connections").isEqualTo(5));
            assertThat(relay.received()).isEmpty();
        }
        assertThat(simulator().requests()).isEmpty();
    }

    private TwilioApiException failure(String baseUrl) {
        return failure(baseUrl, "twilio-usage:records");
    }

    private TwilioApiException failure(String baseUrl, String uri) {
        component().getConfiguration().setBaseUrl(baseUrl);
        context.start();
        Throwable failure = catchThrowable(() -> template.requestBody(uri, (Object) null));
        assertThat(failure).hasCauseInstanceOf(TwilioApiException.class);
        return (TwilioApiException) failure.getCause();
    }

    private TwilioUsageComponent component() {
        return context.getComponent("twilio-usage", TwilioUsageComponent.class);
    }
}
