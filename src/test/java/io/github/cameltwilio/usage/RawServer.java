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

/** A server that writes to its callers whatever it likes, as no server should, for as long as they listen. */
final class RawServer implements AutoCloseable {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private final ServerSocket server;
    private final Answer answer;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    RawServer(Answer answer) throws IOException {
        this.answer = answer;
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

    /** How many calls there are that nobody ended yet. */
    int open() {
        return open.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket caller = server.accept();
                open.incrementAndGet();
                threads.execute(() -> talk(caller));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void talk(Socket caller) {
        try (caller) {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) caller.getInputStream().read());
            }
            String request = head.substring(0, head.indexOf("\r\n"));
            requests.add(request);
            answer.to(request, caller.getOutputStream());
        } catch (IOException | InterruptedException e) {
            // The caller has had enough, or the test is over.
        } finally {
            open.decrementAndGet();
        }
    }

    /** Repeats it for as long as the caller listens, with a pause after each. */
    static void forEver(OutputStream out, String text, int pauseMillis) throws IOException, InterruptedException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        while (true) {
            out.write(bytes);
            out.flush();
            NEVER.await(pauseMillis, TimeUnit.MILLISECONDS);
        }
    }

    /** The same as fast as it is read. */
    static void forEver(OutputStream out, String text) throws IOException {
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
    interface Answer {
        void to(String request, OutputStream out) throws IOException, InterruptedException;
    }
}
