package io.github.cameltwilio.usage;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that responds with arbitrary bytes, to test the client against broken and hostile servers. */
final class RawServer implements AutoCloseable {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private final ServerSocket server;
    private final Responder responder;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger openConnections = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    RawServer(Responder responder) throws IOException {
        this.responder = responder;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** The first lines of all requests. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** The number of connections that are still open. */
    int openConnections() {
        return openConnections.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                openConnections.incrementAndGet();
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                // The server was closed.
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) client.getInputStream().read());
            }
            String request = head.substring(0, head.indexOf("\r\n"));
            requests.add(request);
            responder.respond(request, client.getOutputStream());
        } catch (IOException | InterruptedException e) {
            // The client closed the connection, or the test is over.
        } finally {
            openConnections.decrementAndGet();
        }
    }

    /** Writes the text again and again, with pauses, until the client closes the connection. */
    static void writeForever(OutputStream out, String text, int pauseMillis) throws IOException, InterruptedException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        while (true) {
            out.write(bytes);
            out.flush();
            NEVER.await(pauseMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** Writes the text again and again, as fast as it is read, until the client closes the connection. */
    static void writeForever(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        while (true) {
            out.write(bytes);
        }
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FunctionalInterface
    interface Responder {
        void respond(String request, OutputStream out) throws IOException, InterruptedException;
    }
}
