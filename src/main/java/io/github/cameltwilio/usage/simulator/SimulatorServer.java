package io.github.cameltwilio.usage.simulator;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.ListIterator;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.io.CloseMode;

/** The HTTP server in front of the API: it records requests, injects faults and adds Twilio's headers. */
final class SimulatorServer implements AutoCloseable {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter
            .ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final long seed;
    private final Clock clock;
    private final UsageApi api;
    private final List<Fault> faults = new ArrayList<>();
    private final List<ReceivedRequest> requests = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong responses = new AtomicLong();
    private final AtomicInteger concurrent = new AtomicInteger();
    private final AtomicInteger maxConcurrent = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final HttpServer server;

    SimulatorServer(long seed, Clock clock, UsageApi api, int port) {
        this.seed = seed;
        this.clock = clock;
        this.api = api;
        try {
            server = ServerBootstrap.bootstrap()
                    .setLocalAddress(InetAddress.getByName("127.0.0.1"))
                    .setListenerPort(port)
                    // Otherwise it cannot be restarted on the same port until a minute after its last connection.
                    .setSocketConfig(SocketConfig.custom().setSoReuseAddress(true).build())
                    .setRequestRouter(
                            (route, routeContext) -> (request, response, context) -> handle(request, response))
                    .create();
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException("The simulator cannot listen on port " + port, e);
        }
    }

    URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    void add(Fault fault) {
        synchronized (faults) {
            faults.add(fault);
        }
    }

    List<ReceivedRequest> requests() {
        return List.copyOf(requests);
    }

    void clearRequests() {
        requests.clear();
    }

    int maxConcurrentRequests() {
        return maxConcurrent.get();
    }

    @Override
    public void close() {
        // The server stops first, so that a client whose response is withheld cannot get one by retrying.
        server.close(CloseMode.IMMEDIATE);
        closed.countDown();
    }

    private void handle(ClassicHttpRequest received, ClassicHttpResponse response) throws IOException {
        long start = System.nanoTime();
        int concurrentRequests = concurrent.incrementAndGet();
        maxConcurrent.accumulateAndGet(concurrentRequests, Math::max);
        try {
            ReceivedRequest request = ReceivedRequest.of(received);
            requests.add(request);
            SimulatedResponse simulated = takeFault(request)
                    .map(fault -> fault.respond(request, () -> api.respond(request)))
                    .orElseGet(() -> api.respond(request));
            response.setCode(simulated.status());
            simulated.headers().forEach(response::setHeader);
            response.setHeader("Date", HTTP_DATE.format(clock.instant()));
            response.setHeader("Twilio-Concurrent-Requests", concurrentRequests);
            response.setHeader("Twilio-Request-Id", nextRequestId());
            send(simulated, response);
            response.setHeader("Twilio-Request-Duration",
                    String.format(Locale.ROOT, "%.3f", (System.nanoTime() - start) / 1e9));
        } catch (InterruptedException e) {
            throw new InterruptedIOException("The simulator is closed");
        } finally {
            concurrent.decrementAndGet();
        }
    }

    private Optional<Fault> takeFault(ReceivedRequest request) {
        synchronized (faults) {
            for (ListIterator<Fault> queue = faults.listIterator(); queue.hasNext();) {
                Fault fault = queue.next();
                if (fault.matches(request)) {
                    if (fault.isLast()) {
                        queue.remove();
                    } else {
                        queue.set(fault.afterOnce());
                    }
                    return Optional.of(fault);
                }
            }
        }
        return Optional.empty();
    }

    private void send(SimulatedResponse simulated, ClassicHttpResponse response)
            throws IOException, InterruptedException {
        switch (simulated.delivery()) {
            case NEVER -> {
                closed.await();
                throw new IOException("Injected fault: no response");
            }
            case CONNECTION_CLOSED -> throw new IOException("Injected fault: connection closed");
            case TRUNCATED ->
                response.setEntity(new SimulatedResponseEntity(simulated, simulated.body().length / 2));
            case WHOLE -> {
                closed.await(simulated.delay().toNanos(), TimeUnit.NANOSECONDS);
                if (simulated.status() != 204) {
                    response.setEntity(new SimulatedResponseEntity(simulated, simulated.body().length));
                }
            }
        }
    }

    private String nextRequestId() {
        long number = responses.incrementAndGet();
        return "RQ%016x%016x".formatted(SimulatedUsage.scramble(~seed), SimulatedUsage.scramble(~seed + number));
    }
}
