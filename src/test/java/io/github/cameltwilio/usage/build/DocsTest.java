package io.github.cameltwilio.usage.build;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.cameltwilio.usage.TwilioUsageTestSupport;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Runs the examples of the README and of the component page as they are printed. */
class DocsTest extends TwilioUsageTestSupport {
    private static final Markdown README = Markdown.page("README.md");
    private static final Markdown COMPONENT = Markdown.page("docs/twilio-usage.md");

    @Override
    protected TwilioUsageSimulator.Builder simulated(TwilioUsageSimulator.Builder simulator) {
        return super.simulated(simulator).categories("sms", "calls", "totalprice");
    }

    @BeforeEach
    void useSimulator() {
        options();
        context.start();
    }

    @Test
    void runsTheYamlRouteOfTheReadme() throws Exception {
        Path file = Path.of("target/usage/usage.jsonl");
        Files.deleteIfExists(file);
        Files.deleteIfExists(Path.of("target/usage.state"));
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("readme.yaml",
                README.block("yaml", "twilio-usage:records")));

        await().untilAsserted(() -> assertThat(file).exists().content().hasLineCount(3 * 31));
        assertThat(Files.readAllLines(file))
                .allSatisfy(line -> assertThat(line).startsWith("{\"accountSid\":").endsWith("}"));
    }

    @Test
    void runsTheJavaRouteOfTheReadme() throws Exception {
        Path file = Path.of("target/bill/last-month.jsonl");
        Files.deleteIfExists(file);
        context.addRoutes(RouteCompiler.route(README.block("java", "class LastMonth")));

        await().untilAsserted(() -> assertThat(file).exists().content().hasLineCount(3));
    }

    @Test
    void listsADayOfTheCategoryInTheMessage() throws Exception {
        context.addRoutes(RouteCompiler.route(COMPONENT.block("java", "direct:day")));

        List<?> usage = template.requestBody("direct:day", (Object) "sms", List.class);
        assertThat(usage).singleElement()
                .satisfies(record -> assertThat(((UsageRecord) record).startDate()).isEqualTo("2026-03-14"));
    }

    @Test
    void streamsAYear() throws Exception {
        context.addRoutes(RouteCompiler.route(COMPONENT.block("java", "direct:all").replace("-365days", "-73days")));
        template.sendBody("direct:all", null);

        assertThat(context.getEndpoint("seda:records", SedaEndpoint.class)
                .getCurrentQueueSize()).isEqualTo(3 * 74);
    }

    @Test
    void ensuresATrigger() throws Exception {
        context.addRoutes(RouteCompiler.route(COMPONENT.block("java", "direct:watch")));
        context.addRoutes(RouteCompiler.route(COMPONENT.block("java", "direct:limit")));

        for (String outcome : List.of("created", "existing")) {
            for (String route : List.of("direct:watch", "direct:limit")) {
                assertThat(template.request(route, exchange -> {}).getMessage().getHeader("CamelTwilioUsageOutcome"))
                        .isEqualTo(outcome);
            }
        }
        List<?> triggers = template.requestBody("twilio-usage:triggers?action=list", (Object) null, List.class);
        assertThat(triggers).extracting("friendlyName").hasSize(2).contains("daily-spend");
    }

    @Test
    void pollsFirings() throws Exception {
        context.addRoutes(RouteCompiler.route(COMPONENT.block("java", "friendlyName} fired")));

        await().untilAsserted(() -> assertThat(simulator().requests())
                .anyMatch(request -> request.path().endsWith("/Usage/Triggers.json")));
    }

    @Test
    void consumesTwoCategories() throws Exception {
        context.addRoutes(RouteCompiler.route(COMPONENT.block("java", "category=sms,calls")));

        await().untilAsserted(() -> assertThat(context
                .getEndpoint("seda:usage", SedaEndpoint.class)
                .getCurrentQueueSize()).isEqualTo(2 * 31));
    }

    @Test
    void makesCloudEvents() throws Exception {
        Files.deleteIfExists(Path.of("target/events.state"));
        context.addRoutes(RouteCompiler.route(COMPONENT.block("java", "seda:events")));

        assertThat(consumer.receive("seda:events", 20_000).getMessage().getHeaders()).containsKeys(
                Pattern.compile("`(CamelCloudEvent\\w+)`").matcher(COMPONENT.text()).results()
                        .map(header -> header.group(1)).toArray(String[]::new));
    }

    @Test
    void enrichesAMessage() throws Exception {
        context.addRoutes(RouteCompiler.route(COMPONENT.block("java", "pollEnrich")));

        assertThat(template.requestBody("direct:now", (Object) null, BigDecimal.class)).isPositive();
    }

    @Test
    void insertsIntoATable() throws Exception {
        JdbcDataSource billing = new JdbcDataSource();
        billing.setUrl("jdbc:h2:mem:billing;DB_CLOSE_DELAY=-1");
        context.getRegistry().bind("billing", billing);
        context.addRoutes(RouteCompiler.route(COMPONENT.block("java", "sql:insert")));
        try (var connection = billing.getConnection(); var statement = connection.createStatement()) {
            statement.execute("create table spend (category varchar(64), usage_day date, price decimal(20, 5))");
            Object usage = template.requestBody("twilio-usage:records?subresource=today&category=sms", null, List.class)
                    .get(0);
            template.sendBody("direct:spend", usage);
            var row = statement.executeQuery("select * from spend");
            assertThat(row.next()).isTrue();
            assertThat(row.getBigDecimal("price")).isEqualByComparingTo(((UsageRecord) usage).price());
        }
    }

    @Test
    void printsTheSpendRouteTestThatRuns() throws IOException {
        String test = Files.readString(Path.of("src/test/java/io/github/cameltwilio/usage/build/SpendRouteTest.java"));

        assertThat(test).isEqualTo("package io.github.cameltwilio.usage.build;\n\n"
                + Markdown.page("docs/simulator.md").block("java", "@RegisterExtension"));
    }

    @Test
    void theCoordinatesMatchThePom() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        assertThat(
                README.block("xml", "<dependency>").lines().map(String::strip).filter(line -> line.matches("<\\w+>.+")))
                .hasSize(3).allSatisfy(line -> assertThat(pom).contains(line));
    }

    @ParameterizedTest
    @CsvSource({ "component options,componentProperties", "endpoint options,properties", "headers,headers" })
    void tablesMatchTheDescriptor(String marker, String part) throws IOException {
        Markdown page = Markdown.page("docs/twilio-usage.md");
        Markdown rendered = page.with(marker, Descriptor.table(part));
        if (System.getProperty("update") != null) {
            Files.writeString(page.file(), rendered.text());
            return;
        }
        assertThat(page.text()).as("stale: mvn test -Dtest=DocsTest -Dupdate writes it").isEqualTo(rendered.text());
    }

    @ParameterizedTest
    @MethodSource("io.github.cameltwilio.usage.build.Markdown#allPages")
    void everyLinkHasATarget(Markdown page) {
        assertThat(page.links()).filteredOn(link -> !link.startsWith("https://")).allSatisfy(link -> {
            String[] parts = link.split("#", 2);
            Path target = parts[0].isEmpty() ? page.file()
                    : Path.of("").resolve(page.file()).resolveSibling(parts[0]).normalize();
            assertThat(target).exists();
            if (parts.length == 2) {
                assertThat(Markdown.page(target.toString()).anchors()).as(link).contains(parts[1]);
            }
        });
    }

    @Test
    void theBugFormLinksToAnExampleInJUnit() throws IOException {
        Matcher link = Pattern.compile("/blob/main/([^#]+)#([^)]+)\\)")
                .matcher(Files.readString(Path.of(".github/ISSUE_TEMPLATE/bug.yml")));

        assertThat(link.find()).isTrue();
        Markdown page = Markdown.page(link.group(1));
        assertThat(page.anchors()).contains(link.group(2));
        assertThat(page.blocks("java")).anyMatch(block -> block.contains("import org.junit.jupiter"));
    }

    @Test
    void theGateRunsEveryCommandOfTheDocs() throws IOException {
        String gate = Files.readString(Path.of(".ci/run")).replaceAll(" -(B|ntp|q)\\b", "").replaceAll("[\"$]", "");
        Pattern command = Pattern.compile("^mvn .+$|(?<=`)mvn [^`\\n]+(?=`)", Pattern.MULTILINE);

        assertThat(Markdown.allPages().stream().flatMap(page -> command.matcher(page.text()).results())
                .map(found -> found.group().replaceAll(" -q\\b", "")).distinct())
                // These run a part of "mvn verify", or more of the same tests, and the formatter changes files.
                // GettingStartedIT runs the commands with a main class, and ReleaseTest makes a release.
                .filteredOn(line -> !line.matches(
                        ".*(-Dkills|-Drounds|-DexcludedGroups|formatter:format|-Dexec.mainClass|-Prelease).*"))
                .hasSizeGreaterThan(4).allSatisfy(line -> assertThat(gate).contains(line));
    }

    @Test
    void everyHeaderInTheDocsExists() {
        Map<String, ?> headers = Descriptor.options("headers");
        var used = Pattern.compile("CamelTwilioUsage[A-Za-z]+");

        assertThat(Markdown.allPages()).allSatisfy(page -> assertThat(used.matcher(page.text()).results()
                .map(MatchResult::group)).allSatisfy(name -> assertThat(headers).containsKey(name)));
    }
}
