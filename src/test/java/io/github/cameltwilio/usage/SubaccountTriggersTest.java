package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.simulator.SentCallback;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The main account's credentials manage the triggers of its subaccounts. */
class SubaccountTriggersTest extends CallbacksTestSupport {
    private static final String ENSURE = "twilio-usage:triggers?action=ensure&usageCategory=sms&triggerValue=1"
            + "&recurring=daily&callbackUrl=";

    private String shop;
    private String office;

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).subaccount("Shop", LocalDate.parse("2026-01-01"))
                .subaccount("Office", LocalDate.parse("2026-01-01"));
    }

    @BeforeEach
    void nameSubaccounts() {
        shop = simulator().subaccountSids().get(0);
        office = simulator().subaccountSids().get(1);
    }

    @Test
    void ensuresATriggerInEachAccountByHeader() {
        options();
        context.start();
        for (int round = 0; round < 2; round++) {
            for (String account : List.of(simulator().accountSid(), shop, office)) {
                UsageTrigger trigger = template.requestBodyAndHeader(ENSURE + ADDRESS, null,
                        TwilioUsageConstants.PATH_ACCOUNT_SID, account, UsageTrigger.class);
                assertThat(trigger.accountSid()).isEqualTo(account);
            }
        }
        assertThat(simulator().requests()).filteredOn(request -> request.method().equals("POST")).hasSize(3);
        assertThat(triggers(simulator().accountSid())).hasSize(1);
        assertThat(triggers(shop)).hasSize(1);
    }

    @Test
    void managesTriggersOfTheAccountOfTheHeader() {
        options();
        context.start();
        Map<String, Object> ofShop = Map.of(TwilioUsageConstants.PATH_ACCOUNT_SID, shop);
        UsageTrigger trigger = template.requestBodyAndHeaders(ENSURE.replace("ensure", "create") + ADDRESS, null,
                ofShop, UsageTrigger.class);
        String sid = "&triggerSid=" + trigger.sid();

        template.requestBodyAndHeaders("twilio-usage:triggers?action=update&friendlyName=new" + sid, null, ofShop);
        assertThat(template.requestBodyAndHeaders("twilio-usage:triggers?action=fetch" + sid, null, ofShop,
                UsageTrigger.class).friendlyName()).isEqualTo("new");
        List<?> pruned = template.requestBodyAndHeaders("twilio-usage:triggers?action=prune", null, ofShop, List.class);
        assertThat(pruned).isEmpty();
        assertThat(triggers(office)).as("of the other account").isEmpty();
        template.requestBodyAndHeaders("twilio-usage:triggers?action=delete" + sid, null, ofShop);
        assertThat(triggers(shop)).isEmpty();
    }

    @Test
    void readsUsageOfTheAccountOfTheHeader() {
        options();
        context.start();
        List<?> records = template.requestBodyAndHeader("twilio-usage:records?subresource=yesterday&category=sms", null,
                TwilioUsageConstants.PATH_ACCOUNT_SID, office, List.class);

        assertThat(records).hasSize(1).allSatisfy(record -> {
            assertThat(((UsageRecord) record).accountSid()).isEqualTo(office);
            assertThat(((UsageRecord) record).usage())
                    .isEqualByComparingTo(simulator().usage(office, clock.today().minusDays(1), "sms").usage());
        });
    }

    @Test
    void pollsUsageAndFiringsOfTheAccountOfTheOption() throws Exception {
        MockEndpoint mock = consume("twilio-usage:records?subresource=daily&category=sms&startDate=yesterday"
                + "&endDate=yesterday&startScheduler=false&pathAccountSid=" + shop);
        poll();

        assertThat(usage(mock)).extracting(UsageRecord::accountSid).containsExactly(shop);
        assertThat(mock.getReceivedExchanges().get(0).getMessage().getHeader(TwilioUsageConstants.RECORD_KEY))
                .asString().startsWith(shop + "|");
    }

    @Test
    void routeRegistersTriggerOfASubaccountAndReceivesIt() throws Exception {
        options();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() throws Exception {
                serve(this, "platform-http");
                from("twilio-usage:callbacks?callbackUrl=http://127.0.0.1:" + port + "/fired&usageCategory=sms"
                        + "&triggerValue=100000000&recurring=daily&deleteOnStop=true&pathAccountSid=" + shop
                        + "&authTokens=" + shop + ":" + simulator().authToken(shop)).routeId("usage").to("mock:fired");
            }
        });
        context.start();
        simulator().correct(clock.today(), "sms", new BigDecimal("1000000000"));
        assertThat(simulator().callbacks()).as("the main account has no trigger").isEmpty();

        simulator().correct(shop, clock.today(), "sms", new BigDecimal("1000000000"));
        assertThat(simulator().callbacks()).extracting(SentCallback::status).containsExactly(200);
        assertThat(getMockEndpoint("mock:fired").getReceivedExchanges().get(0).getMessage()
                .getHeader(TwilioUsageConstants.ACCOUNT_SID))
                .isEqualTo(shop);
        context.getRouteController().stopRoute("usage");
        assertThat(triggers(shop)).isEmpty();
    }

    @Test
    void failsToStartWithoutTheTokenOfTheSubaccount() {
        assertThatThrownBy(() -> listen("platform-http", "&usageCategory=sms&triggerValue=1&pathAccountSid=" + shop))
                .hasMessageStartingWith("authTokens has no token for pathAccountSid");
        assertThat(simulator().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "../AC00", "AC" + "0" + "x", "AC0000000000000000000000000000000/" })
    void rejectsMalformedAccountWithoutQuotingIt(String sid) {
        options();
        context.start();
        assertThatThrownBy(() -> template.requestBodyAndHeader(ENSURE + ADDRESS, null,
                TwilioUsageConstants.PATH_ACCOUNT_SID, sid)).rootCause()
                .hasMessageStartingWith("CamelTwilioUsagePathAccountSid is not a valid account SID")
                .message().doesNotContain(sid);
        assertThat(simulator().requests()).isEmpty();
    }

    @Test
    void rejectsAccountTogetherWithSplitSubaccounts() {
        options();
        context.start();
        assertThatThrownBy(() -> template.requestBody("twilio-usage:records?splitSubaccounts=true&pathAccountSid="
                + shop, (Object) null)).rootCause()
                .hasMessage("pathAccountSid=" + shop + " cannot be combined with splitSubaccounts, which reads all"
                        + " accounts: remove one of them");
    }

    @Test
    void anApiKeyCannotReachSubaccounts() {
        TwilioUsageConfiguration options = options();
        options.setAuthToken(null);
        options.setApiKey(simulator().apiKey());
        options.setSecretKey(simulator().secretKey());
        context.start();
        assertThatThrownBy(() -> template.requestBodyAndHeader(ENSURE + ADDRESS, null,
                TwilioUsageConstants.PATH_ACCOUNT_SID, shop)).rootCause().hasMessageContaining("HTTP 401");
    }

    private List<?> triggers(String account) {
        return template.requestBodyAndHeader("twilio-usage:triggers", null, TwilioUsageConstants.PATH_ACCOUNT_SID,
                account, List.class);
    }
}
