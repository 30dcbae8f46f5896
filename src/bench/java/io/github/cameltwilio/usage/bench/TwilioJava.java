package io.github.cameltwilio.usage.bench;

import java.net.URI;

import com.twilio.http.NetworkHttpClient;
import com.twilio.http.TwilioRestClient;
import com.twilio.rest.api.v2010.account.usage.record.Daily;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.HttpHost;

/** Twilio's own library in a plain loop. */
final class TwilioJava implements Reading {
    private final TwilioRestClient client;
    private final Work work;
    private Sink sink;

    TwilioJava(Work work) {
        this.client = client(work.server());
        this.work = work;
    }

    @Override
    public void prepare(Sink next) {
        sink = next;
    }

    /** Routes requests for api.twilio.com to the benchmark's server, as a proxy would. */
    static TwilioRestClient client(URI server) {
        HttpRoute route = new HttpRoute(new HttpHost(server.getScheme(), server.getHost(), server.getPort()));
        return new TwilioRestClient.Builder(BenchmarkAccount.SID, BenchmarkAccount.AUTH_TOKEN)
                .httpClient(
                        new NetworkHttpClient(HttpClientBuilder.create().setRoutePlanner((target, context) -> route)))
                .build();
    }

    @Override
    public void read() {
        for (Daily daily : Daily.reader(BenchmarkAccount.SID).setStartDate(work.firstDay()).setEndDate(work.lastDay())
                .setPageSize(1000L).read(client)) {
            sink.accept(daily.getPrice());
        }
    }

    @Override
    public void close() {
        // The client of the library cannot be closed.
    }
}
