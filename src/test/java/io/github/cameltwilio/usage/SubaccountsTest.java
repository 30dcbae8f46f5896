package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.component.mock.MockEndpoint;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SubaccountsTest extends TwilioUsageTestSupport {
    private static final String SPLIT = "twilio-usage:records?subresource=daily&category=sms&splitSubaccounts=true&startScheduler=false&endDate=yesterday";
    private static final LocalDate YESTERDAY = LocalDate.parse("2026-03-14");

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).subaccount("old", LocalDate.parse("2026-02-01"))
                .subaccount("young", LocalDate.parse("2026-03-13"));
    }

    @Test
    void theAccountsAreListedWithoutTheirTokens() {
        options();
        context.start();
        List<?> accounts = template.requestBody("twilio-usage:accounts?pageSize=2", null, List.class);

        assertThat(accounts).hasSize(3).hasOnlyElementsOfType(Account.class);
        Account young = (Account) accounts.get(0);
        assertThat(young.sid()).isEqualTo(simulator().subaccountSids().get(1));
        assertThat(young.friendlyName()).isEqualTo("young");
        assertThat(young.status()).isEqualTo("active");
        assertThat(young.ownerAccountSid()).isEqualTo(simulator().accountSid());
        assertThat(young.firstDay()).isEqualTo("2026-03-13");
        for (Object account : accounts) {
            assertThat(account.toString() + context.getTypeConverter().convertTo(String.class, account))
                    .contains(((Account) account).sid()).doesNotContainIgnoringCase("token");
        }
    }

    @Test
    void accountsAreAskedNotConsumed() {
        assertThatThrownBy(() -> consume("twilio-usage:accounts")).hasStackTraceContaining("has no consumer");
    }

    @Test
    void aSplitListHoldsEachUsageOnceUnderItsAccount() {
        options();
        context.start();
        List<?> split = template.requestBody("twilio-usage:records?subresource=daily&category=sms&splitSubaccounts=true"
                + "&startDate=2026-03-01&endDate=yesterday", null, List.class);
        List<?> folded = template.requestBody("twilio-usage:records?subresource=daily&category=sms"
                + "&startDate=2026-03-01&endDate=yesterday", null, List.class);

        assertThat(split).hasSize(14 + 14 + 2);
        assertThat(sum(split)).isEqualByComparingTo(sum(folded));
        assertThat(queries().stream().filter(query -> query.contains("IncludeSubaccounts=false"))).hasSize(3);
    }

    @Test
    void aSplitListIsNeverShort() {
        options();
        context.start();
        simulator().fail(Fault.notFound().onAccount(simulator().subaccountSids().get(0)));

        assertThatThrownBy(() -> template.requestBody(SPLIT.replace("&startScheduler=false", ""), (Object) null))
                .cause().isInstanceOf(TwilioApiException.class);
    }

    @Test
    void aSplitConsumerSaysWhoseEachRecordIs() throws Exception {
        MockEndpoint mock = consume(SPLIT);
        assertThat(poll()).isEqualTo(4 + 4 + 2);
        assertThat(poll()).isZero();

        assertThat(mock.getReceivedExchanges()).allSatisfy(one -> {
            String account = one.getMessage().getHeader(TwilioUsageConstants.ACCOUNT_SID, String.class);
            assertThat(account).isEqualTo(usage(one).accountSid());
            assertThat(one.getMessage().getHeader(TwilioUsageConstants.RECORD_KEY, String.class))
                    .startsWith(account + "|own|daily|");
            assertThat(usage(one).price()).isEqualByComparingTo(
                    simulator().usage(account, usage(one).startDate(), "sms").price());
        });
    }

    @Test
    void noWindowBeginsBeforeItsAccount() throws Exception {
        consume(SPLIT + "&startDate=2026-01-15");
        poll();

        assertThat(simulator().requests())
                .filteredOn(request -> request.path().contains(simulator().subaccountSids().get(1)))
                .extracting(request -> request.parameters().get("StartDate")).containsExactly("2026-03-13");
        assertThat(simulator().requests())
                .filteredOn(request -> request.path().contains(simulator().subaccountSids().get(0)))
                .first().extracting(request -> request.parameters().get("StartDate")).isEqualTo("2026-02-01");
    }

    @Test
    void aCorrectionInOneAccountIsDeliveredForThatAccount() throws Exception {
        MockEndpoint mock = consume(SPLIT);
        poll();
        mock.reset();
        String old = simulator().subaccountSids().get(0);
        simulator().correct(old, YESTERDAY, "sms", new BigDecimal("2"));

        assertThat(poll()).isEqualTo(1);
        assertThat(mock.getReceivedExchanges().get(0).getMessage().getHeaders())
                .containsEntry(TwilioUsageConstants.ACCOUNT_SID, old).containsEntry(TwilioUsageConstants.UPDATE, true);
    }

    @Test
    void anAccountThatFailsHoldsUpNobodyAndMissesNoDay() throws Exception {
        MockEndpoint mock = consume(SPLIT);
        poll();
        mock.reset();
        String failing = simulator().subaccountSids().get(0);
        for (int failed = 0; failed < 3; failed++) {
            clock.advance(Duration.ofDays(5));
            simulator().fail(Fault.notFound().onAccount(failing));
            assertThat(poll()).isEqualTo(10);
        }
        assertThat(usage(mock)).extracting(UsageRecord::accountSid).doesNotContain(failing);

        assertThat(poll()).isEqualTo(15);
        assertThat(usage(mock).subList(30, 45)).extracting(UsageRecord::accountSid).containsOnly(failing);
    }

    @Test
    void aPollFailsWhenNoAccountCanBeRead() throws Exception {
        consume(SPLIT);
        poll();
        simulator().fail(Fault.notFound().onAccount(simulator().accountSid()));
        simulator().subaccountSids().forEach(sid -> simulator().fail(Fault.notFound().onAccount(sid)));

        assertThatThrownBy(this::poll).isInstanceOf(TwilioApiException.class);
        assertThat(poll()).isZero();
    }

    @Test
    void whatOneAccountHasInFlightHoldsUpNoOther() throws Exception {
        MockEndpoint mock = consume(SPLIT);
        // Read before the older one.
        String failing = simulator().subaccountSids().get(1);
        mock.whenAnyExchangeReceived(exchange -> {
            if (usage(exchange).accountSid().equals(failing)) {
                throw new IllegalStateException("no room for this account");
            }
        });
        poll();
        clock.advance(Duration.ofDays(20));
        poll();
        simulator().clearRequests();
        poll();

        for (String other : List.of(simulator().accountSid(), simulator().subaccountSids().get(0))) {
            assertThat(simulator().requests()).filteredOn(request -> request.path().contains(other))
                    .first().extracting(request -> request.parameters().get("StartDate")).isEqualTo("2026-03-31");
        }
        assertThat(simulator().requests()).filteredOn(request -> request.path().contains(failing))
                .first().extracting(request -> request.parameters().get("StartDate")).isEqualTo("2026-03-13");
    }

    private static BigDecimal sum(List<?> records) {
        return records.stream().map(one -> ((UsageRecord) one).price()).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
