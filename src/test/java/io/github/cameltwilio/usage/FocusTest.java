package io.github.cameltwilio.usage;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.cameltwilio.usage.client.Account;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.spi.DataType;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FocusTest extends TwilioUsageTestSupport {
    private static final String MAIN = "AC" + "1".repeat(32);
    private static final String SUBACCOUNT = "AC" + "2".repeat(32);
    private static final String KEY = SUBACCOUNT + "|own|daily|2026-02-28|calls-inbound-local";
    private static final UsageRecord CALLS = usage(Map.of());

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).categories("calls", "calls-inbound", "sms", "totalprice")
                .subaccount("old", LocalDate.parse("2026-02-01"));
    }

    @Test
    void makesARowOfARecord() {
        Map<String, Object> row = row(CALLS, Map.of(TwilioUsageConstants.MAIN_ACCOUNT_SID, MAIN,
                TwilioUsageConstants.MAIN_ACCOUNT_NAME, "ACME", TwilioUsageConstants.ACCOUNT_SID, SUBACCOUNT,
                TwilioUsageConstants.ACCOUNT_NAME, "ACME, \"north\""));

        Map<String, Object> expected = new HashMap<>();
        expected.put("BilledCost", new BigDecimal("1.50"));
        expected.put("BillingAccountId", MAIN);
        expected.put("BillingAccountName", "ACME");
        expected.put("BillingCurrency", "USD");
        expected.put("BillingPeriodEnd", "2026-03-01T00:00:00Z");
        expected.put("BillingPeriodStart", "2026-02-01T00:00:00Z");
        expected.put("ChargeCategory", "Usage");
        expected.put("ChargeClass", null);
        expected.put("ChargeDescription", "Local calls");
        expected.put("ChargeFrequency", "Usage-Based");
        expected.put("ChargePeriodEnd", "2026-03-01T00:00:00Z");
        expected.put("ChargePeriodStart", "2026-02-28T00:00:00Z");
        expected.put("ConsumedQuantity", new BigDecimal("30"));
        expected.put("ConsumedUnit", "Minutes");
        expected.put("ContractedCost", new BigDecimal("1.50"));
        expected.put("EffectiveCost", new BigDecimal("1.50"));
        expected.put("InvoiceIssuerName", "Twilio");
        expected.put("ListCost", new BigDecimal("1.50"));
        expected.put("PricingCategory", "Standard");
        expected.put("PricingQuantity", new BigDecimal("30"));
        expected.put("PricingUnit", "Minutes");
        expected.put("ProviderName", "Twilio");
        expected.put("PublisherName", "Twilio");
        expected.put("ServiceCategory", "Integration");
        expected.put("ServiceName", "calls");
        expected.put("ServiceSubcategory", "Other (Integration)");
        expected.put("SkuId", "calls-inbound-local");
        expected.put("SkuMeter", "Local calls");
        expected.put("SkuPriceId", "calls-inbound-local");
        expected.put("SubAccountId", SUBACCOUNT);
        expected.put("SubAccountName", "ACME, \"north\"");
        expected.put("x_RecordKey", KEY);
        assertThat(row).isEqualTo(expected);
        assertThat(row.keySet().stream().toList()).isSortedAccordingTo(String::compareTo).last()
                .isEqualTo("x_RecordKey");
        assertThatThrownBy(() -> row.put("BilledCost", BigDecimal.ZERO))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @CsvSource({ "true,2026-03-01T00:00:00Z,Correction", "true,2026-02-28T23:59:59Z,", "false,2026-03-01T00:00:00Z,",
            "true,2026-03-01T01:00:00+02:00," })
    void onlyAChangeOfAMonthThatIsOverIsACorrection(boolean update, String asOf, String chargeClass) {
        Map<String, Object> headers = Map.of(TwilioUsageConstants.RECORD_KEY, KEY, TwilioUsageConstants.UPDATE, update);

        assertThat(row(usage(Map.of("asOf", OffsetDateTime.parse(asOf))), headers)).containsEntry("ChargeClass",
                chargeClass);
        assertThat(row(usage(Map.of("recordKey", "another")), headers)).as("headers of another record")
                .containsEntry("ChargeClass", null);
    }

    @Test
    void theMainAccountsOwnUsageBelongsToNoSubaccount() {
        assertThat(row(CALLS, Map.of(TwilioUsageConstants.MAIN_ACCOUNT_SID, SUBACCOUNT,
                TwilioUsageConstants.MAIN_ACCOUNT_NAME, "ACME")))
                .containsEntry("BillingAccountId", SUBACCOUNT).containsEntry("BillingAccountName", "ACME")
                .containsEntry("SubAccountId", null).containsEntry("SubAccountName", null);
        assertThat(row(CALLS.withAccount("north", "active"), Map.of()))
                .containsEntry("BillingAccountId", SUBACCOUNT).containsEntry("BillingAccountName", "north")
                .containsEntry("SubAccountId", null);
        assertThat(row(CALLS.withAccount("north", "active"), Map.of(TwilioUsageConstants.MAIN_ACCOUNT_SID, MAIN,
                TwilioUsageConstants.ACCOUNT_SID, MAIN, TwilioUsageConstants.ACCOUNT_NAME, "of another record")))
                .containsEntry("BillingAccountName", null).containsEntry("SubAccountName", "north");
    }

    @ParameterizedTest
    @CsvSource({ "minutes,Minutes", "usd,USD", "'',Units", ",Units", "GB,GB" })
    void capitalizesUnits(String unit, String expected) {
        Map<String, Object> usageUnit = new HashMap<>();
        usageUnit.put("usageUnit", unit);
        assertThat(row(usage(usageUnit), Map.of())).containsEntry("ConsumedUnit", expected)
                .containsEntry("PricingUnit", expected);
    }

    @Test
    void writesNumbersAsTheSpecificationDemands() {
        Map<String, Object> row = row(usage(Map.of("price", new BigDecimal("1E+3"), "usage", new BigDecimal("-0.50"))),
                Map.of());

        assertThat(row.get("BilledCost")).hasToString("1000");
        assertThat(row.get("ConsumedQuantity")).hasToString("-0.50");
    }

    @ParameterizedTest
    @CsvSource({ "price,price,'1,234'", "usage,usage,NaN", "startDate,start_date,13 March",
            "endDate,end_date,31 February", "priceUnit,price_unit,7", "category,category,8",
            "accountSid,account_sid,9" })
    void neverReplacesAMissingValueByAZero(String field, String twiliosName, String sent) {
        Map<String, Object> missing = new HashMap<>();
        missing.put(field, null);
        assertThatThrownBy(() -> row(usage(missing), Map.of())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The usage record " + KEY + " cannot become a FOCUS row, because its " + field
                        + " is missing.");

        missing.put("otherFields", Map.of(twiliosName, sent));
        missing.put("recordKey", null);
        assertThatThrownBy(() -> row(usage(missing), Map.of())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("because its " + field + " is malformed: " + sent + ".");
    }

    @Test
    void rejectsWhatNoRowCanSay() {
        assertThatThrownBy(() -> row(usage(Map.of("priceUnit", "credits\n")), Map.of()))
                .hasMessageContaining("is not an ISO 4217 currency code").message().doesNotContain("\n");
        assertThatThrownBy(() -> row(usage(Map.of("priceUnit", "xyz")), Map.of()))
                .hasMessageContaining("its priceUnit xyz is not an ISO 4217 currency code");
        assertThatThrownBy(() -> row(usage(Map.of("startDate", LocalDate.parse("2026-01-31"))), Map.of()))
                .hasMessageContaining("it covers more than one month");
        assertThatThrownBy(() -> transformed("{}", Map.of())).hasMessageContaining("not a java.lang.String");
        assertThatThrownBy(() -> transformed(List.of(CALLS, "{}"), Map.of()))
                .hasMessageContaining("not a java.lang.String");
        assertThatThrownBy(() -> transformed(null, Map.of())).hasMessageContaining("not null");
        assertThatThrownBy(() -> transformed(List.of(CALLS).iterator(), Map.of()))
                .hasMessageContaining("split a stream");
    }

    @Test
    void theRowsOfAListAddUpToTheBill() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:month").to("twilio-usage:records?subresource=daily&startDate=2026-02-01&"
                        + "endDate=2026-02-28&splitSubaccounts=true&rollup=leaf&accountDetails=true")
                        .transformDataType("twilio-usage:focus");
            }
        });
        List<?> bill = template.requestBody("twilio-usage:records?startDate=2026-02-01&endDate=2026-02-28&rollup=total",
                null, List.class);

        List<Map<String, Object>> rows = rows(template.requestBody("direct:month", (Object) null));
        assertThat(rows).hasSize(2 * 28 * 3);
        assertThat(rows.stream().map(row -> (BigDecimal) row.get("BilledCost")).reduce(BigDecimal.ZERO,
                BigDecimal::add)).isEqualByComparingTo(((UsageRecord) bill.get(0)).price());
        assertThat(rows).extracting(row -> row.get("SubAccountName")).containsOnly("old", null);
        assertThat(rows).extracting(row -> row.get("BillingAccountId")).containsOnly(simulator().accountSid());
        List<?> accounts = template.requestBody("twilio-usage:accounts", null, List.class);
        String mainName = accounts.stream().map(Account.class::cast)
                .filter(account -> account.sid().equals(simulator().accountSid())).findFirst().orElseThrow()
                .friendlyName();
        assertThat(rows).extracting(row -> row.get("BillingAccountName")).containsOnly(mainName);
    }

    @Test
    void aConsumerDeliversRowsWithTheirKeys() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("twilio-usage:records?subresource=daily&startDate=2026-02-27&lookback=20d&splitSubaccounts=true"
                        + "&rollup=leaf&startScheduler=false")
                        .routeId("usage").transformDataType("twilio-usage:focus").to("mock:usage");
            }
        });
        MockEndpoint mock = getMockEndpoint("mock:usage");
        poll();
        assertThat(mock.getReceivedExchanges()).isNotEmpty().allSatisfy(exchange -> {
            assertThat(focus(exchange).get("x_RecordKey")).isNotNull()
                    .isEqualTo(exchange.getMessage().getHeader(TwilioUsageConstants.RECORD_KEY));
            assertThat(focus(exchange)).containsEntry("BillingAccountId", simulator().accountSid())
                    .containsEntry("ChargeClass", null);
            assertThat(focus(exchange).get("BillingAccountName")).isNotNull();
        });
        mock.reset();

        simulator().correct(LocalDate.parse("2026-02-28"), "sms", new BigDecimal("2"));
        simulator().correct(LocalDate.parse("2026-03-01"), "sms", new BigDecimal("2"));
        poll();
        assertThat(mock.getReceivedExchanges()).filteredOn(
                exchange -> "sms".equals(focus(exchange).get("SkuId"))
                        && !String.valueOf(focus(exchange).get("ChargePeriodStart")).startsWith("2026-03-15"))
                .extracting(exchange -> focus(exchange).get("ChargePeriodStart") + " "
                        + focus(exchange).get("ChargeClass"))
                .containsExactlyInAnyOrder("2026-02-28T00:00:00Z Correction", "2026-03-01T00:00:00Z null");
    }

    private static Map<String, Object> focus(Exchange exchange) {
        return rows(List.of(exchange.getMessage().getBody())).get(0);
    }

    private Map<String, Object> row(UsageRecord usage, Map<String, Object> headers) {
        return rows(List.of(transformed(usage, headers))).get(0);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rows(Object body) {
        return (List<Map<String, Object>>) body;
    }

    private Object transformed(Object body, Map<String, Object> headers) {
        Exchange exchange = new DefaultExchange(context);
        exchange.getMessage().setBody(body);
        exchange.getMessage().setHeaders(new HashMap<>(headers));
        new FocusDataTypeTransformer().transform(exchange.getMessage(), DataType.ANY, DataType.ANY);
        return exchange.getMessage().getBody();
    }

    /** A record with other values for these of its components. */
    @SuppressWarnings("unchecked")
    private static UsageRecord usage(Map<String, Object> values) {
        Map<String, Object> all = new HashMap<>(Map.of("accountSid", SUBACCOUNT, "category", "calls-inbound-local",
                "startDate", LocalDate.parse("2026-02-28"), "endDate", LocalDate.parse("2026-02-28"),
                "usage", new BigDecimal("30"), "usageUnit", "minutes", "price", new BigDecimal("1.50"),
                "priceUnit", "usd", "asOf", OffsetDateTime.parse("2026-03-15T12:00:00Z"), "recordKey", KEY));
        all.putAll(values);
        return new UsageRecord((String) all.get("accountSid"), (String) all.get("category"), "Local calls",
                (LocalDate) all.get("startDate"), (LocalDate) all.get("endDate"), BigDecimal.TEN, "calls",
                (BigDecimal) all.get("usage"), (String) all.get("usageUnit"), (BigDecimal) all.get("price"),
                (String) all.get("priceUnit"), (OffsetDateTime) all.get("asOf"), "2010-04-01", null,
                (Map<String, Object>) all.get("otherFields"), (String) all.get("recordKey"), null, null);
    }
}
