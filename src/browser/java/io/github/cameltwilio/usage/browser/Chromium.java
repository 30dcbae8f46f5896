package io.github.cameltwilio.usage.browser;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;

import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A headless Chromium of the machine; none is downloaded. */
public final class Chromium implements AutoCloseable {
    private static final String AXE = axe();

    private final ChromeDriver driver;

    public Chromium() throws IOException {
        Path profile = Files.createTempDirectory(Files.createDirectories(Path.of("target", "chromium")), "profile");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser().orElseThrow().toFile());
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        // Root has no sandbox. The rest keeps Chromium from calling home.
        options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb",
                "--user-data-dir=" + profile.toAbsolutePath());
        // Otherwise Selenium would look for a driver to download.
        System.setProperty("webdriver.chrome.driver", driverOfMachine().orElseThrow().toString());
        driver = new ChromeDriver(options);
        emulate("light", 1000, 1);
    }

    /** For {@code @EnabledIf}. */
    public static boolean isInstalled() {
        boolean installed = browser().isPresent() && driverOfMachine().isPresent();
        if (!installed) {
            System.out.println("The browser tests are skipped: there is no Chromium with its driver on the PATH, which"
                    + " Debian has in the packages chromium and chromium-driver");
        }
        return installed;
    }

    private static Optional<Path> browser() {
        return find("chromium", "chromium-browser", "google-chrome");
    }

    private static Optional<Path> driverOfMachine() {
        return find("chromedriver");
    }

    private static Optional<Path> find(String... names) {
        return Stream.of(names)
                .flatMap(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable).findFirst();
    }

    public ChromeDriver driver() {
        return driver;
    }

    /** Opens a page, and forgets what was logged before. */
    public void open(String url) {
        logs(LogType.BROWSER);
        logs(LogType.PERFORMANCE);
        driver.get(url);
    }

    public List<String> console() {
        return logs(LogType.BROWSER);
    }

    /** What the page has sent requests for since it was opened, as the events of the browser say it. */
    public List<String> requests() {
        return logs(LogType.PERFORMANCE).stream().filter(event -> event.contains("Network.requestWillBeSent\""))
                .toList();
    }

    private List<String> logs(String type) {
        return driver.manage().logs().get(type).getAll().stream().map(LogEntry::getMessage).toList();
    }

    /** Shows the page in a color scheme, and in a window of a width in CSS pixels. */
    public void emulate(String scheme, int width, int scale) {
        driver.executeCdpCommand("Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 800, "deviceScaleFactor", scale, "mobile", width < 600));
    }

    public void disconnect() {
        driver.executeCdpCommand("Network.enable", Map.of());
        driver.executeCdpCommand("Network.emulateNetworkConditions",
                Map.of("offline", true, "latency", 0, "downloadThroughput", 0, "uploadThroughput", 0));
    }

    public Object script(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** What axe finds against the rules of WCAG 2.2, A and AA, and against good practice, with the elements. */
    public List<String> violations() {
        script(AXE);
        Object found = driver.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
                    .then(({violations, passes}) => done(passes.length < 20 ? ['hardly any rule was applied']
                        : violations.map(({id, help, nodes}) => `${id}: ${help}: ${nodes.map(node => node.html)}`)),
                        e => done([String(e)]));
                """);
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }

    private static String axe() {
        try (InputStream axe = Chromium.class.getResourceAsStream("/axe.min.js")) {
            return new String(axe.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Saves a picture of the page from its top down to a height in CSS pixels. */
    public void picture(Path file, int width, int height) {
        Map<String, Object> picture = driver.executeCdpCommand("Page.captureScreenshot",
                Map.of("format", "png", "captureBeyondViewport", true,
                        "clip", Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1)));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, Base64.getDecoder().decode(picture.get("data").toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}
