package io.github.cameltwilio.usage;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Responds as Twilio has never been seen to: with the items, the {@code Date} headers and the failures that a test
 * gives it. Lists the records of the requested days, and those without a day, in the order in which they were given.
 */
final class ScriptedTwilio implements AutoCloseable {
    static final String ACCOUNT = "AC" + "1".repeat(32);

    private static final Pattern START = Pattern.compile("\"start_date\":\"(\\d{4}-\\d\\d-\\d\\d)");
    private static final Pattern LINK = Pattern.compile("&Page=(\\d+)");
    private static final Pattern WINDOW = Pattern.compile("StartDate=([\\d-]+)&EndDate=([\\d-]+)");

    private final Clock clock;
    private final RawServer server;
    private final List<String> items = new CopyOnWriteArrayList<>();
    private final Deque<String> responses = new ConcurrentLinkedDeque<>();
    private final Deque<Instant> dates = new ConcurrentLinkedDeque<>();
    private volatile Instant date;
    private volatile boolean hidesToday;
    private volatile int pageSize = Integer.MAX_VALUE;

    ScriptedTwilio(Clock clock) throws IOException {
        this.clock = clock;
        this.server = new RawServer(this::respond);
    }

    Map<String, String> account() {
        return Map.of("baseUrl", server.baseUrl().toString(), "accountSid", ACCOUNT, "authToken", "token");
    }

    /** Replaces what is listed. */
    void list(String... newItems) {
        items.clear();
        items.addAll(List.of(newItems));
    }

    /** Splits lists, but not those that are scripted, into pages of this size. */
    void pageSize(int size) {
        pageSize = size;
    }

    /** Responds to the next request for a list with these items, whatever its window. */
    void listOnce(String... onlyNow) {
        responses.add("200 " + String.join(",", onlyNow));
    }

    void failOnce(int status) {
        responses.add(status + " ");
    }

    /** Gives the next responses these dates, one each. */
    void dateOnce(String... wrong) {
        for (String date : wrong) {
            dates.add(Instant.parse(date));
        }
    }

    /** Gives all responses this date, or the right one if it is null. */
    void date(String wrong) {
        date = wrong == null ? null : Instant.parse(wrong);
    }

    /** Lists nothing for today's total, which tells which day it is. */
    void hideToday() {
        hidesToday = true;
    }

    List<String> windows() {
        return server.requests().stream().map(WINDOW::matcher).filter(Matcher::find)
                .map(found -> found.group(1) + "/" + found.group(2)).toList();
    }

    static String record(String day, String category, String count) {
        return "{\"account_sid\":\"" + ACCOUNT + "\",\"category\":\"" + category + "\",\"start_date\":\"" + day
                + "\",\"end_date\":\"" + day + "\",\"count\":\"" + count
                + "\",\"usage\":\"0\",\"price\":\"0\",\"price_unit\":\"usd\"}";
    }

    private void respond(String request, OutputStream out) throws IOException {
        boolean isClock = request.contains("/Today.json");
        String scripted = isClock ? null : responses.poll();
        String status = scripted == null ? "200" : scripted.substring(0, 3);
        List<String> listed = isClock ? hidesToday ? List.of() : List.of(total())
                : items.stream().filter(item -> isIn(request, item)).toList();
        Matcher link = LINK.matcher(request);
        int page = link.find() ? Integer.parseInt(link.group(1)) : 0;
        boolean isLast = scripted != null || (long) (page + 1) * pageSize >= listed.size();
        String list = scripted != null ? scripted.substring(4) : listed.stream().skip((long) page * pageSize)
                .limit(pageSize).collect(Collectors.joining(","));
        String next = isLast ? "null" : "\"" + request.split(" ")[1].replaceAll("&Page=\\d+", "") + "&Page="
                + (page + 1) + "\"";
        String name = request.contains("/Triggers.json") ? "usage_triggers"
                : request.contains("/Accounts.json") ? "accounts" : "usage_records";
        String body = status.equals("200") ? "{\"" + name + "\":[" + list + "],\"next_page_uri\":" + next + "}" : "{}";
        Instant scriptedDate = dates.poll();
        Instant now = scriptedDate != null ? scriptedDate : date != null ? date : clock.instant();
        // As with a gateway, a failure has no Date.
        RawServer.write(out, "HTTP/1.1 " + status + " x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + (status.equals("200")
                        ? "Date: " + DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC)) + "\r\n"
                        : "")
                + "Content-Length: " + body.length() + "\r\n\r\n" + body);
        out.flush();
    }

    private String total() {
        return record(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString(), "totalprice", "1");
    }

    private static boolean isIn(String request, String item) {
        Matcher day = START.matcher(item);
        Matcher window = WINDOW.matcher(request);
        return !day.find() || !window.find() || day.group(1).compareTo(window.group(1)) >= 0
                && day.group(1).compareTo(window.group(2)) <= 0;
    }

    @Override
    public void close() {
        server.close();
    }
}
