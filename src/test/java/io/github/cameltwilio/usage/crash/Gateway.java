package io.github.cameltwilio.usage.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.protocol.HttpProcessorBuilder;
import org.apache.hc.core5.http.protocol.ResponseConnControl;
import org.apache.hc.core5.http.protocol.ResponseContent;
import org.apache.hc.core5.io.CloseMode;

/** A reverse proxy in front of a simulator, with a clock of its own, and with errors of its own. */
final class Gateway implements AutoCloseable {
    private static final Set<String> CREATED_BY_CLIENT = Set.of("connection", "content-length", "host", "upgrade");

    private final URI target;
    private final Clock clock;
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpServer server;
    private final AtomicInteger requests = new AtomicInteger();
    private final Semaphore arrivals = new Semaphore(0);
    private final AtomicInteger errors = new AtomicInteger();
    private final AtomicReference<Duration> deviationOnce = new AtomicReference<>(Duration.ZERO);
    private volatile Duration deviation = Duration.ZERO;
    private volatile Duration latency = Duration.ZERO;
    private volatile Consumer<String> listener = path -> {};

    Gateway(URI target, Clock clock) {
        this.target = target;
        this.clock = clock;
        // The default processor would add the Date of this machine.
        server = ServerBootstrap.bootstrap().setLocalAddress(InetAddress.getLoopbackAddress())
                .setHttpProcessor(HttpProcessorBuilder.create().addAll(new ResponseContent(), new ResponseConnControl())
                        .build())
                .setRequestRouter((route, routeContext) -> (request, response, context) -> handle(request, response))
                .create();
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** The next response, and no other, has a wrong {@code Date}. */
    void deviateOnce(Duration by) {
        deviationOnce.set(by);
    }

    /** All responses have a wrong {@code Date}, until this is called again. */
    void deviate(Duration by) {
        deviation = by;
    }

    Duration deviation() {
        return deviation;
    }

    /** Every request takes this much longer. */
    void delay(Duration by) {
        latency = by;
    }

    /** Calls the listener with the path of each request, when it arrives. */
    void listen(Consumer<String> toPaths) {
        listener = toPaths;
    }

    /** The next requests get 502 without a {@code Date}. */
    void fail(int requests) {
        errors.set(requests);
    }

    /** Waits for the next request, but not longer than this. */
    void awaitRequest(Duration atMost) throws InterruptedException {
        arrivals.drainPermits();
        arrivals.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns how many requests there were so far. */
    int requests() {
        return requests.get();
    }

    private void handle(ClassicHttpRequest request, ClassicHttpResponse response) throws HttpException, IOException {
        requests.incrementAndGet();
        arrivals.release();
        listener.accept(request.getPath());
        if (errors.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            response.setCode(502);
            response.setEntity(new StringEntity("bad gateway"));
            return;
        }
        HttpRequest.Builder forwarded = HttpRequest.newBuilder(target.resolve(request.getPath()));
        for (Header header : request.getHeaders()) {
            if (!CREATED_BY_CLIENT.contains(header.getName().toLowerCase())) {
                forwarded.header(header.getName(), header.getValue());
            }
        }
        try {
            Thread.sleep(latency.toMillis());
            HttpResponse<byte[]> answered = client.send(forwarded.build(), HttpResponse.BodyHandlers.ofByteArray());
            response.setCode(answered.statusCode());
            answered.headers().map().forEach((name, values) -> {
                if (!name.equals("content-length") && !name.equals("connection")
                        && !name.equals("transfer-encoding")) {
                    response.setHeader(name, values.get(0));
                }
            });
            response.setEntity(new ByteArrayEntity(answered.body(), null));
            response.setHeader("Date", DateUtils.formatStandardDate(
                    clock.instant().plus(deviation).plus(deviationOnce.getAndSet(Duration.ZERO))));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.close(CloseMode.IMMEDIATE);
    }
}
