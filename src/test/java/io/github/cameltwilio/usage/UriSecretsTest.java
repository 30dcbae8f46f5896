package io.github.cameltwilio.usage;

import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.apache.camel.Endpoint;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class UriSecretsTest extends TwilioUsageTestSupport {

    @BeforeEach
    void setTokensInUrisOnly() {
        options().setAuthToken(null);
        context.start();
    }

    @ParameterizedTest
    @ValueSource(strings = { "authToken=RAW(hush&hush)&category=sms,calls", "category=sms,calls&authToken=hush",
            "authToken=RAW{hush(}&category=sms,calls" })
    void replacesSecretInEndpointUri(String parameters) {
        assertThat(context.getEndpoint("twilio-usage:records?" + parameters).getEndpointUri())
                .isEqualTo("twilio-usage://records?authToken=xxxxxx1&category=sms%2Ccalls");
    }

    @Test
    void replacesCallbackUrlWhichMayContainPassword() {
        String uri = "twilio-usage:triggers?action=create&authToken=hush&usageCategory=sms&triggerValue=9&callbackUrl=";
        Endpoint endpoint = context.getEndpoint(uri + "RAW(https://user:(pass)@example.com/?a=b&c)");
        TwilioUsageEndpoint found = context.getEndpoint(endpoint.getEndpointUri(), TwilioUsageEndpoint.class);

        assertThat(endpoint.getEndpointUri()).contains("callbackUrl=xxxxxx2").doesNotContain("pass");
        assertThat(found.getConfiguration().getCallbackUrl()).isEqualTo("https://user:(pass)@example.com/?a=b&c");
    }

    @Test
    void keepsReference() {
        context.getRegistry().bind("token", "hush");

        assertThat(context.getEndpoint("twilio-usage:records?authToken=#bean:token").getEndpointUri())
                .isEqualTo("twilio-usage://records?authToken=%23bean:token");
    }

    @Test
    void authenticatesWithSecretOfReplacedUri() {
        Endpoint endpoint = context.getEndpoint("twilio-usage:records?authToken=RAW(" + simulator().authToken() + ")");
        Endpoint found = context.getEndpoint(endpoint.getEndpointUri());

        assertThat(found).isEqualTo(endpoint);
        List<?> usage = template.requestBody(found.getEndpointUri(), (Object) null, List.class);
        assertThat(usage).isNotEmpty();
    }

    @Test
    void distinguishesEndpointsBySecret() {
        Endpoint one = context.getEndpoint("twilio-usage:records?authToken=one");

        assertThat(context.getEndpoint("twilio-usage:records?authToken=other")).isNotEqualTo(one);
        assertThat(context.getEndpoint("twilio-usage:records?authToken=RAW(one)")).isEqualTo(one);
    }

    @ParameterizedTest
    @ValueSource(strings = { "xxxxxx", "xxxxxx0", "xxxxxx2", "xxxxxx99999999999" })
    void replacesSecretThatLooksLikePlaceholder(String secret) {
        TwilioUsageEndpoint endpoint = context.getEndpoint("twilio-usage:records?authToken=" + secret,
                TwilioUsageEndpoint.class);

        assertThat(endpoint.getConfiguration().getAuthToken()).isEqualTo(secret);
        assertThat(endpoint.getEndpointUri()).endsWith("authToken=xxxxxx1");
    }

    @Test
    void keepsThousandMostRecentSecrets() {
        UriSecrets secrets = new UriSecrets();
        String first = hidden(secrets, "first");
        String second = hidden(secrets, "second");
        IntStream.range(0, 998).forEach(next -> hidden(secrets, "next" + next));
        assertThat(hidden(secrets, "first")).isEqualTo(first);
        String last = hidden(secrets, "last");

        assertThat(revealed(secrets, first)).isEqualTo("first");
        assertThat(revealed(secrets, last)).isEqualTo("last");
        assertThat(revealed(secrets, second)).isEqualTo(second);
        assertThat(hidden(secrets, "second")).isNotIn(first, second, last);
    }

    private static String hidden(UriSecrets secrets, String secret) {
        try {
            return secrets.hide("twilio-usage://records?authToken=" + secret, Map.of("authToken", secret))
                    .replace("twilio-usage://records?authToken=", "");
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Object revealed(UriSecrets secrets, String name) {
        Map<String, Object> options = new HashMap<>(Map.of("authToken", name));
        secrets.reveal(options);
        return options.get("authToken");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = { "authToken | RAW(hu)sh)", "authToken | RAW{hu}sh}", "authTokens | RAW{hu&sh}",
            "clientSecret | RAW(hush))" })
    void rejectsSecretThatCamelWouldNotMask(String option, String value) {
        assertThatThrownBy(() -> context.getEndpoint("twilio-usage:records?" + option + "=" + value)).rootCause()
                .hasMessage(option
                        + " in RAW contains a character at which Camel's mask ends, so that Camel would print the rest:"
                        + " set it on the component, or refer to a bean with " + option + "=#bean:name");
    }
}
