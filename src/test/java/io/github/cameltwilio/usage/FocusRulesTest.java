package io.github.cameltwilio.usage;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks rows against the rules of the FinOps Foundation ({@code focus-model-1.2.json}), which are not ours to publish.
 */
@EnabledIfSystemProperty(named = "twilio.data", matches = ".+",
        disabledReason = "The FOCUS model is not part of this project; set -Dtwilio.data to its directory")
class FocusRulesTest extends TwilioUsageTestSupport {
    private static final Path DATA = Path.of(System.getProperty("twilio.data", ""));
    private static final Set<String> SUPPORTED = Set.of("ACCOUNT_NAMING_SUPPORTED", "SUB_ACCOUNT_SUPPORTED",
            "USAGE_MEASUREMENT_SUPPORTED");

    private List<Map<String, Object>> rows;

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return simulator.accountCreated(LocalDate.parse("2026-01-01"))
                .subaccount("ACME, \"north\"", LocalDate.parse("2026-02-10"));
    }

    @BeforeEach
    @SuppressWarnings("unchecked")
    void listTwoWeeks() throws Exception {
        start(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:rows").to("twilio-usage:records?subresource=daily&startDate=2026-02-22&endDate=2026-03-07"
                        + "&splitSubaccounts=true&rollup=leaf&accountDetails=true&pageSize=1000")
                        .transformDataType("twilio-usage:focus");
            }
        });
        rows = (List<Map<String, Object>>) template.requestBody("direct:rows", (Object) null);
        assertThat(rows).hasSizeGreaterThan(2 * 14 * 20);
    }

    @Test
    void keepsEveryRuleThatCanBeChecked() throws IOException {
        FocusModel check = FocusModel.check(DATA, SUPPORTED, rows);

        assertThat(check.violations()).isEmpty();
        assertThat(check.recommendations()).as("Twilio's records do not name their invoice")
                .containsExactly("CostAndUsage-D-033-O");
        assertThat(check.checked()).hasSize(132);
    }

    @Test
    void lacksOnlyUnitPricesWhereAProviderPublishesThem() throws IOException {
        Set<String> withPrices = Stream
                .concat(SUPPORTED.stream(), Stream.of("PUBLIC_PRICE_LIST_SUPPORTED", "UNIT_PRICING_SUPPORTED"))
                .collect(Collectors.toSet());

        assertThat(FocusModel.check(DATA, withPrices, rows).violations()).as("ListUnitPrice and SkuPriceDetails")
                .containsExactly("CostAndUsage-D-004-C", "CostAndUsage-D-061-C");
    }

    @Test
    void keepsTheRulesInACorrectionToo() throws IOException {
        change("ChargeClass", "Correction");

        assertThat(FocusModel.check(DATA, SUPPORTED, rows).violations()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({ "BillingCurrency,usd,BillingCurrency-C-003-M BillingCurrency-C-006-M",
            "BilledCost,,BilledCost-C-003-M",
            "BilledCost,'1,5',BilledCost-C-001-M BilledCost-C-002-M BilledCost-C-004-M",
            "ListCost,+1,ListCost-C-001-M ListCost-C-002-M",
            "ChargeCategory,Fee,ChargeCategory-C-003-M ConsumedQuantity-C-004-C",
            "ChargeCategory,Purchase,ChargeFrequency-C-004-C ConsumedQuantity-C-004-C EffectiveCost-C-005-C",
            "ChargeClass,Late,ChargeClass-C-005-C", "PublisherName,,PublisherName-C-003-M",
            "ChargePeriodEnd,2026-03-01,ChargePeriodEnd-C-001-M ChargePeriodEnd-C-002-M",
            "ConsumedUnit,,ConsumedUnit-C-006-C", "PricingQuantity,,PricingQuantity-C-005-C PricingUnit-C-005-C",
            "InvoiceIssuerName,Reseller,BilledCost-C-005-C",
            "ServiceSubcategory,Other (Mobile),ServiceSubcategory-C-004-M",
            "SubAccountName,,SubAccountName-C-005-C" })
    void theRulesFindAFault(String column, String value, String violated) throws IOException {
        change(column, value);

        assertThat(FocusModel.check(DATA, SUPPORTED, rows).violations())
                .containsExactlyInAnyOrder(violated.split(" "));
    }

    @Test
    void theRulesFindAMissingColumnAndALowerCaseUnit() throws IOException {
        change("PricingUnit", "minutes");
        rows.forEach(row -> row.remove("ChargeDescription"));

        FocusModel check = FocusModel.check(DATA, SUPPORTED, rows);
        assertThat(check.violations()).containsExactly("CostAndUsage-D-025-M");
        assertThat(check.recommendations()).contains("PricingUnit-C-003-O");
    }

    /** Changes a row of the subaccount with a cost. */
    private void change(String column, String value) {
        rows = new ArrayList<>(rows.stream().map(HashMap::new).map(row -> (Map<String, Object>) row).toList());
        rows.stream().filter(row -> row.get("SubAccountId") != null)
                .filter(row -> ((BigDecimal) row.get("BilledCost")).signum() > 0).findFirst().orElseThrow()
                .put(column, value);
    }
}
