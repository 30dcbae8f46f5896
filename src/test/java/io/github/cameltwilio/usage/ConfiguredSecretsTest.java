package io.github.cameltwilio.usage;

import java.util.Collection;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ConfiguredSecretsTest {
    private static final String MAIN = "AC" + "a".repeat(32);
    private static final String SUBACCOUNT = "AC" + "b".repeat(32);

    private final TwilioUsageConfiguration options = new TwilioUsageConfiguration();

    ConfiguredSecretsTest() {
        options.setAccountSid(MAIN);
    }

    @Test
    void keepsTokensOfEachAccountApart() {
        options.setAuthToken("first");
        options.setAuthTokens(" second ,, " + SUBACCOUNT + ":sub, " + SUBACCOUNT + ":next, first");
        CallbackSecrets secrets = ConfiguredSecrets.of(options);

        assertThat(secrets.authTokens(MAIN)).containsExactly("first", "second");
        assertThat(secrets.authTokens(SUBACCOUNT)).containsExactly("sub", "next");
        assertThat(secrets.authTokens("AC" + "c".repeat(32))).isEmpty();
        assertThat(secrets.sharedKey("SK1")).isNull();
    }

    @Test
    void readsSharedKeysWhoseSecretsHaveColons() {
        options.setSharedSecretKeys("SK1:a:b, SK2:c");
        CallbackSecrets secrets = ConfiguredSecrets.of(options);

        assertThat(secrets.sharedKey("SK1")).isEqualTo("a:b");
        assertThat(secrets.sharedKey("SK2")).isEqualTo("c");
        assertThat(secrets.sharedKey("a")).isNull();
        assertThat(secrets.authTokens(MAIN)).isEmpty();
    }

    @Test
    void addsSecretsOfTheBean() {
        options.setAuthToken("first");
        options.setSharedSecretKeys("SK1:configured");
        options.setCallbackSecrets(new CallbackSecrets() {
            @Override
            public Collection<String> authTokens(String accountSid) {
                return List.of("of " + accountSid);
            }

            @Override
            public String sharedKey(String key) {
                return "of " + key;
            }
        });
        CallbackSecrets secrets = ConfiguredSecrets.of(options);

        assertThat(secrets.authTokens(MAIN)).containsExactly("first", "of " + MAIN);
        assertThat(secrets.sharedKey("SK1")).isEqualTo("configured");
        assertThat(secrets.sharedKey("SK2")).isEqualTo("of SK2");
    }

    @ParameterizedTest
    @ValueSource(strings = { "AC1:secret", ":secret", "secret:", "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:" })
    void rejectsMalformedTokenWithoutQuotingIt(String entry) {
        options.setAuthTokens("fine," + entry);

        assertThatThrownBy(() -> ConfiguredSecrets.of(options))
                .hasMessage("authTokens has an invalid entry: write <accountSid>:<authToken> for the token of another"
                        + " account");
    }

    @ParameterizedTest
    @ValueSource(strings = { "secret", ":secret", "SK1:" })
    void rejectsMalformedSharedKeyWithoutQuotingIt(String entry) {
        options.setSharedSecretKeys("SK1:fine," + entry);

        assertThatThrownBy(() -> ConfiguredSecrets.of(options))
                .hasMessage("sharedSecretKeys has an invalid entry: write <key>:<secret>");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = { "''|", "' '| ' , '", "|" })
    void rejectsNothingToVerifyWith(String authToken, String authTokens) {
        options.setAuthToken(authToken);
        options.setAuthTokens(authTokens);
        assertThatThrownBy(() -> ConfiguredSecrets.of(options)).hasMessageStartingWith("authTokens is missing");

        options.setValidateSignature(false);
        assertThat(ConfiguredSecrets.of(options).authTokens(MAIN)).isEmpty();
    }

    @Test
    void requiresTheTokenOfTheWatchedSubaccount() {
        options.setAuthToken("main");
        options.setPathAccountSid(SUBACCOUNT);
        assertThatThrownBy(() -> ConfiguredSecrets.of(options))
                .hasMessageStartingWith("authTokens has no token for pathAccountSid");

        options.setAuthTokens(SUBACCOUNT + ":sub");
        assertThat(ConfiguredSecrets.of(options).authTokens(SUBACCOUNT)).containsExactly("sub");
        options.setAuthTokens(null);
        options.setSharedSecretKeys("SK1:shared");
        assertThat(ConfiguredSecrets.of(options).sharedKey("SK1")).isEqualTo("shared");
        options.setSharedSecretKeys(null);
        options.setCallbackSecrets(account -> List.of("looked up"));
        assertThat(ConfiguredSecrets.of(options).authTokens(SUBACCOUNT)).containsExactly("looked up");
    }

    @Test
    void printsNoSecret() {
        options.setAuthToken("secret");
        options.setSharedSecretKeys("SK1:secret");

        assertThat(ConfiguredSecrets.of(options)).hasToString("secrets of [" + MAIN + "] and [SK1]");
    }
}
