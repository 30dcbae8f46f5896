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
 * Lists daily usage records as Twilio does, after a fixed latency; any other list has one record. It runs in a separate
 * JVM, so that its own cost is not attributed to a contender.
 */
final class UsageServer {
    /** Returns the number of responses since the last call. */
    static final String RESPONSES = "/responses";
    /** Followed by the maximum number of records per page from now on. */
    static final String MAX_PAGE_SIZE = "/max-page-size/";
    /** Followed by the milliseconds to wait before each response from now on. */
    static final String LATENCY = "/latency/";
    /** A year of them is 100,000 records. */
    static final int RECORDS_PER_DAY = 274;

    // The default of Twilio is 50. A contender without an option for the page size must not be slow for that reason
    // alone.
    private static final String DEFAULT_PAGE_SIZE = "1000";

    private final UsageData data;
    private final LocalDate firstDay;
    private final LocalDate lastDay;
    private final AtomicInteger responses = new AtomicInteger();
    private volatile int latencyMillis;
    private volatile int maxPageSize = Integer.MAX_VALUE;

    private UsageServer(UsageData data, LocalDate firstDay, LocalDate lastDay) {
        this.data = data;
        this.firstDay = firstDay;
        this.lastDay = lastDay;
    }

    /**
     * Prints its address, and serves requests until standard input closes, which happens when the parent process ends.
     *
     * @param arguments the first and the last day with records
     */
    public static void main(String[] arguments) throws Exception {
        HttpServer server = new UsageServer(UsageData.render(RECORDS_PER_DAY), LocalDate.parse(arguments[0]),
                LocalDate.parse(arguments[1])).listen();
        System.out.println("http://127.0.0.1:" + server.getLocalPort());
        System.in.read();
        System.exit(0);
    }

    private HttpServer listen() throws IOException {
        HttpServer server = ServerBootstrap.bootstrap().setLocalAddress(InetAddress.getByName("127.0.0.1"))
                .setRequestRouter((request, context) -> (requested, response, ignored) -> respond(requested, response))
                .create();
        server.start();
        return server;
    }

    private void respond(ClassicHttpRequest request, ClassicHttpResponse response) throws IOException, HttpException {
        if (request.getPath().equals(RESPONSES)) {
            response.setEntity(new StringEntity(Integer.toString(responses.getAndSet(0))));
            return;
        }
        if (request.getPath().startsWith(LATENCY)) {
            latencyMillis = Integer.parseInt(request.getPath().substring(LATENCY.length()));
            response.setEntity(new StringEntity(Integer.toString(latencyMillis)));
            return;
        }
        if (request.getPath().startsWith(MAX_PAGE_SIZE)) {
            maxPageSize = Integer.parseInt(request.getPath().substring(MAX_PAGE_SIZE.length()));
            response.setEntity(new StringEntity(Integer.toString(maxPageSize)));
            return;
        }
        try {
            TimeUnit.MILLISECONDS.sleep(latencyMillis);
            responses.incrementAndGet();
            response.setEntity(page(new URIBuilder(request.getPath())));
        } catch (URISyntaxException e) {
            throw new HttpException(e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    private HttpEntity page(URIBuilder uri) {
        Map<String, String> parameters = uri.getQueryParams().stream()
                .collect(Collectors.toMap(NameValuePair::getName, NameValuePair::getValue));
        LocalDate oldest = LocalDate.parse(parameters.getOrDefault("StartDate", firstDay.toString()));
        LocalDate newest = LocalDate.parse(parameters.getOrDefault("EndDate", lastDay.toString()));
        int size = Math.min(maxPageSize, Integer.parseInt(parameters.getOrDefault("PageSize", DEFAULT_PAGE_SIZE)));
        int page = Integer.parseInt(parameters.getOrDefault("Page", "0"));
        int records = uri.getPath().equals(BenchmarkAccount.DAILY)
                ? Math.toIntExact((ChronoUnit.DAYS.between(oldest, newest) + 1) * RECORDS_PER_DAY) : 1;
        int first = page * size;
        int end = Math.min(records, first + size);
        String next = end == records ? "null" : '"' + link(uri, page + 1) + '"';
        String head = """
                {"end":%d,"first_page_uri":"%s","next_page_uri":%s,"page":%d,"page_size":%d,"previous_page_uri":null,\
                "start":%d,"uri":"%s","usage_records":["""
                .formatted(end - 1, link(uri, 0), next, page, size, first, link(uri, page));
        return new EntityTemplate(data.length(head, first, end), ContentType.APPLICATION_JSON, null,
                out -> data.write(out, head, newest, first, end));
    }

    private static String link(URIBuilder uri, int page) {
        return uri.setParameter("Page", Integer.toString(page)).setParameter("PageToken", "PA" + page).toString();
    }
}
