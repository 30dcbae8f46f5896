package io.github.cameltwilio.usage.demo;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.client.UsageTrigger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class SpendPageTest {
    private static final Pattern DATA = Pattern.compile("<script id=\"data\" type=\"application/json\">(.*)</script>");

    private final SpendPage page = new SpendPage();

    @TempDir
    Path directory;

    @Test
    void keepsNamesFromEndingTheScript() throws IOException {
        String name = "</script><script>alert(1)</script><!--";
        page.add(usage(name, "2026-03-14", "1", "2026-03-15T12:00:00Z"));

        assertThat(html(trigger(name, "totalprice", "price", "daily"))).doesNotContain("alert(1)</script>");
        assertThat(data().at("/records/0/category").asText()).isEqualTo(name);
        assertThat(data().at("/triggers/0/name").asText()).isEqualTo(name);
    }

    @Test
    void hasTheLastPriceOfARecordAsExactText() throws IOException {
        page.add(usage("sms", "2026-03-14", "1", "2026-03-14T12:00:00Z"));
        page.add(usage("sms", "2026-03-14", "1E-7", "2026-03-14T18:00:00Z"));

        html();
        assertThat(data().path("records")).hasSize(1);
        assertThat(data().at("/records/0/price").asText()).isEqualTo("0.0000001");
        assertThat(data().at("/records/0/was").isMissingNode()).as("the day was not over").isTrue();
    }

    @Test
    void showsTheFirstPriceOfADayThatWasOverBesideTheLast() throws IOException {
        page.add(usage("sms", "2026-03-14", "1", "2026-03-14T12:00:00Z"));
        page.add(usage("sms", "2026-03-14", "2", "2026-03-15T00:10:00Z"));
        page.add(usage("sms", "2026-03-14", "3", "2026-03-15T12:00:00Z"));
        page.add(usage("sms", "2026-03-14", "4", "2026-03-16T12:00:00Z"));

        html();
        assertThat(data().at("/records/0/was").asText()).isEqualTo("2");
        assertThat(data().at("/records/0/price").asText()).isEqualTo("4");
    }

    @Test
    void drawsOnlyTriggersOfTheWholeSpend() throws IOException {
        html(trigger("all", "totalprice", "price", "monthly"), trigger("messages", "sms", "price", "daily"),
                trigger("usage", "totalprice", "usage", "daily"), trigger("once", "totalprice", "price", null));

        assertThat(data().path("triggers")).hasSize(1);
        assertThat(data().at("/triggers/0/value").asText()).isEqualTo("100");
    }

    private String html(UsageTrigger... triggers) throws IOException {
        page.write(file(), LocalDate.parse("2026-03-15"), List.of(triggers));
        return Files.readString(file());
    }

    private JsonNode data() throws IOException {
        Matcher data = DATA.matcher(Files.readString(file()));
        assertThat(data.find()).isTrue();
        return new ObjectMapper().readTree(data.group(1));
    }

    private Path file() {
        return directory.resolve("usage.html");
    }

    private static UsageRecord usage(String category, String day, String price, String asOf) {
        return new UsageRecord("AC1", category, null, LocalDate.parse(day), LocalDate.parse(day), null, null, null,
                null,
                new BigDecimal(price), "usd", OffsetDateTime.parse(asOf), null, null, Map.of())
                .withRecordKey(category + day);
    }

    private static UsageTrigger trigger(String name, String category, String by, String recurring) {
        return new UsageTrigger("UT1", "AC1", name, category, by, recurring, new BigDecimal("1E+2"), null, null, null,
                null, null, null, null, null, null, Map.of());
    }
}
