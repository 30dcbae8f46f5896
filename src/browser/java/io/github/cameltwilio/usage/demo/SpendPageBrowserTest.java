package io.github.cameltwilio.usage.demo;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.browser.Chromium;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.client.UsageTrigger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

/** Looks at the page of the main job in a real browser, and takes the pictures of the docs with {@code -Dupdate}. */
@EnabledIf(value = "io.github.cameltwilio.usage.browser.Chromium#isInstalled", disabledReason = "there is no Chromium")
class SpendPageBrowserTest {
    private static final LocalDate TODAY = LocalDate.now(ZoneOffset.UTC);
    private static final LocalDate YESTERDAY = TODAY.minusDays(1);
    private static final YearMonth MONTH = YearMonth.from(TODAY);
    private static final YearMonth LAST_MONTH = MONTH.minusMonths(1);
    private static final DateTimeFormatter MONTH_NAME = DateTimeFormatter.ofPattern("MMMM", Locale.UK);
    private static final DateTimeFormatter DAY_NAME = DateTimeFormatter.ofPattern("EEE d MMMM", Locale.UK);
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    // The smallest contrast of a text on the page, with the text.
    private static final String LOWEST_CONTRAST = """
            const rgb = text => text.match(/[\\d.]+/g).map(Number);
            const luminance = color => color.slice(0, 3).map(c => c / 255)
                .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
            const back = element => {
              const color = rgb(getComputedStyle(element).backgroundColor);
              return color[3] === 0 ? back(element.parentElement) : color;
            };
            return [...document.body.querySelectorAll('*')]
                .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
                .filter(element => element.getClientRects().length > 0 && element.tagName !== 'SCRIPT')
                .map(element => {
                  const [a, b] = [luminance(rgb(getComputedStyle(element).color)), luminance(back(element))];
                  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                })
                .reduce((low, contrast) => Math.min(low, contrast), 21);
            """;
    private static final String HAS_COLOR = """
            const [name, plot] = arguments;
            const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
            const wanted = [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
            const canvas = document.querySelector(`#${plot} canvas`);
            const copy = new OffscreenCanvas(canvas.width, canvas.height);
            const context = copy.getContext('2d', {willReadFrequently: true});
            context.drawImage(canvas, 0, 0);
            const {data} = context.getImageData(0, 0, canvas.width, canvas.height);
            let found = 0;
            for (let i = 0; i < data.length; i += 4) {
              found += wanted.every((value, channel) => data[i + channel] === value) && data[i + 3] === 255;
            }
            return found;
            """;

    // The bars from left to right, the row of the dashed line, and the middles of the marks, in pixels of a plot.
    private static final String GEOMETRY = """
            const style = getComputedStyle(document.documentElement);
            const color = name => parseInt(style.getPropertyValue(name).trim().slice(1), 16);
            const layers = new Set([0, 1, 2, 3, 4, 5, 6, 'rest'].map(layer => color('--color-' + layer)));
            const [limit, ink] = [color('--limit'), color('--ink')];
            const canvas = document.querySelector('#days canvas');
            const {width, height} = canvas;
            const context = new OffscreenCanvas(width, height).getContext('2d', {willReadFrequently: true});
            context.drawImage(canvas, 0, 0);
            const {data} = context.getImageData(0, 0, width, height);
            const at = (x, y) => {
              const i = 4 * (y * width + x);
              return data[i + 3] < 255 ? -1 : data[i] << 16 | data[i + 1] << 8 | data[i + 2];
            };
            const rows = (x, wanted) => [...Array(height).keys()].filter(y => wanted(at(x, y)));
            const groups = wanted => {
              const found = [];
              for (let x = 0, open = false; x < width; x++) {
                const ys = rows(x, wanted);
                if (ys.length === 0) {
                  open = false;
                  continue;
                }
                if (!open) {
                  found.push({left: x, right: x, top: height, bottom: 0});
                }
                open = true;
                const last = found[found.length - 1];
                last.right = x;
                last.top = Math.min(last.top, ys[0]);
                last.bottom = Math.max(last.bottom, ys[ys.length - 1]);
              }
              return found;
            };
            const inRow = y => [...Array(width).keys()].filter(x => at(x, y) === limit).length;
            return JSON.stringify({
              bars: groups(pixel => layers.has(pixel)),
              marks: groups(pixel => pixel === ink),
              limit: [...Array(height).keys()].reduce((most, y) => inRow(y) > inRow(most) ? y : most, 0),
              value: JSON.parse(document.getElementById('data').textContent).triggers[0].value
            });
            """;

    // Tries to load a picture and to send data elsewhere, and returns what the page's policy blocks.
    private static final String BLOCKED = """
            return new Promise(done => {
              const blocked = [];
              document.addEventListener('securitypolicyviolation', event => {
                blocked.push(event.effectiveDirective);
                if (blocked.length === 2) {
                  done(blocked);
                }
              });
              setTimeout(() => done(blocked), 5000);
              document.body.append(Object.assign(new Image(), {src: 'https://example.com/'}));
              fetch('https://example.com/').catch(() => {});
            });
            """;

    private static Chromium chromium;
    private static Collection<JsonNode> records;

    @TempDir
    Path directory;

    /** The records that the main job left in its file; a correction takes the place of the record before it. */
    @BeforeAll
    static void runTheMainJob() throws Exception {
        SpendByDay.simulated(false, Clock.fixed(Instant.parse(TODAY + "T12:00:00Z"), ZoneOffset.UTC));
        Map<String, JsonNode> byKey = new LinkedHashMap<>();
        for (String line : Files.readAllLines(SpendByDay.FILE)) {
            JsonNode usage = JSON.readTree(line);
            byKey.put(usage.path("recordKey").asText(), usage);
        }
        records = byKey.values();
        chromium = new Chromium();
        chromium.disconnect();
    }

    @AfterAll
    static void quit() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @BeforeEach
    void openThePage() {
        chromium.emulate("light", 1000, 1);
        chromium.open(SpendByDay.PAGE.toUri().toString());
    }

    @AfterEach
    void logsNoError() {
        assertThat(chromium.console()).isEmpty();
    }

    @Test
    void needsNoNetwork() throws IOException {
        for (String event : chromium.requests()) {
            assertThat(JSON.readTree(event).at("/message/params/request/url").asText()).matches("(file|data):.*");
        }
        assertThat(elements("#days canvas, #month canvas")).hasSize(2);

        assertThat((List<?>) chromium.script(BLOCKED)).as("whatever the page is made to do").asString()
                .contains("img-src", "connect-src");
        assertThat(chromium.console()).isNotEmpty();
    }

    @Test
    void showsTheSumsOfTheRecords() {
        BigDecimal month = sum(day -> YearMonth.from(day).equals(MONTH));
        BigDecimal sameDays = sum(SpendPageBrowserTest::isCompared);
        assertThat(amounts("#summary data")).containsExactly(month, sameDays,
                sum(day -> YearMonth.from(day).equals(LAST_MONTH)), sum(TODAY::equals));
        assertThat(amounts("#categories tfoot data")).containsExactly(sum(TODAY::equals), month, sameDays);
        assertThat(amounts("#all-days tfoot data")).containsExactly(sum(day -> day.isAfter(TODAY.minusDays(31))));
        for (WebElement row : elements("#categories tbody tr")) {
            String category = row.findElement(By.tagName("th")).getText();
            assertThat(amounts(row, "data")).as(category).containsExactly(
                    sum(category, TODAY::equals), sum(category, day -> YearMonth.from(day).equals(MONTH)),
                    sum(category, SpendPageBrowserTest::isCompared));
        }
        assertThat(element("#summary dd").getText()).isEqualTo("$%,.2f".formatted(month));
        assertThat(element("#days-reading").getText()).startsWith(
                "%s, so far: $%,.2f (".formatted(DAY_NAME.format(TODAY), sum(TODAY::equals)));
        assertThat(element("#month-reading").getText()).isEqualTo("To day %d: %s $%,.2f, %s $%,.2f".formatted(
                TODAY.getDayOfMonth(), MONTH_NAME.format(MONTH), month, MONTH_NAME.format(LAST_MONTH), sameDays));
    }

    @Test
    void drawsDaysThresholdAndMarksToScale() throws IOException {
        JsonNode geometry = JSON.readTree((String) chromium.script(GEOMETRY));
        JsonNode bars = geometry.path("bars");
        // In the first days of March, two months have fewer days than the page shows.
        int days = (int) Math.min(31, LAST_MONTH.atDay(1).datesUntil(TODAY.plusDays(1)).count());
        assertThat(bars).as("a bar per day").hasSize(days);
        double base = bars.get(0).path("bottom").asDouble() + 1;
        double perDollar = (base - geometry.path("limit").asDouble()) / geometry.path("value").asDouble();
        for (int day = 0; day < days; day++) {
            double height = sum(TODAY.minusDays(days - 1 - day)::equals).doubleValue() * perDollar;
            // The lines between the layers hide the thinnest ones.
            assertThat(base - bars.get(day).path("top").asDouble()).as("height of day %d", day)
                    .isBetween(height - 12, height + 2);
        }
        assertThat(geometry.path("marks")).as("a mark per corrected day").hasSize(2);
        for (int mark = 0; mark < 2; mark++) {
            JsonNode bar = bars.get(days - 3 + mark);
            JsonNode above = geometry.path("marks").get(mark);
            assertThat((above.path("left").asInt() + above.path("right").asInt()) / 2.0)
                    .isCloseTo((bar.path("left").asInt() + bar.path("right").asInt()) / 2.0, within(2.0));
            double top = base - sum(TODAY.minusDays(2 - mark)::equals).doubleValue() * perDollar;
            assertThat(above.path("bottom").asDouble()).as("just above the bar").isBetween(top - 8, top);
        }
    }

    @Test
    void sortsByClickAndByKeyboard() {
        assertThat(amounts("#categories tbody td:nth-child(3) data")).as("by month to date at first")
                .isSortedAccordingTo(Comparator.reverseOrder());
        element("#categories th:nth-child(2) button").click();
        assertThat(amounts("#categories tbody td:nth-child(2) data")).isSortedAccordingTo(Comparator.reverseOrder());
        element("#categories th:nth-child(2) button").sendKeys(Keys.ENTER);
        assertThat(amounts("#categories tbody td:nth-child(2) data")).isSorted();
        assertThat(attributes("#categories thead th", "aria-sort")).containsExactly("", "ascending", "", "");

        WebElement byName = element("#categories th:nth-child(1) button");
        byName.sendKeys(Keys.SPACE);
        assertThat(elements("#categories tbody th").stream().map(WebElement::getText)).isSorted().hasSize(9);
        assertThat(chromium.driver().switchTo().activeElement()).as("the focus stays").isEqualTo(byName);
        assertThat(attributes("#categories thead th", "aria-sort")).containsExactly("ascending", "", "", "");
    }

    @Test
    void marksCorrectionsAndTheThreshold() {
        assertThat(elements("#corrections tbody time").stream().map(time -> time.getAttribute("datetime")))
                .containsExactly(YESTERDAY.toString(), YESTERDAY.minusDays(1).toString());
        for (WebElement row : elements("#corrections tbody tr")) {
            LocalDate day = LocalDate.parse(row.findElement(By.tagName("time")).getAttribute("datetime"));
            String category = row.findElement(By.cssSelector("td")).getText();
            BigDecimal now = sum(category, day::equals);
            BigDecimal factor = new BigDecimal(day.equals(YESTERDAY) ? "1.25" : "0.8");
            assertThat(amounts(row, "data")).as(category).satisfiesExactly(
                    before -> assertThat(before.multiply(factor)).isEqualByComparingTo(now),
                    after -> assertThat(after).isEqualByComparingTo(now));
        }
        assertThat(elements("#all-days tbody .mark")).hasSize(2);
        assertThat(elements("#legend .mark")).hasSize(1);
        assertThat(element("#legend li:last-child").getText()).matches("spend-of-the-day: \\$[\\d,.]+ a day");
        assertThat(element("#summary div:last-child").getText()).contains("has reached spend-of-the-day");
        assertThat(pixels("--limit", "days")).as("of the threshold").isGreaterThan(200);
        assertThat(pixels("--ink", "days")).as("of the marks").isGreaterThan(20);
        for (int layer = 0; layer < 7; layer++) {
            assertThat(pixels("--color-" + layer, "days")).as("of layer %d", layer).isGreaterThan(50);
        }
        assertThat(pixels("--color-rest", "days")).as("of all other categories").isGreaterThan(50);
        assertThat(pixels("--color-0", "month")).as("of the line of this month").isGreaterThan(100);
    }

    @ParameterizedTest
    @ValueSource(strings = { "light", "dark" })
    void isReadableInBothColorSchemes(String scheme) {
        chromium.emulate(scheme, 1000, 1);
        assertThat(chromium.script("return getComputedStyle(document.body).backgroundColor"))
                .isEqualTo(scheme.equals("dark") ? "rgb(15, 19, 24)" : "rgb(255, 255, 255)");
        assertThat((Double) chromium.script(LOWEST_CONTRAST)).as("contrast").isGreaterThanOrEqualTo(4.5);
        assertThat(pixels("--limit", "days")).as("the plots have the colors of the scheme").isGreaterThan(200);
    }

    @Test
    void fitsOnAPhone() {
        for (int width : new int[]{ 320, 390 }) {
            chromium.emulate("light", width, 2);
            chromium.open(SpendByDay.PAGE.toUri().toString());
            assertThat(chromium.script("return document.scrollingElement.scrollWidth")).as("no sideways scrolling")
                    .isEqualTo((long) width);
            assertThat(chromium.script("return document.querySelector('#days canvas').getBoundingClientRect().width"))
                    .satisfies(wide -> assertThat(((Number) wide).doubleValue()).isBetween(width * 0.8, width * 1.0));
        }
        chromium.emulate("light", 1000, 1);
        Object grown = chromium.script("return document.querySelector('#days canvas').getBoundingClientRect().width");
        assertThat(((Number) grown).doubleValue()).as("the plot grows with the window").isGreaterThan(400);
    }

    @Test
    void canBeReadByKeyboard() {
        WebElement days = element("#days");
        String today = element("#days-reading").getText();
        assertThat(today).startsWith(DAY_NAME.format(TODAY) + ", so far: $");
        days.sendKeys(Keys.ARROW_LEFT);
        assertThat(element("#days-reading").getText()).startsWith(DAY_NAME.format(YESTERDAY) + ": $")
                .contains("1 corrected");
        days.sendKeys(Keys.ARROW_RIGHT);
        assertThat(element("#days-reading").getText()).isEqualTo(today);
        days.sendKeys(Keys.ARROW_RIGHT);
        assertThat(element("#days-reading").getText()).as("nothing follows today").isEqualTo(today);
        element("#month").sendKeys(Keys.ARROW_LEFT);
        assertThat(element("#month-reading").getText())
                .startsWith("To day " + Math.max(1, TODAY.getDayOfMonth() - 1) + ": " + MONTH_NAME.format(MONTH) + " $")
                .contains(", " + MONTH_NAME.format(LAST_MONTH) + " $");

        assertThat((String) chromium.script("document.querySelector('#days').focus();"
                + " return getComputedStyle(document.activeElement).outlineStyle")).isEqualTo("solid");
    }

    @Test
    void reachesEverythingByTab() {
        List<String> stops = new ArrayList<>();
        for (int i = 0; i < 13; i++) {
            chromium.driver().switchTo().activeElement().sendKeys(Keys.TAB);
            stops.add((String) chromium.script(
                    "return document.activeElement.id || document.activeElement.textContent"));
        }
        assertThat(stops).containsExactly("days", "month", "Category", "Today", "month-to-date", "last-month-to-date",
                "Day", "Category", "Before", "Now", "Day", "Most expensive", "Spend");
    }

    @Test
    void readsTheDayBelowThePointer() {
        String today = element("#days-reading").getText();
        new Actions(chromium.driver()).moveToElement(element("#days")).perform();
        assertThat(element("#days-reading").getText()).contains(": $").isNotEqualTo(today);
        new Actions(chromium.driver()).moveToElement(element("h1")).perform();
        assertThat(element("#days-reading").getText()).isEqualTo(today);
    }

    @ParameterizedTest
    @CsvSource({ "light, 1000", "dark, 1000", "light, 390", "dark, 390" })
    void breaksNoRuleOfAccessibility(String scheme, int width) {
        chromium.emulate(scheme, width, 1);
        chromium.open(SpendByDay.PAGE.toUri().toString());
        assertThat(chromium.violations()).isEmpty();
    }

    @Test
    void tellsAScreenReaderWhatItShows() {
        List<JsonNode> nodes = new ArrayList<>();
        JSON.valueToTree(chromium.driver().executeCdpCommand("Accessibility.getFullAXTree", Map.of())).path("nodes")
                .forEach(nodes::add);
        assertThat(names(nodes, "table")).hasSize(3).allSatisfy(name -> assertThat(name)
                .containsAnyOf("Categories", "Corrections", "Days"));
        assertThat(names(nodes, "columnheader")).contains("Category", "Today", MONTH_NAME.format(MONTH) + " to date",
                "Before", "Now", "Day", "Spend");
        assertThat(names(nodes, "rowheader")).contains("Total").hasSizeGreaterThan(31 + 9);
        assertThat(names(nodes, "heading")).containsExactly("Twilio spend", "By day and category", "Month to date");
        assertThat(names(nodes, "group")).contains("By day and category", "Month to date");
        assertThat(nodes).filteredOn(node -> node.at("/role/value").asText().equals("group"))
                .extracting(node -> node.at("/description/value").asText()).hasSize(2)
                .allSatisfy(description -> assertThat(description).contains(" $", "arrow keys"));
        assertThat(elements("[role=status], [aria-live=polite]")).as("what changes is read")
                .extracting(region -> region.getDomAttribute("id"))
                .containsExactly("status", "days-reading", "month-reading");
        assertThat(names(nodes, "main")).hasSize(1);
        assertThat(names(nodes, "button")).doesNotContain("").hasSize(11);
        assertThat(elements("thead th[aria-sort]")).hasSize(3);
        assertThat(elements("table:has(thead th[aria-sort] ~ th[aria-sort])")).as("two orders at once").isEmpty();
        assertThat(chromium.script("return document.documentElement.lang")).isEqualTo("en");
    }

    @Test
    void showsNamesAsText() {
        String name = "</script><img src=x onerror=document.title='run'>${'$'}{1}";
        SpendPage page = new SpendPage();
        page.add(usage(name, "2026-11-23", "1.10"));
        open(page, TODAY, trigger(name, "daily"), trigger("of the month", "monthly"));

        assertThat(element("#categories tbody th").getText()).isEqualTo(name);
        assertThat(element("#legend li").getText()).isEqualTo(name);
        assertThat(element("#legend li:last-child").getText()).startsWith(name);
        assertThat(element("#months li:last-child").getText()).isEqualTo("of the month: $5.00 a month");
        assertThat(pixels("--limit", "month")).as("of the threshold of the month").isGreaterThan(100);
        assertThat(elements("img")).isEmpty();
        assertThat(chromium.driver().getTitle()).isEqualTo("Twilio spend");
    }

    @Test
    void comparesTheSameDaysAtTheEndsOfMonths() {
        SpendPage page = new SpendPage();
        page.add(usage("sms", "2026-12-31", "0.1"));
        page.add(usage("sms", "2026-12-01", "0.2"));
        page.add(usage("sms", "2027-01-01", "0.7"));
        page.add(usage("refunds", "2027-01-01", "-1000000000000000000.123456789"));
        open(page, LocalDate.parse("2027-01-01"));
        assertThat(element("#categories th:nth-child(4)").getText()).isEqualTo("December 1–1");
        assertThat(amounts("#summary data")).containsExactly(new BigDecimal("-999999999999999999.423456789"),
                new BigDecimal("0.2"), new BigDecimal("0.3"), new BigDecimal("-999999999999999999.423456789"));

        SpendPage march = new SpendPage();
        march.add(usage("sms", "2027-02-28", "2"));
        march.add(usage("sms", "2027-03-31", "3"));
        open(march, LocalDate.parse("2027-03-31"));
        assertThat(element("#categories th:nth-child(4)").getText()).isEqualTo("February 1–28");
        assertThat(amounts("#summary data")).containsExactly(new BigDecimal("3"), new BigDecimal("2"),
                new BigDecimal("2"), new BigDecimal("3"));
        assertThat(element("#summary").getText()).contains("50 % more than February 1–28");
    }

    @Test
    void leavesOutOtherCurrencies() {
        SpendPage page = new SpendPage();
        page.add(usage("sms", TODAY.toString(), "1"));
        page.add(usage("calls", TODAY.toString(), "100", "eur"));
        open(page, TODAY);

        assertThat(amounts("#categories tfoot data")).startsWith(BigDecimal.ONE, BigDecimal.ONE);
        assertThat(element("#status").getText()).startsWith("1 records until ")
                .endsWith("; 1 in other currencies are left out");
    }

    @Test
    void drawsCreditsDownwards() {
        SpendPage page = new SpendPage();
        page.add(usage("sms", TODAY.toString(), "2"));
        page.add(usage("refunds", TODAY.toString(), "-1"));
        open(page, TODAY);

        assertThat((double) pixels("--color-0", "days") / pixels("--color-1", "days")).isBetween(1.8, 2.2);
    }

    @Test
    void showsAPageWithoutUsage() {
        open(new SpendPage(), TODAY);

        assertThat(amounts("#summary data")).containsOnly(BigDecimal.ZERO);
        assertThat(element("#corrections").isDisplayed()).isFalse();
        assertThat(chromium.violations()).isEmpty();
    }

    @Test
    void saysThatItsDataCannotBeRead() throws IOException {
        Path file = directory.resolve("usage.html");
        Files.writeString(file, Files.readString(SpendByDay.PAGE)
                .replaceFirst("(<script id=\"data\"[^>]*>)[^<]*", "$1"));
        chromium.open(file.toUri().toString());
        await().untilAsserted(() -> assertThat(element("#status").getText()).startsWith("The data cannot be read ("));
        assertThat(chromium.violations()).as("before the first data").isEmpty();
        chromium.driver().get("about:blank");
        assertThat(chromium.console()).isNotEmpty();
    }

    @Test
    void picturesOfTheDocsAreSmall() throws IOException {
        Path target = System.getProperty("update") == null ? Path.of("target", "pictures") : Path.of("docs");
        chromium.picture(target.resolve("page.png"), 1000, 760);
        chromium.emulate("dark", 390, 2);
        chromium.open(SpendByDay.PAGE.toUri().toString());
        chromium.picture(target.resolve("page-on-a-phone.png"), 390, 660);

        for (String name : List.of("page.png", "page-on-a-phone.png")) {
            assertThat(Files.size(target.resolve(name))).as(name).isBetween(10_000L, 150_000L);
        }
    }

    private void open(SpendPage page, LocalDate today, UsageTrigger... triggers) {
        Path file = directory.resolve("usage.html");
        page.write(file, today, List.of(triggers));
        chromium.open(file.toUri().toString());
    }

    private static WebElement element(String selector) {
        return chromium.driver().findElement(By.cssSelector(selector));
    }

    private static List<WebElement> elements(String selector) {
        return chromium.driver().findElements(By.cssSelector(selector));
    }

    private static List<String> attributes(String selector, String name) {
        return elements(selector).stream().map(found -> found.getDomAttribute(name))
                .map(value -> value == null ? "" : value).toList();
    }

    private static List<BigDecimal> amounts(String selector) {
        return elements(selector).stream().map(SpendPageBrowserTest::amount).toList();
    }

    private static List<BigDecimal> amounts(WebElement parent, String selector) {
        return parent.findElements(By.cssSelector(selector)).stream().map(SpendPageBrowserTest::amount).toList();
    }

    private static BigDecimal amount(WebElement data) {
        return new BigDecimal(data.getDomAttribute("value")).stripTrailingZeros();
    }

    private static long pixels(String color, String plot) {
        return (Long) chromium.script(HAS_COLOR, color, plot);
    }

    private static List<String> names(List<JsonNode> nodes, String role) {
        return nodes.stream().filter(node -> node.at("/role/value").asText().equals(role))
                .map(node -> node.at("/name/value").asText()).toList();
    }

    /** Whether a day of the last month is compared with those of this month. */
    private static boolean isCompared(LocalDate day) {
        return YearMonth.from(day).equals(LAST_MONTH) && day.getDayOfMonth() <= TODAY.getDayOfMonth();
    }

    private static BigDecimal sum(Predicate<LocalDate> days) {
        return sum(null, days);
    }

    private static BigDecimal sum(String category, Predicate<LocalDate> days) {
        return records.stream()
                .filter(usage -> category == null || usage.path("category").asText().equals(category))
                .filter(usage -> days.test(LocalDate.parse(usage.path("startDate").asText())))
                .map(usage -> usage.path("price").decimalValue()).reduce(BigDecimal.ZERO, BigDecimal::add)
                .stripTrailingZeros();
    }

    private static UsageRecord usage(String category, String day, String price) {
        return usage(category, day, price, "usd");
    }

    private static UsageRecord usage(String category, String day, String price, String currency) {
        return new UsageRecord("AC1", category, null, LocalDate.parse(day), LocalDate.parse(day), null, null, null,
                null, new BigDecimal(price), currency, OffsetDateTime.parse(day + "T12:00:00Z"), null, null, Map.of())
                .withRecordKey(category + day);
    }

    private static UsageTrigger trigger(String name, String recurring) {
        return new UsageTrigger("UT1", "AC1", name, "totalprice", "price", recurring, new BigDecimal("5"), null, null,
                null, null, null, null, null, null, null, Map.of());
    }
}
