package io.github.cameltwilio.usage.runtime;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.github.cameltwilio.usage.TestClock;
import io.github.cameltwilio.usage.browser.Chromium;
import io.github.cameltwilio.usage.simulator.TwilioUsageSimulatorExtension;
import org.apache.camel.test.AvailablePortFinder;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Runs the project of the dashboard, and looks at its page in a real browser while Twilio's figures change. */
@EnabledIf(value = "io.github.cameltwilio.usage.browser.Chromium#isInstalled", disabledReason = "there is no Chromium")
class DashboardBrowserIT {
    private static final String TOTAL = "totalprice";

    // For Twilio it is yesterday until the test advances the clock, so that a day begins while the page is open.
    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);
    private final LocalDate yesterday = today.minusDays(1);
    private final LocalDate lastMonth = today.withDayOfMonth(1).minusMonths(1);
    private final TestClock clock = new TestClock(
            yesterday.atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC).toString());
    private final int port = AvailablePortFinder.getNextAvailable();
    private final URI url = URI.create("http://127.0.0.1:" + port + "/");

    @RegisterExtension
    final TwilioUsageSimulatorExtension twilio = new TwilioUsageSimulatorExtension(
            simulator -> simulator.clock(clock).accountCreated(lastMonth.minusMonths(1)).zeroShare(0.1)
                    .categories("calls", "calls-inbound", "calls-outbound", "calls-recordings", "phonenumbers", "sms",
                            "sms-inbound", "sms-outbound", "sms-messages-carrierfees", TOTAL));

    private ConsumerProject project;
    private Process process;
    private Chromium chromium;

    @BeforeEach
    void runTheProject() throws Exception {
        createTrigger();
        project = ConsumerProject.copyOf("dashboard");
        Files.deleteIfExists(project.file("target/usage.mv.db"));
        process = project.start(twilio.simulator(), Map.of("PORT", Integer.toString(port), "USAGE_DELAY", "1000"),
                "compile", "exec:java");
        chromium = new Chromium();
    }

    @AfterEach
    void stop() throws Exception {
        if (chromium != null) {
            chromium.close();
        }
        if (process != null) {
            ConsumerProject.end(process);
        }
    }

    @Test
    void showsNewAndCorrectedRecordsWhileOneLooks() throws Exception {
        await().atMost(Duration.ofMinutes(4)).ignoreExceptions()
                .failFast(() -> assertThat(process.isAlive()).as(project.output()).isTrue())
                .untilAsserted(() -> assertThat(get(url.resolve("/usage.json"))).contains("\"category\"", "\"name\""));
        for (InetAddress address : addressesOfTheNetwork()) {
            assertThatThrownBy(() -> new Socket(address, port).close()).as("for this machine only")
                    .isInstanceOf(ConnectException.class);
        }
        chromium.open(url.toString());
        eventually(() -> assertThat(amounts("#summary data")).containsExactly(ofThisMonth(), ofSameDays(),
                sum(day -> !day.isBefore(lastMonth) && day.isBefore(lastMonth.plusMonths(1))), BigDecimal.ZERO));
        assertThat(element("#legend li:last-child").getText()).startsWith("spend-of-the-day: $");
        assertThat(element("#corrections").isDisplayed()).isFalse();
        chromium.script("window.isOpen = true");

        // The day ends, and another one begins. What was yet to come of the first one is no correction.
        clock.advance(Duration.ofDays(1));
        eventually(() -> assertThat(amounts("#summary data")).startsWith(ofThisMonth()).endsWith(sum(today::equals)));
        assertThat(sum(today::equals)).isPositive();
        assertThat(element("#corrections").isDisplayed()).isFalse();

        BigDecimal before = sum(yesterday::equals);
        twilio.simulator().correct(yesterday, TOTAL, new BigDecimal("0.5"));
        eventually(() -> assertThat(amounts("#summary data")).startsWith(ofThisMonth()));
        List<BigDecimal> corrections = amounts("#corrections tbody data");
        assertThat(corrections).hasSizeGreaterThan(2);
        assertThat(everySecond(corrections, 0)).isEqualByComparingTo(before);
        assertThat(everySecond(corrections, 1)).isEqualByComparingTo(sum(yesterday::equals));
        assertThat(element("#status").getText()).contains("changed at ");
        assertThat(chromium.driver().findElements(By.cssSelector("#categories tr.changed")))
                .as("what has changed is marked").isNotEmpty();
        assertThat(chromium.driver().findElements(By.cssSelector("#all-days tr.changed"))).hasSize(1);
        assertThat(chromium.script("return window.isOpen")).as("the page was not loaded again").isEqualTo(true);
        assertThat(chromium.console()).isEmpty();
        assertThat(chromium.requests()).isNotEmpty()
                .allSatisfy(event -> assertThat(event).containsAnyOf("\"url\":\"" + url, "\"url\":\"data:"));
        chromium.picture(Path.of(System.getProperty("update") == null ? "target/pictures" : "docs", "dashboard.png"),
                1000, 760);
        for (String scheme : List.of("light", "dark")) {
            for (int width : new int[]{ 1000, 390 }) {
                chromium.emulate(scheme, width, 1);
                assertThat(chromium.violations()).as("%s, %d wide", scheme, width).isEmpty();
            }
        }

        ConsumerProject.end(process);
        eventually(() -> assertThat(element("#status").getText()).startsWith("The data cannot be read"));
        project.assertThatNoLogHasASecret(twilio.simulator(), "(dashboard) started");
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(assertion);
    }

    private void createTrigger() throws Exception {
        BigDecimal highest = lastMonth.datesUntil(today).map(day -> twilio.simulator().usage(day, TOTAL).price())
                .max(BigDecimal::compareTo).orElseThrow();
        String form = "UsageCategory=totalprice&TriggerBy=price&Recurring=daily&FriendlyName=spend-of-the-day"
                + "&CallbackUrl=https://example.com/&TriggerValue="
                + highest.multiply(new BigDecimal("1.1")).setScale(2, RoundingMode.UP);
        String path = "/2010-04-01/Accounts/" + twilio.simulator().accountSid() + "/Usage/Triggers.json";
        String credentials = twilio.simulator().accountSid() + ":" + twilio.simulator().authToken();
        HttpRequest request = HttpRequest.newBuilder(twilio.simulator().baseUrl().resolve(path))
                .header("Authorization", "Basic " + Base64.getEncoder()
                        .encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)).build();
        assertThat(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(201);
    }

    private static List<InetAddress> addressesOfTheNetwork() throws SocketException {
        return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress()).toList();
    }

    private static String get(URI address) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(address).build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }

    private BigDecimal ofThisMonth() {
        return sum(day -> !day.isBefore(lastMonth.plusMonths(1)));
    }

    private BigDecimal ofSameDays() {
        return sum(day -> day.isBefore(lastMonth.plusMonths(1)) && day.getDayOfMonth() <= today.getDayOfMonth());
    }

    /** The bill of the days of both months. */
    private BigDecimal sum(Predicate<LocalDate> days) {
        return lastMonth.datesUntil(today.plusDays(1)).filter(days)
                .map(day -> twilio.simulator().usage(day, TOTAL).price()).reduce(BigDecimal.ZERO, BigDecimal::add)
                .stripTrailingZeros();
    }

    private static BigDecimal everySecond(List<BigDecimal> amounts, int first) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int i = first; i < amounts.size(); i += 2) {
            sum = sum.add(amounts.get(i));
        }
        return sum;
    }

    private WebElement element(String selector) {
        return chromium.driver().findElement(By.cssSelector(selector));
    }

    private List<BigDecimal> amounts(String selector) {
        // In one step, because the page replaces its elements.
        List<?> values = (List<?>) chromium.script(
                "return [...document.querySelectorAll(arguments[0])].map(data => data.value)", selector);
        return values.stream().map(value -> new BigDecimal(value.toString()).stripTrailingZeros()).toList();
    }
}
