package io.github.cameltwilio.usage.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.simulator.TwilioUsageSimulator;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Daily records as JSON, newest first. The simulator renders one day. All other days are copies of it with other dates,
 * so that a page costs the server next to nothing, and is sent while it is written.
 */
final class UsageData {
    private static final int CHUNK = 64 * 1024;
    private static final LocalDate RENDERED = LocalDate.parse("2001-01-01");

    private final List<Row> day;

    private UsageData(List<Row> day) {
        this.day = day;
    }

    static UsageData render(int recordsPerDay) throws IOException, InterruptedException {
        try (TwilioUsageSimulator simulator = TwilioUsageSimulator.builder().categories(names(recordsPerDay))
                .accountCreated(RENDERED).zeroShare(0).start()) {
            HttpRequest request = HttpRequest
                    .newBuilder(simulator.baseUrl().resolve(BenchmarkAccount.path(simulator.accountSid())
                            + "?PageSize=1000&StartDate=" + RENDERED + "&EndDate=" + RENDERED))
                    .header("Authorization",
                            BenchmarkAccount.authorization(simulator.accountSid(), simulator.authToken()))
                    .build();
            String page = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body()
                    .replace(simulator.accountSid(), BenchmarkAccount.SID);
            String rows = page.substring(page.indexOf("[{") + 1, page.lastIndexOf("]}"));
            return new UsageData(Stream.of(rows.split("(?<=\\}),(?=\\{\"account_sid\")")).map(Row::of).toList());
        }
    }

    /** Names as long as the longer ones of Twilio, so that a record has 1,600 bytes. */
    private static String[] names(int count) {
        return IntStream.range(0, count).mapToObj("calls-inbound-tollfree-%03d"::formatted).toArray(String[]::new);
    }

    /** The length of a page in bytes; see {@link #write}. */
    int length(String head, int first, int end) {
        return head.length() + IntStream.range(first, end).map(number -> row(number).json.length + 1).sum() + 1;
    }

    /**
     * Writes a page with the records from {@code first} (inclusive) to {@code end} (exclusive). Record 0 is the first
     * one of the newest day.
     *
     * @param head the page up to its first record
     */
    void write(OutputStream page, String head, LocalDate newest, int first, int end) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK).put(head.getBytes(US_ASCII));
        byte[] date = null;
        for (int number = first; number < end; number++) {
            if (date == null || number % day.size() == 0) {
                date = newest.minusDays(number / day.size()).toString().getBytes(US_ASCII);
            }
            if (chunk.remaining() < row(number).json.length + 2) {
                page.write(chunk.array(), 0, chunk.position());
                chunk.clear();
            }
            row(number).write(chunk, date);
            chunk.put((byte) (number + 1 < end ? ',' : ']'));
        }
        page.write(chunk.put((byte) '}').array(), 0, chunk.position());
    }

    private Row row(int number) {
        return day.get(number % day.size());
    }

    private record Row(byte[] json, int[] dates) {

        static Row of(String json) {
            return new Row(json.getBytes(US_ASCII), Pattern.compile(RENDERED.toString()).matcher(json).results()
                    .mapToInt(MatchResult::start).toArray());
        }

        void write(ByteBuffer page, byte[] date) {
            int start = page.position();
            page.put(json);
            for (int position : dates) {
                page.put(start + position, date);
            }
        }
    }
}
