package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.TwilioApiException;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.Fault;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import io.github.cameltwilio.usage.state.MemoryUsageStateRepository;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SubaccountsTest extends TwilioUsageTestSupport {
    private static final String SPLIT = "twilio-usage:records?subresource=daily&category=sms&"
            + "splitSubaccounts=true&startScheduler=false&endDate=yesterday";
    private static final LocalDate YESTERDAY = LocalDate.parse("2026-03-14");

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).subaccount("old", LocalDate.parse("2026-02-01"))
                .subaccount("young", LocalDate.parse("2026-03-13"));
    }

    @Test
    void listsAccountsWithoutAuthTokens() {
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
    void rejectsConsumerOfAccounts() {
        assertThatThrownBy(() -> consume("twilio-usage:accounts")).hasStackTraceContaining("cannot be consumed");
    }

    @Test
    void listsEachUsageOnceUnderItsOwnAccount() {
        options();
        context.start();
        List<?> split = template.requestBody("twilio-usage:records?subresource=daily&category=sms&splitSubaccounts=true"
                + "&startDate=2026-03-01&endDate=yesterday", null, List.class);
        List<?> combined = template.requestBody("twilio-usage:records?subresource=daily&category=sms"
                + "&startDate=2026-03-01&endDate=yesterday", null, List.class);

        assertThat(split).hasSize(14 + 14 + 2);
        assertThat(sum(split)).isEqualByComparingTo(sum(combined));
        assertThat(queries().stream().filter(query -> query.contains("IncludeSubaccounts=false"))).hasSize(3);
    }

    @Test
    void failsSplitListWhenOneAccountFails() {
        options();
        context.start();
        simulator().fail(Fault.notFound().onAccount(simulator().subaccountSids().get(0)));

        assertThatThrownBy(() -> template.requestBody(SPLIT.replace("&startScheduler=false", ""), (Object) null))
                .cause().isInstanceOf(TwilioApiException.class);
    }

    @Test
    void setsOwnAccountSidOfEachSplitRecord() throws Exception {
        MockEndpoint mock = consume(SPLIT);
        assertThat(poll()).isEqualTo(4 + 4 + 2);
        assertThat(poll()).isZero();

        assertThat(mock.getReceivedExchanges()).allSatisfy(exchange -> {
            String account = exchange.getMessage().getHeader(TwilioUsageConstants.ACCOUNT_SID, String.class);
            assertThat(account).isEqualTo(usage(exchange).accountSid());
            assertThat(exchange.getMessage().getHeader(TwilioUsageConstants.RECORD_KEY, String.class))
                    .startsWith(account + "|own|daily|");
            assertThat(usage(exchange).price()).isEqualByComparingTo(
                    simulator().usage(account, usage(exchange).startDate(), "sms").price());
        });
    }

    @Test
    void startsNoWindowBeforeAccountWasCreated() throws Exception {
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
    void deliversCorrectionForItsAccountOnly() throws Exception {
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
    void failingAccountDelaysNoOtherAndMissesNoDay() throws Exception {
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
    void failsPollWhenEveryAccountFails() throws Exception {
        consume(SPLIT);
        poll();
        simulator().fail(Fault.notFound().onAccount(simulator().accountSid()));
        simulator().subaccountSids().forEach(sid -> simulator().fail(Fault.notFound().onAccount(sid)));

        assertThatThrownBy(this::poll).isInstanceOf(TwilioApiException.class);
        assertThat(poll()).isZero();
    }

    @Test
    void advancesOtherAccountsWhileOneKeepsFailing() throws Exception {
        MockEndpoint mock = consume(SPLIT);
        // This account is read before the other subaccount, so its failures could hold that one back.
        String failing = simulator().subaccountSids().get(1);
        mock.whenAnyExchangeReceived(exchange -> {
            if (usage(exchange).accountSid().equals(failing)) {
                throw new IllegalStateException("the sink rejects this account");
            }
        });
        poll();
        clock.advance(Duration.ofDays(20));
        poll();
        simulator().clearRequests();
        // Nothing else is due, so the failures of this account are all that this poll has to report.
        assertThatThrownBy(this::poll).hasMessageContaining("in a row");

        for (String account : List.of(simulator().accountSid(), simulator().subaccountSids().get(0))) {
            assertThat(simulator().requests()).filteredOn(request -> request.path().contains(account))
                    .first().extracting(request -> request.parameters().get("StartDate")).isEqualTo("2026-03-31");
        }
        assertThat(simulator().requests()).filteredOn(request -> request.path().contains(failing))
                .first().extracting(request -> request.parameters().get("StartDate")).isEqualTo("2026-03-13");
    }

    /** The subaccount {@code young} began after both start dates, so nothing of it is missing. */
    @ParameterizedTest
    @ValueSource(strings = { "excludeAccounts=", "accounts=" })
    void rejectsAnEarlierStartDateWithoutTheMainAccount(String selection) throws Exception {
        List<String> sids = simulator().subaccountSids();
        String uri = SPLIT + "&stateRepository=#bean:state&" + selection
                + (selection.startsWith("ex") ? simulator().accountSid() : String.join(",", sids)) + "&startDate=";
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        try (RecordsRoute route = route(uri + "2026-03-10", state)) {
            assertThat(route.poll()).isEqualTo(5 + 2);
        }
        try (RecordsRoute route = route(uri + "2026-02-01", state)) {
            assertThatThrownBy(route::poll).hasMessageContaining("startDate=2026-02-01 is before 2026-03-10, where the"
                    + " stored position of " + sids.get(0) + " begins");
            assertThat(route.exchanges()).isEmpty();
        }
        try (RecordsRoute route = route(uri + "2026-03-12", state)) {
            assertThat(route.poll()).isZero();
        }
    }

    @Test
    void readsAnEarlierStartDateForOthersThanTheMainAccount() throws Exception {
        String uri = SPLIT + "&stateRepository=#bean:state&startDate=";
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        try (RecordsRoute route = route(uri + "2026-03-10&accounts=" + simulator().accountSid(), state)) {
            assertThat(route.poll()).isEqualTo(5);
        }
        try (RecordsRoute route = route(uri + "2026-03-01&excludeAccounts=" + simulator().accountSid(), state)) {
            assertThat(route.poll()).isEqualTo(14 + 2);
        }
    }

    private RecordsRoute route(String uri, MemoryUsageStateRepository state) throws Exception {
        return new RecordsRoute(simulator().componentProperties(), clock, uri, state, exchange -> {});
    }

    @Test
    void namesTheAccountOfEachRecord() throws Exception {
        MockEndpoint mock = consume(SPLIT);
        poll();

        assertThat(mock.getReceivedExchanges()).extracting(exchange -> exchange.getMessage()
                .getHeader(TwilioUsageConstants.ACCOUNT_NAME)).contains("old", "young");
        assertThat(mock.getReceivedExchanges()).allSatisfy(exchange -> {
            assertThat(exchange.getMessage().getHeader(TwilioUsageConstants.ACCOUNT_STATUS)).isEqualTo("active");
            assertThat(usage(exchange).accountName()).as("only where asked for").isNull();
            assertThat(exchange.getMessage().getBody(String.class)).doesNotContain("accountName");
        });
    }

    @Test
    void namesTheAccountInTheBodyOnRequest() throws Exception {
        MockEndpoint mock = consume(SPLIT.replace("category=sms", "rollup=leaf") + "&accountDetails=true"
                + "&splitResult=false&skipEmpty=false");
        poll();

        String young = simulator().subaccountSids().get(1);
        assertThat(mock.getReceivedExchanges()).filteredOn(exchange -> young.equals(exchange.getMessage()
                .getHeader(TwilioUsageConstants.ACCOUNT_SID))).isNotEmpty().allSatisfy(exchange -> {
                    assertThat(exchange.getMessage().getHeader(TwilioUsageConstants.ACCOUNT_NAME)).isEqualTo("young");
                    assertThat((List<?>) exchange.getMessage().getBody(List.class)).extracting(UsageRecord.class::cast)
                            .allSatisfy(usage -> assertThat(usage.accountName()).isEqualTo("young"));
                });
        List<?> listed = template.requestBody("twilio-usage:records?subresource=yesterday&rollup=leaf"
                + "&splitSubaccounts=true&accountDetails=true", null, List.class);
        assertThat(listed).filteredOn(usage -> ((UsageRecord) usage).accountSid().equals(young)).isNotEmpty()
                .allSatisfy(usage -> assertThat(context.getTypeConverter().convertTo(String.class, usage))
                        .contains("\"accountName\":\"young\"", "\"accountStatus\":\"active\""));
    }

    @Test
    void readsOnlyTheChosenAccounts() throws Exception {
        String old = simulator().subaccountSids().get(0);
        String young = simulator().subaccountSids().get(1);
        MockEndpoint mock = consume(SPLIT + "&accounts=" + young + ", " + old);
        assertThat(poll()).isEqualTo(4 + 2);
        assertThat(usage(mock)).extracting(UsageRecord::accountSid).containsOnly(old, young);

        assertThat(accountsOf("&excludeAccounts=" + old)).containsOnly(simulator().accountSid(), young);
        assertThat(accountsOf("&accounts=" + old)).containsOnly(old);
        assertThatThrownBy(() -> accountsOf("&accounts=AC" + "0".repeat(32)))
                .hasStackTraceContaining("Twilio lists none of the accounts AC0000");
        assertThat(simulator().requests()).filteredOn(request -> request.path().contains("/Usage/")
                && !request.path().endsWith("/Today.json")).extracting(request -> request.path().split("/")[3])
                .as("no account is read in vain").containsOnlyOnce(simulator().accountSid());
    }

    @Test
    void warnsOnceOfAnExcludedAccountThatIsNotListed() throws Exception {
        try (LoggedEvents log = new LoggedEvents()) {
            consume(SPLIT + "&excludeAccounts=AC" + "F".repeat(32) + "," + simulator().accountSid());
            poll();
            poll();
            assertThat(log.events()).filteredOn(event -> event.level() == Level.WARN).singleElement().satisfies(
                    event -> assertThat(event.text()).contains("does not list some of excludeAccounts", "FFF")
                            .doesNotContain(simulator().accountSid()));
        }
    }

    @Test
    void warnsOnceOfAChosenAccountThatIsNotListed() throws Exception {
        try (LoggedEvents log = new LoggedEvents()) {
            consume(SPLIT + "&accounts=" + simulator().accountSid() + ",AC" + "0".repeat(32));
            poll();
            poll();
            assertThat(log.events()).filteredOn(event -> event.level() == Level.WARN
                    && event.text().contains("does not list some of the chosen accounts")).hasSize(1);
        }
    }

    @Test
    void accountThatIsAddedLaterMissesNoDayWithoutTheMainAccount() throws Exception {
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        String old = simulator().subaccountSids().get(0);
        String split = "subresource=daily&category=sms&splitSubaccounts=true&stateRepository=#bean:state&accounts=";
        try (RecordsRoute route = new RecordsRoute(simulator(), clock, split + old, state, exchange -> {})) {
            route.poll();
        }
        clock.advance(Duration.ofDays(10));
        String both = split + old + "," + simulator().subaccountSids().get(1);
        try (RecordsRoute route = new RecordsRoute(simulator(), clock, both, state, exchange -> {})) {
            route.poll();
            assertThat(route.records()).filteredOn(usage -> !usage.accountSid().equals(old))
                    .extracting(usage -> usage.startDate().toString()).contains("2026-03-13").hasSize(13);
        }
    }

    @Test
    void shardsReadEachAccountOnce() throws Exception {
        options();
        context.start();
        List<String> first = accountsOf("&shard=1/2");

        assertThat(Stream.concat(first.stream(), accountsOf("&shard=2/2").stream())).hasSize(3).doesNotHaveDuplicates();
        assertThat(pollShards(new MemoryUsageStateRepository(), "1/2", "2/2")).hasSize(4 + 4 + 2)
                .doesNotHaveDuplicates();
    }

    @Test
    void aShardWithoutAnAccountReadsNothing() throws Exception {
        String empty = IntStream.rangeClosed(1, 100).mapToObj(number -> number + "/100")
                .filter(text -> Stream
                        .concat(Stream.of(simulator().accountSid()), simulator().subaccountSids().stream())
                        .noneMatch(Shard.of(new OptionValue("shard", text))::contains))
                .findFirst().orElseThrow();
        consume(SPLIT + "&shard=" + empty);

        assertThat(poll()).isZero();
        assertThat(accountsOf("&shard=" + empty)).isEmpty();
    }

    @Test
    void anotherNumberOfShardsLosesAndRepeatsNothing() throws Exception {
        MemoryUsageStateRepository state = new MemoryUsageStateRepository();
        assertThat(pollShards(state, "1/2", "2/2")).hasSize(4 + 4 + 2);
        simulator().correct(simulator().subaccountSids().get(1), YESTERDAY, "sms", new BigDecimal("7"));

        assertThat(pollShards(state, "1/3", "2/3", "3/3")).singleElement().asString()
                .startsWith(simulator().subaccountSids().get(1));
        assertThat(pollShards(state, "1/1")).isEmpty();
    }

    /** Polls one shard after the other, and returns account and day of each delivered record. */
    private List<String> pollShards(MemoryUsageStateRepository state, String... shards) throws Exception {
        List<String> delivered = new ArrayList<>();
        for (String shard : shards) {
            try (RecordsRoute route = shard(shard, state)) {
                route.poll();
                route.records().forEach(usage -> delivered.add(usage.accountSid() + " " + usage.startDate()));
            }
        }
        return delivered;
    }

    private RecordsRoute shard(String shard, MemoryUsageStateRepository state) throws Exception {
        return new RecordsRoute(simulator(), clock, "subresource=daily&category=sms&splitSubaccounts=true"
                + "&endDate=yesterday&stateRepository=#bean:state&shard=" + shard, state, exchange -> {});
    }

    private List<String> accountsOf(String selection) {
        List<?> records = template.requestBody("twilio-usage:records?subresource=yesterday&category=sms"
                + "&splitSubaccounts=true" + selection, null, List.class);
        return records.stream().map(usage -> ((UsageRecord) usage).accountSid()).toList();
    }

    private static BigDecimal sum(List<?> records) {
        return records.stream().map(record -> ((UsageRecord) record).price()).reduce(BigDecimal.ZERO, BigDecimal::add);
    }
}
