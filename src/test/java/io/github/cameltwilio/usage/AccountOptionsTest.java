package io.github.cameltwilio.usage;

import io.github.cameltwilio.usage.client.Credentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class AccountOptionsTest {

    @ParameterizedTest
    @CsvSource({ ",,https://api.twilio.com", "ie1,,https://api.ie1.twilio.com",
            ",sydney,https://api.sydney.us1.twilio.com",
            "au1,sydney,https://api.sydney.au1.twilio.com" })
    void derivesHostFromRegionAndEdge(String region, String edge, String url) {
        TwilioUsageConfiguration options = new TwilioUsageConfiguration();
        options.setRegion(region);
        options.setEdge(edge);

        assertThat(AccountOptions.baseUrl(options)).hasToString(url);
    }

    @ParameterizedTest
    @CsvSource({ "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:1", "https://proxy.example.com:8443" })
    void acceptsBaseUrlThatIsEncryptedOrLocal(String url) {
        TwilioUsageConfiguration options = new TwilioUsageConfiguration();
        options.setBaseUrl(url);

        assertThat(AccountOptions.baseUrl(options)).hasToString(url);
    }

    @Test
    void omitsSecretsFromToString() {
        assertThat(new Credentials("AC1", "SK1", "hush")).hasToString("Credentials[AC1]");
    }
}
