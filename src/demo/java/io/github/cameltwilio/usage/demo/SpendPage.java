package io.github.cameltwilio.usage.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.client.UsageTrigger;

/** One HTML file that shows the spend of this month and the last one, and needs neither a server nor a network. */
final class SpendPage {
    private static final String PAGE = "/page/";
    private static final String LIBRARY = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final Pattern LINKED = Pattern
            .compile("<link rel=\"stylesheet\" href=\"([^\"]+)\">|<script src=\"([^\"]+)\"></script>");
    private static final String DATA = "<script id=\"data\" type=\"application/json\">";

    private final Map<String, UsageRecord> records = new LinkedHashMap<>();
    private final Map<String, BigDecimal> corrected = new HashMap<>();

    /** What {@code usage.js} reads. Amounts are text, because numbers in JavaScript are rounded. */
    record Data(String today, List<Row> records, List<Line> triggers) {
    }

    /** @param was the price before Twilio corrected it, after the day was over */
    record Row(String day, String category, String price, String currency,
            @JsonInclude(JsonInclude.Include.NON_NULL) String was) {
    }

    record Line(String name, String value, String recurring) {
    }

    void add(UsageRecord usage) {
        UsageRecord previous = records.put(usage.recordKey(), usage);
        if (previous != null && previous.price() != null && isOver(previous.startDate(), previous.asOf())) {
            corrected.putIfAbsent(usage.recordKey(), previous.price());
        }
    }

    /** While a day is not over, its usage grows, which is no correction. */
    private static boolean isOver(LocalDate day, OffsetDateTime asOf) {
        return asOf != null && day.isBefore(asOf.withOffsetSameInstant(ZoneOffset.UTC).toLocalDate());
    }

    /** @param triggers those that watch the price of everything are drawn as lines */
    void write(Path file, LocalDate today, List<UsageTrigger> triggers) {
        List<Row> rows = records.values().stream().filter(usage -> usage.price() != null)
                .map(usage -> new Row(usage.startDate().toString(), usage.category(), text(usage.price()),
                        usage.priceUnit(), text(corrected.get(usage.recordKey()))))
                .toList();
        List<Line> lines = triggers.stream()
                .filter(trigger -> "totalprice".equals(trigger.usageCategory()) && "price".equals(trigger.triggerBy())
                        && trigger.recurring() != null && trigger.triggerValue() != null)
                .map(trigger -> new Line(trigger.friendlyName(), text(trigger.triggerValue()), trigger.recurring()))
                .toList();
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, html(new Data(today.toString(), rows, lines)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(BigDecimal number) {
        return number == null ? null : number.toPlainString();
    }

    private static String html(Data data) throws JsonProcessingException {
        // A name that contains </script> must not end the script.
        String json = new ObjectMapper().writeValueAsString(data).replace("<", "\\u003c");
        return LINKED.matcher(resource(PAGE + "usage.html")).replaceAll(SpendPage::inlined).replace(DATA, DATA + json);
    }

    private static String inlined(MatchResult linked) {
        String style = linked.group(1);
        return Matcher.quoteReplacement(style != null
                ? "<style>\n" + file(style) + "</style>" : "<script>\n" + file(linked.group(2)) + "</script>");
    }

    private static String file(String name) {
        return resource((name.startsWith("uPlot") ? LIBRARY : PAGE) + name);
    }

    private static String resource(String name) {
        try (InputStream content = SpendPage.class.getResourceAsStream(name)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
