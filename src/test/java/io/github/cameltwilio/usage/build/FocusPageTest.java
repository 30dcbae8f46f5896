package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.FocusModel;
import io.github.cameltwilio.usage.TwilioUsageTestSupport;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.builder.NotifyBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.util.FileUtil;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs the routes of the page as they are printed, and compares its table with a row. */
class FocusPageTest extends TwilioUsageTestSupport {
    private static final Markdown PAGE = Markdown.page("docs/focus.md");
    private static final Path FILES = Path.of("target/focus");

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).categories("sms", "calls", "calls-inbound", "mms", "totalprice")
                .subaccount("ACME, \"north\"", LocalDate.parse("2026-02-10")).zeroShare(0.3);
    }

    @BeforeEach
    void useSimulator() {
        clock.set("2026-03-05T12:00:00Z");
        FileUtil.removeDir(FILES.toFile());
        options();
        context.start();
    }

    @Test
    void writesAFileForEachMonthThatAddsUpToItsBill() throws Exception {
        NotifyBuilder written = new NotifyBuilder(context).whenDone(1).create();
        context.addRoutes(RouteCompiler.route(PAGE.block("java", "class FocusCsv")
                .replace("LocalDate.now(ZoneOffset.UTC)", "LocalDate.parse(\"2026-03-05\")")));
        await().until(written::matches);

        try (var files = Files.list(FILES)) {
            assertThat(files).extracting(file -> file.getFileName().toString())
                    .containsExactlyInAnyOrder("twilio-2026-02.csv", "twilio-2026-03.csv");
        }
        assertThatItAddsUp("2026-02", "2026-02-28");
        assertThatItAddsUp("2026-03", "2026-03-05");
    }

    private void assertThatItAddsUp(String month, String lastDay) throws IOException {
        List<?> bill = template.requestBody("twilio-usage:records?rollup=total&startDate=" + month + "-01&endDate="
                + lastDay, null, List.class);
        List<Map<String, String>> rows = rows(month);

        assertThat(rows.stream().map(row -> new BigDecimal(row.get("BilledCost"))).reduce(BigDecimal.ZERO,
                BigDecimal::add)).isEqualByComparingTo(((UsageRecord) bill.get(0)).price());
        assertThat(rows).allSatisfy(row -> assertThat(row.get("BillingPeriodStart")).isEqualTo(month
                + "-01T00:00:00Z"));
        assertThat(rows).extracting(row -> row.get("SubAccountName")).containsOnly("ACME, \"north\"", null);
        assertThat(rows.get(0).keySet().toString()).isEqualTo(columnsOfThePage().toString());
        String data = System.getProperty("twilio.data", "");
        if (!data.isEmpty()) {
            assertThat(FocusModel.check(Path.of(data), Set.of("ACCOUNT_NAMING_SUPPORTED", "SUB_ACCOUNT_SUPPORTED",
                    "USAGE_MEASUREMENT_SUPPORTED"), rows).violations()).isEmpty();
        }
    }

    private static List<Map<String, String>> rows(String month) throws IOException {
        try (CSVParser csv = CSVParser.parse(Files.readString(FILES.resolve("twilio-" + month + ".csv")),
                CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).setNullString("").build())) {
            return csv.getRecords().stream().map(CSVRecord::toMap).toList();
        }
    }

    @Test
    void theTableHasTheColumnsOfARow() throws Exception {
        Path file = Path.of("target/focus-rows/rows.jsonl");
        Files.deleteIfExists(file);
        Files.deleteIfExists(Path.of("target/focus.state"));
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("focus.yaml",
                PAGE.block("yaml", "twilio-usage:focus")));
        await().until(() -> Files.exists(file) && Files.readAllLines(file).size() > 1);

        Map<?, ?> row = new ObjectMapper().readValue(Files.readAllLines(file).get(0), Map.class);
        assertThat(row.keySet().toString()).isEqualTo(columnsOfThePage().toString());
    }

    private static List<String> columnsOfThePage() {
        return Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE).matcher(PAGE.text()).results()
                .map(column -> column.group(1)).toList();
    }
}
