package io.github.cameltwilio.usage.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.URISyntaxException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.net.URIBuilder;

/**
 * Lists daily usage records as Twilio does, as fast as it can and after a fixed time; any other list has one record. It
 * has a JVM of its own, so that what it needs is not counted as anybody's.
 */
final class UsageServer {
    /** Where to ask how many requests were answered since the last time that was asked. */
    static final String ANSWERED = "/answered";
    /** Followed by how many records a page has from now on, at the most. */
    static final String LARGEST_PAGE = "/largest-page/";
    /** Followed by how many milliseconds it is to wait before each answer from now on. */
    static final String LATENCY = "/latency/";
    /** A year of them is 100,000 records. */
    static final int RECORDS_A_DAY = 274;

    // Twilio's is 50. Who cannot say how many records a page should have is not to be slow for that alone.
    private static final String DEFAULT_PAGE_SIZE = "1000";

    private final UsageData data;
    private final LocalDate firstDay;
    private final LocalDate lastDay;
    private final AtomicInteger answered = new AtomicInteger();
    private volatile int latencyMillis;
    private volatile int largestPage = Integer.MAX_VALUE;

    private UsageServer(UsageData data, LocalDate firstDay, LocalDate lastDay) {
        this.data = data;
        this.firstDay = firstDay;
        this.lastDay = lastDay;
    }

    /**
     * Prints its address, and answers there until its input ends, as it does with who started it.
     *
     * @param arguments the first and the last day that there are records of
     */
    public static void main(String[] arguments) throws Exception {
        HttpServer server = new UsageServer(UsageData.render(RECORDS_A_DAY), LocalDate.parse(arguments[0]),
                LocalDate.parse(arguments[1])).listen();
        System.out.println("http://127.0.0.1:" + server.getLocalPort());
        System.in.read();
        System.exit(0);
    }

    private HttpServer listen() throws IOException {
        HttpServer server = ServerBootstrap.bootstrap().setLocalAddress(InetAddress.getByName("127.0.0.1"))
                .setRequestRouter((request, context) -> (asked, response, ignored) -> answer(asked, response)).create();
        server.start();
        return server;
    }

    private void answer(ClassicHttpRequest request, ClassicHttpResponse response) throws IOException, HttpException {
        if (request.getPath().equals(ANSWERED)) {
            response.setEntity(new StringEntity(Integer.toString(answered.getAndSet(0))));
            return;
        }
        if (request.getPath().startsWith(LATENCY)) {
            latencyMillis = Integer.parseInt(request.getPath().substring(LATENCY.length()));
            response.setEntity(new StringEntity(Integer.toString(latencyMillis)));
            return;
        }
        if (request.getPath().startsWith(LARGEST_PAGE)) {
            largestPage = Integer.parseInt(request.getPath().substring(LARGEST_PAGE.length()));
            response.setEntity(new StringEntity(Integer.toString(largestPage)));
            return;
        }
        try {
            TimeUnit.MILLISECONDS.sleep(latencyMillis);
            answered.incrementAndGet();
            response.setEntity(page(new URIBuilder(request.getPath())));
        } catch (URISyntaxException e) {
            throw new HttpException(e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    private HttpEntity page(URIBuilder uri) {
        Map<String, String> asked = uri.getQueryParams().stream()
                .collect(Collectors.toMap(NameValuePair::getName, NameValuePair::getValue));
        LocalDate oldest = LocalDate.parse(asked.getOrDefault("StartDate", firstDay.toString()));
        LocalDate newest = LocalDate.parse(asked.getOrDefault("EndDate", lastDay.toString()));
        int size = Math.min(largestPage, Integer.parseInt(asked.getOrDefault("PageSize", DEFAULT_PAGE_SIZE)));
        int number = Integer.parseInt(asked.getOrDefault("Page", "0"));
        int records = uri.getPath().equals(Account.DAILY)
                ? Math.toIntExact((ChronoUnit.DAYS.between(oldest, newest) + 1) * RECORDS_A_DAY) : 1;
        int first = number * size;
        int end = Math.min(records, first + size);
        String next = end == records ? "null" : '"' + link(uri, number + 1) + '"';
        String head = """
                {"end":%d,"first_page_uri":"%s","next_page_uri":%s,"page":%d,"page_size":%d,"previous_page_uri":null,\
                "start":%d,"uri":"%s","usage_records":["""
                .formatted(end - 1, link(uri, 0), next, number, size, first, link(uri, number));
        return new EntityTemplate(data.length(head, first, end), ContentType.APPLICATION_JSON, null,
                page -> data.write(page, head, newest, first, end));
    }

    private static String link(URIBuilder uri, int page) {
        return uri.setParameter("Page", Integer.toString(page)).setParameter("PageToken", "PA" + page).toString();
    }
}
