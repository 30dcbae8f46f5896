package io.github.cameltwilio.usage;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.github.cameltwilio.usage.client.Subresource;
import org.apache.camel.main.Main;
import org.apache.camel.support.PropertyBindingSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Invalid options are rejected when the endpoint is created: by name, with a remedy, before any request. */
class OptionsTest extends TwilioUsageTestSupport {
    private static final String WAYS = "set accountSid with authToken, with apiKey and secretKey, or with clientId and"
            + " clientSecret";

    private TwilioUsageConfiguration options;

    @BeforeEach
    void useSimulator() {
        options = options();
        context.start();
    }

    @AfterEach
    void sentNoRequest() {
        assertThat(simulator().requests()).isEmpty();
    }

    @Test
    void rejectsMissingCredentials() {
        rejectsWith(it -> {
            it.setAccountSid(null);
            it.setAuthToken(null);
        }, "there are no credentials: " + WAYS + ", on the endpoint or the component");
    }

    @Test
    void rejectsAccountWithoutCredentials() {
        rejectsWith(it -> it.setAuthToken(null), "accountSid needs credentials: " + WAYS);
    }

    @Test
    void rejectsCredentialsWithoutAccount() {
        rejectsWith(it -> it.setAccountSid(null), "accountSid is missing: " + WAYS);
    }

    @Test
    void rejectsHalfAPairOfCredentials() {
        rejectsWith(it -> {
            it.setAuthToken(null);
            it.setApiKey("SK1");
        }, "apiKey needs secretKey: " + WAYS);
        rejectsWith(it -> {
            it.setApiKey(null);
            it.setSecretKey("hush");
        }, "secretKey needs apiKey: " + WAYS);
        rejectsWith(it -> {
            it.setSecretKey(null);
            it.setClientId("OQ1");
        }, "clientId needs clientSecret: " + WAYS);
        rejectsWith(it -> {
            it.setClientId(null);
            it.setClientSecret("hush");
        }, "clientSecret needs clientId: " + WAYS);
    }

    @Test
    void rejectsTwoKindsOfCredentials() {
        rejectsWith(it -> it.setClientSecret("hush"),
                "authToken and clientSecret cannot be combined: " + WAYS);
        rejectsWith(it -> {
            it.setApiKey("SK1");
            it.setSecretKey("hush");
        }, "authToken and apiKey cannot be combined: " + WAYS);
        rejectsWith(it -> {
            it.setAuthToken(null);
            it.setClientId("OQ1");
        }, "apiKey and clientId cannot be combined: " + WAYS);
    }

    @ParameterizedTest
    @ValueSource(strings = { "AC123", "SK00000000000000000000000000000000", "AC../../Accounts/0000000000000000000",
            "AC0000000000000000000000000000000０", "AC00000000000000000000000000000000\n" })
    void rejectsMalformedAccountSidWithoutQuotingIt(String sid) {
        rejectsWith(it -> it.setAccountSid(sid), "accountSid is not a valid account SID (expected AC followed"
                + " by 32 hexadecimal digits, as shown in Twilio's console)");
    }

    @Test
    void rejectsUnknownResource() {
        rejects("twilio-usage:recods", "resource=recods is not one of: records, triggers, accounts, callbacks");
    }

    @Test
    void rejectsUnknownSubresource() {
        rejects("twilio-usage:records?subresource=hourly",
                "subresource=hourly is not one of: none, daily, monthly,"
                        + " yearly, allTime, today, yesterday, thisMonth, lastMonth");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "triggers?splitSubaccounts=true | splitSubaccounts applies to records only: remove it",
            "triggers?category=sms | category applies to records only: remove it",
            "triggers?Rollup=leaf | Rollup applies to records only: remove it",
            "records?usageCategory=sms | usageCategory applies to triggers and callbacks only: remove it",
            "records?triggerSid=UT1 | triggerSid applies to triggers only: remove it",
            "records?authTokens=hush | authTokens applies to callbacks only: remove it",
            "accounts?stateFile=a.state | stateFile applies to records and triggers only: remove it",
            "callbacks?startDate=today | startDate applies to records and triggers only: remove it",
            "records?accounts=AC00000000000000000000000000000001 | accounts needs splitSubaccounts=true: without it,"
                    + " accounts are not read separately",
            "records?accountDetails=true | accountDetails needs splitSubaccounts=true",
            "records?shard=1/2 | shard needs splitSubaccounts=true",
            "records?splitSubaccounts=true&shard=3/2 | shard=3/2 must be the number of a shard and the number of all",
            "records?splitSubaccounts=true&shard= | shard= must be the number of a shard and the number of all",
            "records?splitSubaccounts=true&accounts=AC1 | accounts is not a valid account SID",
            "records?splitSubaccounts=true&accounts=AC00000000000000000000000000000001&excludeAccounts="
                    + "AC00000000000000000000000000000002 | accounts and excludeAccounts cannot be combined",
            "records?subresource=lastMonth&startDate=2026-03-01 | subresource=lastMonth is the period itself and cannot"
                    + " be combined with startDate or endDate: remove them",
            "records?subresource=today&endDate=today | subresource=today is the period itself" })
    void rejectsOptionsThatCannotMatter(String uri, String problem) {
        assertThatThrownBy(() -> context.getEndpoint("twilio-usage:" + uri)).hasStackTraceContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "triggers?triggerValue=9 | triggerValue cannot select the triggers of a consumer, which delivers every"
                    + " firing: remove it",
            "triggers?friendlyName=spend | friendlyName cannot select the triggers of a consumer",
            "records?outputType=list | outputType applies to producers only: remove it" })
    void rejectsOptionsThatCannotMatterToAConsumer(String uri, String problem) {
        assertThatThrownBy(() -> context.getEndpoint("twilio-usage:" + uri).createConsumer(exchange -> {}))
                .hasStackTraceContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = { "stateFile=a.state", "skipEmpty=true", "lookback=1d", "splitResult=false" })
    void rejectsOptionsOfAConsumerOnAProducer(String option) {
        TwilioUsageEndpoint endpoint = context.getEndpoint("twilio-usage:records?" + option, TwilioUsageEndpoint.class);
        for (ThrowingCallable creation : List.<ThrowingCallable>of(endpoint::createProducer,
                endpoint::createPollingConsumer)) {
            assertThatThrownBy(creation).hasStackTraceContaining(option.split("=")[0] + " applies to consumers only");
        }
    }

    @Test
    void ignoresDefaultsOfTheComponentForOtherResources() {
        options.setTriggerValue("many");
        context.getEndpoint("twilio-usage:records");
        options.setTriggerValue("9");
        options.setParallelRequests(0);
        context.getEndpoint("twilio-usage:triggers");
        options.setParallelRequests(1);
        options.setSplitSubaccounts(true);
        options.setStateFile("a.state");
        assertThatCode(() -> {
            context.getEndpoint("twilio-usage:triggers").createConsumer(exchange -> {});
            context.getEndpoint("twilio-usage:records").createProducer();
        }).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({ "accounts,create", "records,ensure", "records,lst" })
    void rejectsActionThatTheResourceLacks(String resource, String action) {
        rejects("twilio-usage:" + resource + "?action=" + action,
                "action=" + action + " is not supported by " + resource
                        + ", which supports: list");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = { "records?outputType=array | list, stream",
            "records?rollup=sum | all, total, leaf", "triggers?recurring=hourly | alltime, daily, monthly, yearly",
            "triggers?triggerBy=cost | count, usage, price", "triggers?callbackMethod=PUT | POST, GET",
            "triggers?onDifference=ignore | fail, replace", "records?exchangePattern=In | InOnly, InOut" })
    void rejectsUnknownValueOfEnumOption(String uri, String values) {
        rejects("twilio-usage:" + uri, uri.substring(uri.indexOf('?') + 1) + " is not one of: " + values);
    }

    @ParameterizedTest
    @CsvSource({ "lookback,-3d", "lookback,abc", "lookback,1.5d", "lookback,2 days", "lookback,-P3D", "delay,abc",
            "delay,-5s", "initialDelay,5x", "callbackMaxAge,1w", "callbackMaxAge,3D" })
    void rejectsMalformedDuration(String option, String value) {
        rejects("twilio-usage:triggers?" + option + "=" + value.replace(" ", "%20"),
                option + "=" + value + " must be a duration, for example 15m or 1h30m");
    }

    @ParameterizedTest
    @CsvSource({ "lookback,abc", "lookback,-3d", "callbackMaxAge,abc", "callbackMaxAge,-1h", "connectTimeout,abc",
            "responseTimeout,3x", "CallbackMaxAge,abc" })
    void rejectsMalformedDurationOfComponent(String option, String value) {
        TwilioUsageComponent component = context.getComponent("twilio-usage", TwilioUsageComponent.class);
        // As Camel Main and Spring Boot do.
        assertThatThrownBy(() -> PropertyBindingSupport.build()
                .withConfigurer(component.getComponentPropertyConfigurer())
                .bind(context, component, new HashMap<>(Map.of(option, value))))
                .hasRootCauseMessage(option + "=" + value + " must be a duration, for example 15m or 1h30m");
    }

    @ParameterizedTest
    @CsvSource({ "lookback,abc,lookback=abc must be a duration",
            "callback-max-age,-3d,callbackMaxAge=-3d must be a duration",
            "responseTimeout,abc,responseTimeout=abc must be a duration",
            "configuration.lookback,-3d,lookback=-3d must be a duration",
            "lookback,12h,lookback=12h must be a number of whole days", "rollup,sum,rollup=sum is not one of: all" })
    void rejectsMalformedPropertyOfCamelMain(String property, String value, String message) {
        Main main = new Main();
        main.addInitialProperty("camel.component.twilio-usage." + property, value);
        try {
            assertThatThrownBy(main::start).hasStackTraceContaining(message);
        } finally {
            main.stop();
        }
    }

    @ParameterizedTest
    @CsvSource({ "lookback,abc", "lookback,-3d", "deepLookback,60x", "deep-lookback,-60d", "callbackMaxAge,abc",
            "callbackMaxAge,-PT1H" })
    void rejectsMalformedDurationOfABean(String option, String value) {
        Main main = new Main();
        main.addInitialProperty("camel.beans.usage", "#class:" + TwilioUsageConfiguration.class.getName());
        main.addInitialProperty("camel.beans.usage." + option, value);
        try {
            assertThatThrownBy(main::start).hasStackTraceContaining(
                    option.replace("deep-l", "deepL") + "=" + value + " must be a duration, for example 15m or 1h30m");
        } finally {
            main.stop();
        }
    }

    @Test
    void readsDurationsOfABean() {
        TwilioUsageConfiguration bean = new TwilioUsageConfiguration();
        context.getRegistry().bind("minutes", Duration.ofMinutes(2));
        PropertyBindingSupport.bindProperties(context, bean,
                new HashMap<>(Map.of("lookback", "2d", "deepLookback", "P60D", "callbackMaxAge", "#bean:minutes")));

        assertThat(bean.getLookback()).isEqualTo(Duration.ofDays(2));
        assertThat(bean.getDeepLookback()).isEqualTo(Duration.ofDays(60));
        assertThat(bean.getCallbackMaxAge()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void rejectsNegativeDurationSetByJava() {
        var component = context.getComponent("twilio-usage", TwilioUsageComponent.class);
        var endpoint = context.getEndpoint("twilio-usage:records", TwilioUsageEndpoint.class);
        Duration hour = Duration.ofHours(-1);
        Map.<String, ThrowingCallable>of("lookback=-1h", () -> options.setLookback(hour),
                "deepLookback=-1h", () -> options.setDeepLookback(hour),
                "callbackMaxAge=-1h", () -> options.setCallbackMaxAge(hour),
                "connectTimeout=-1h", () -> component.setConnectTimeout(hour),
                "responseTimeout=-1h", () -> component.setResponseTimeout(hour),
                "delay=-5", () -> endpoint.setDelay(-5),
                "initialDelay=-5", () -> endpoint.setInitialDelay(-5))
                .forEach((option, setter) -> assertThatThrownBy(setter).isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(option + " must be a duration, for example 15m or 1h30m"));
    }

    @Test
    void readsDurationsOfComponent() {
        TwilioUsageComponent component = context.getComponent("twilio-usage", TwilioUsageComponent.class);
        context.getRegistry().bind("minutes", Duration.ofMinutes(2));
        PropertyBindingSupport.bindProperties(context, component, new HashMap<>(Map.of("lookback", "2d",
                "callback-max-age", "1h30m", "responseTimeout", "#bean:minutes", "subresource", "DAILY")));

        assertThat(component.getConfiguration().getLookback()).isEqualTo(Duration.ofDays(2));
        assertThat(component.getConfiguration().getCallbackMaxAge()).isEqualTo(Duration.ofMinutes(90));
        assertThat(component.getResponseTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(component.getConfiguration().getSubresource()).isEqualTo(Subresource.daily);
    }

    @ParameterizedTest
    @CsvSource({ "72h,PT72H", "1d24h,PT48H", "86400000,PT24H", "PT48H,PT48H", "0,PT0S" })
    void readsDurationsAsCamelDoes(String text, Duration duration) {
        var endpoint = context.getEndpoint("twilio-usage:records?delay=1m30s&initialDelay=5s&lookback=" + text,
                TwilioUsageEndpoint.class);

        assertThat(endpoint.getConfiguration().getLookback()).isEqualTo(duration);
        assertThat(endpoint.getDelay()).isEqualTo(90_000);
        assertThat(endpoint.getInitialDelay()).isEqualTo(5_000);
    }

    @Test
    void resolvesReferencesToEnumsAndDurations() {
        context.getRegistry().bind("list", Subresource.daily);
        context.getRegistry().bind("days", Duration.ofDays(2));

        var options = context.getEndpoint("twilio-usage:records?subresource=#bean:list&lookback=#bean:days",
                TwilioUsageEndpoint.class).getConfiguration();

        assertThat(options.getSubresource()).isEqualTo(Subresource.daily);
        assertThat(options.getLookback()).isEqualTo(Duration.ofDays(2));
    }

    @ParameterizedTest
    @ValueSource(strings = { "31.01.2026", "2026-02-30", "-30hours", "now", "-9999999days" })
    void rejectsMalformedDate(String date) {
        rejects("twilio-usage:records?startDate=" + date, "startDate=" + date + " must be a date (2026-01-31), an"
                + " offset (-30days), today or yesterday");
    }

    @Test
    void rejectsEndBeforeStart() {
        rejects("twilio-usage:records?startDate=today&endDate=-1days", "endDate=-1days is before startDate=today"
                + " (2026-03-14 is before 2026-03-15): swap the two");
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 5000, -1 })
    void rejectsPageSizeOutOfRange(int size) {
        rejects("twilio-usage:records?pageSize=" + size, "pageSize=" + size + " must be a whole number from 1 to 1000");
    }

    @ParameterizedTest
    @ValueSource(strings = { "sms;calls", "sms,,calls", "../Accounts" })
    void rejectsMalformedCategory(String category) {
        rejects("twilio-usage:records?category=" + category, "category=" + category
                + " must be category names separated by commas, for example sms,calls-inbound; leave it out to read all"
                + " categories");
    }

    @Test
    void rejectsLookbackThatIsNotWholeDays() {
        rejects("twilio-usage:records?lookback=12h", "lookback=12h must be a number of whole days, for example 3d");
        rejects("twilio-usage:records?lookback=99999999999d", "lookback=99999999999d must be at most 36500d");
        rejects("twilio-usage:triggers?lookback=1d12h",
                "lookback=1d12h must be a number of whole days, for example 3d");
    }

    @ParameterizedTest
    @CsvSource({ "http://api.twilio.com", "https://user:word@api.twilio.com", "https://api.twilio.com/2010-04-01",
            "https://api.twilio.com?x=y", "ftp://localhost", "localhost:8080", "http://localhost.example.com" })
    void rejectsBaseUrlThatWouldExposeCredentials(String url) {
        rejectsWith(it -> it.setBaseUrl(url), "baseUrl must be https://host:port and nothing else; plain http is"
                + " allowed for localhost only");
    }

    @Test
    void rejectsMalformedRegion() {
        rejectsWith(it -> {
            it.setBaseUrl(null);
            it.setRegion("ie1.example.com/");
        }, "region=ie1.example.com/ is not a valid name, for example ie1 or dublin");
    }

    @Test
    void readsEnumValuesInAnyCase() {
        assertThatCode(() -> context.getEndpoint("twilio-usage:records?subresource=ALLTIME&outputType=Stream"))
                .doesNotThrowAnyException();
    }

    private void rejectsWith(Consumer<TwilioUsageConfiguration> change, String message) {
        change.accept(options);
        rejects("twilio-usage:records", message);
    }

    private void rejects(String uri, String message) {
        assertThatThrownBy(() -> context.getEndpoint(uri)).hasRootCauseMessage(message);
    }
}
