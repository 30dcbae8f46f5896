package io.github.cameltwilio.usage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A proxy learns which host to connect to, and nothing else. */
class ProxyTest extends TwilioUsageTestSupport {
    @TempDir
    private static Path directory;
    private static Certificates certificates;
    private TwilioUsageComponent component;
    private Relay proxy;

    @BeforeAll
    static void makeCertificates() {
        certificates = Certificates.in(directory);
    }

    @BeforeEach
    void startTheProxy() throws IOException {
        options();
        component = context.getComponent("twilio-usage", TwilioUsageComponent.class);
        proxy = Relay.proxy();
    }

    @AfterEach
    void stopTheProxy() {
        proxy.close();
    }

    @Test
    void usesTheProxyOfTheComponent() throws IOException {
        component.setProxyHost("127.0.0.1");
        component.setProxyPort(proxy.port());

        assertTunnelled();
    }

    @Test
    void usesTheProxyOfCamelsGlobalOptions() throws IOException {
        context.getGlobalOptions().put("http.proxyHost", "127.0.0.1");
        context.getGlobalOptions().put("http.proxyPort", Integer.toString(proxy.port()));

        assertTunnelled();
    }

    @Test
    void sendsPlainHttpDirectly() {
        component.setProxyHost("127.0.0.1");
        component.setProxyPort(proxy.port());
        context.start();

        assertListed();
        assertThat(proxy.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "407 Proxy Authentication Required", "203 OK", "503 Unavailable" })
    void rejectsAResponseOfTheProxy(String status) throws IOException {
        String forged = "{\"usage_records\": [{\"category\": \"forged\"}]}";
        try (RawServer liar = new RawServer(
                (request, out) -> RawServer.write(out, "HTTP/1.1 " + status + "\r\nContent-Length: "
                        + forged.length() + "\r\n\r\n" + forged))) {
            component.setProxyHost("127.0.0.1");
            component.setProxyPort(liar.baseUrl().getPort());
            component.getConfiguration().setBaseUrl("https://api.example.com");
            context.start();

            assertThatThrownBy(() -> template.requestBody("twilio-usage:records", (Object) null)).rootCause()
                    .hasMessage("the proxy did not connect: it responded with HTTP "
                            + status.substring(0, 3));
            assertThat(liar.requests()).hasSize(5).containsOnly("CONNECT api.example.com:443 HTTP/1.1");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 65536 })
    void rejectsAnInvalidPort(int port) {
        component.setProxyHost("proxy.example.com");
        component.setProxyPort(port);

        assertThatThrownBy(context::start).rootCause()
                .hasMessage("proxyPort=" + port + " must be a whole number from 1 to 65535");
    }

    @Test
    void rejectsAHostWithoutAPort() {
        component.setProxyHost("proxy.example.com");

        assertThatThrownBy(context::start).rootCause()
                .hasMessage("proxyPort is missing: proxyHost=proxy.example.com needs a port");
    }

    private void assertTunnelled() throws IOException {
        component.setSslContextParameters(certificates.trusted());
        try (Relay twilio = Relay.tls(certificates.server("good"), simulator().baseUrl().getPort())) {
            component.getConfiguration().setBaseUrl("https://localhost:" + twilio.port());
            context.start();

            assertListed();
            assertThat(proxy.received()).startsWith("CONNECT localhost:" + twilio.port() + " HTTP/1.1\r\n")
                    .doesNotContain("Authorization", "Accounts");
            assertThat(twilio.received()).contains("Authorization: Basic ");
        }
    }

    private void assertListed() {
        List<?> usage = template.requestBody("twilio-usage:records", (Object) null, List.class);
        assertThat(usage).hasSize(2);
    }
}
