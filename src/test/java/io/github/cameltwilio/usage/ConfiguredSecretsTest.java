package io.github.cameltwilio.usage;

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
        CallbackSecrets secrets = secrets();

        assertThat(secrets.authTokens(MAIN)).containsExactly("first", "second");
        assertThat(secrets.authTokens(SUBACCOUNT)).containsExactly("sub", "next");
        assertThat(secrets.authTokens("AC" + "c".repeat(32))).isEmpty();
        assertThat(secrets.sharedKey(MAIN, "SK1")).isNull();
    }

    @Test
    void readsSharedKeysWhoseSecretsHaveColons() {
        options.setSharedSecretKeys("SK1:a:b, SK2:c");
        CallbackSecrets secrets = secrets();

        assertThat(secrets.sharedKey(MAIN, "SK1")).isEqualTo("a:b");
        assertThat(secrets.sharedKey(MAIN, "SK2")).isEqualTo("c");
        assertThat(secrets.sharedKey(MAIN, "a")).isNull();
        assertThat(secrets.authTokens(MAIN)).isEmpty();
    }

    @Test
    void keepsSharedKeysOfEachAccountApart() {
        options.setSharedSecretKeys("SK1:main," + SUBACCOUNT + ":SK1:sub:1," + SUBACCOUNT + ":SK2:next");
        CallbackSecrets secrets = secrets();

        assertThat(secrets.sharedKey(MAIN, "SK1")).isEqualTo("main");
        assertThat(secrets.sharedKey(SUBACCOUNT, "SK1")).isEqualTo("sub:1");
        assertThat(secrets.sharedKey(SUBACCOUNT, "SK2")).isEqualTo("next");
        assertThat(secrets.sharedKey(MAIN, "SK2")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = { "AC1:secret", ":secret", "secret:", "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:" })
    void rejectsMalformedTokenWithoutQuotingIt(String entry) {
        options.setAuthTokens("fine," + entry);

        assertThatThrownBy(this::secrets)
                .hasMessage("authTokens has an invalid entry: write <accountSid>:<authToken> for the token of another"
                        + " account");
    }

    @ParameterizedTest
    @ValueSource(strings = { "secret", ":secret", "SK1:" })
    void rejectsMalformedSharedKeyWithoutQuotingIt(String entry) {
        options.setSharedSecretKeys("SK1:fine," + entry);

        assertThatThrownBy(this::secrets)
                .hasMessage("sharedSecretKeys has an invalid entry: write <key>:<secret>, or"
                        + " <accountSid>:<key>:<secret> for a key of another account");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = { "''|", "' '| ' , '", "|" })
    void rejectsNothingToVerifyWith(String authToken, String authTokens) {
        options.setAuthToken(authToken);
        options.setAuthTokens(authTokens);
        assertThatThrownBy(this::secrets).hasMessageStartingWith("authTokens is missing");

        options.setValidateSignature(false);
        assertThat(secrets().authTokens(MAIN)).isEmpty();
    }

    @Test
    void requiresTheTokenOfTheWatchedSubaccount() {
        options.setAuthToken("main");
        options.setPathAccountSid(SUBACCOUNT);
        assertThatThrownBy(this::secrets)
                .hasMessageStartingWith("authTokens has no token for pathAccountSid");

        options.setAuthTokens(SUBACCOUNT + ":sub");
        assertThat(secrets().authTokens(SUBACCOUNT)).containsExactly("sub");
        options.setAuthTokens(null);
        options.setSharedSecretKeys("SK1:shared");
        assertThatThrownBy(this::secrets).as("a key of the main account").hasMessageStartingWith("authTokens has no");
        options.setSharedSecretKeys(SUBACCOUNT + ":SK1:shared");
        assertThat(secrets().sharedKey(SUBACCOUNT, "SK1")).isEqualTo("shared");
        options.setSharedSecretKeys(null);
        options.setCallbackSecrets(account -> List.of("looked up"));
        assertThat(secrets().authTokens(SUBACCOUNT)).as("the bean may have it").isEmpty();
    }

    @Test
    void requiresTokenOfTheAccountWhoseTriggerIsRegistered() {
        options.setAuthTokens(SUBACCOUNT + ":sub");
        assertThat(secrets().authTokens(SUBACCOUNT)).as("receives the callbacks of others").containsExactly("sub");
        assertThatThrownBy(() -> ConfiguredSecrets.of(options, true))
                .hasMessageStartingWith("authTokens has no token for accountSid, whose trigger this route registers");

        options.setAuthTokens("main");
        assertThat(ConfiguredSecrets.of(options, true).authTokens(MAIN)).containsExactly("main");
    }

    @Test
    void printsNoSecret() {
        options.setAuthToken("secret");
        options.setSharedSecretKeys("SK1:secret");

        assertThat(secrets()).hasToString("secrets of [" + MAIN + "] and [AccountKey[accountSid="
                + MAIN + ", key=SK1]]");
    }

    private CallbackSecrets secrets() {
        return ConfiguredSecrets.of(options, false);
    }
}
