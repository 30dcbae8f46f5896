package io.github.cameltwilio.usage.bench;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;

/** What one would write by hand: one request after another, with each record parsed from the stream and passed on. */
class Baseline implements Reading {
    private final CloseableHttpClient client = HttpClients.createDefault();
    private final JsonFactory json = new JsonFactory();
    private final URI firstPage;
    private Sink sink;
    private String dayText;
    private LocalDate day;

    Baseline(Work work) {
        this.firstPage = work.firstPage();
    }

    @Override
    public void prepare(Sink next) throws Exception {
        sink = next;
    }

    @Override
    public void read() throws IOException {
        URI page = firstPage;
        while (page != null) {
            HttpGet request = new HttpGet(page);
            request.setHeader("Authorization",
                    BenchmarkAccount.authorization(BenchmarkAccount.SID, BenchmarkAccount.AUTH_TOKEN));
            String next = client.execute(request, response -> readPage(response.getEntity().getContent()));
            page = next == null ? null : firstPage.resolve(next);
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }

    private String readPage(InputStream body) throws IOException {
        String next = null;
        try (JsonParser page = json.createParser(body)) {
            page.nextToken();
            while (page.nextToken() == JsonToken.FIELD_NAME) {
                String field = page.currentName();
                page.nextToken();
                switch (field) {
                    case "next_page_uri" -> next = page.getValueAsString();
                    case "usage_records" -> readRecords(page);
                    default -> page.skipChildren();
                }
            }
        }
        return next;
    }

    private void readRecords(JsonParser page) throws IOException {
        while (page.nextToken() == JsonToken.START_OBJECT) {
            accept(row(page));
        }
    }

    void accept(UsageRow row) {
        sink.accept(row.price());
    }

    private UsageRow row(JsonParser page) throws IOException {
        String accountSid = null;
        String apiVersion = null;
        String asOf = null;
        String category = null;
        BigDecimal count = null;
        String countUnit = null;
        String description = null;
        LocalDate endDate = null;
        BigDecimal price = null;
        String priceUnit = null;
        LocalDate startDate = null;
        Map<String, String> subresourceUris = null;
        String uri = null;
        BigDecimal usage = null;
        String usageUnit = null;
        while (page.nextToken() == JsonToken.FIELD_NAME) {
            String field = page.currentName();
            page.nextToken();
            switch (field) {
                case "account_sid" -> accountSid = page.getText();
                case "api_version" -> apiVersion = page.getText();
                case "as_of" -> asOf = page.getText();
                case "category" -> category = page.getText();
                case "count" -> count = number(page);
                case "count_unit" -> countUnit = page.getText();
                case "description" -> description = page.getText();
                case "end_date" -> endDate = day(page);
                case "price" -> price = number(page);
                case "price_unit" -> priceUnit = page.getText();
                case "start_date" -> startDate = day(page);
                case "subresource_uris" -> subresourceUris = texts(page);
                case "uri" -> uri = page.getText();
                case "usage" -> usage = number(page);
                case "usage_unit" -> usageUnit = page.getText();
                default -> page.skipChildren();
            }
        }
        return new UsageRow(accountSid, apiVersion, asOf, category, count, countUnit, description, endDate, price,
                priceUnit,
                startDate, subresourceUris, uri, usage, usageUnit);
    }

    /** Parses each day once, since most records have the same day as the one before. */
    private LocalDate day(JsonParser page) throws IOException {
        String text = page.getText();
        if (!text.equals(dayText)) {
            day = LocalDate.parse(text);
            dayText = text;
        }
        return day;
    }

    private static BigDecimal number(JsonParser page) throws IOException {
        return new BigDecimal(page.getTextCharacters(), page.getTextOffset(), page.getTextLength());
    }

    private static Map<String, String> texts(JsonParser page) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        while (page.nextToken() == JsonToken.FIELD_NAME) {
            texts.put(page.currentName(), page.nextTextValue());
        }
        return texts;
    }
}
