package io.github.cameltwilio.usage;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;

/** A server that passes on what it is sent, and keeps a copy: TLS in front of a simulator, or an HTTP proxy. */
final class Relay implements AutoCloseable {
    private final ServerSocket server;
    private final Target target;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger hungUp = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Relay(ServerSocket server, Target target) {
        this.server = server;
        this.target = target;
        threads.execute(this::accept);
    }

    /** Takes TLS off what goes to the port. What is kept was encrypted on its way. */
    static Relay tls(SSLContext tls, int port) throws IOException {
        return new Relay(tls.getServerSocketFactory().createServerSocket(0, 50, loopback()),
                caller -> new Socket(loopback(), port));
    }

    /** Forwards to the port without encryption. */
    static Relay plain(int port) throws IOException {
        return new Relay(new ServerSocket(0, 50, loopback()), caller -> new Socket(loopback(), port));
    }

    /** An HTTP proxy that knows CONNECT and nothing else. */
    static Relay proxy() throws IOException {
        return new Relay(new ServerSocket(0, 50, loopback()), null);
    }

    int port() {
        return server.getLocalPort();
    }

    /** How many calls ended. */
    int hungUp() {
        return hungUp.get();
    }

    /** The number of connections that clients hold open. */
    int openConnections() {
        return accepted.get() - hungUp.get();
    }

    /** All that any client sent. */
    String received() {
        synchronized (received) {
            return received.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket caller = server.accept();
                accepted.incrementAndGet();
                sockets.add(caller);
                threads.execute(() -> relay(caller));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void relay(Socket caller) {
        try (caller; Socket called = target == null ? connected(caller) : target.of(caller)) {
            sockets.add(called);
            threads.execute(() -> copy(called, caller, OutputStream.nullOutputStream()));
            copy(caller, called, received);
        } catch (IOException e) {
            // The caller hung up, or refused to shake hands.
        } finally {
            hungUp.incrementAndGet();
        }
    }

    private Socket connected(Socket caller) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = caller.getInputStream().read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.append((char) next);
        }
        synchronized (received) {
            received.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        }
        String[] address = head.substring("CONNECT ".length(), head.indexOf(" HTTP/1.1")).split(":");
        Socket called = new Socket(address[0], Integer.parseInt(address[1]));
        caller.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return called;
    }

    private static void copy(Socket from, Socket to, OutputStream copy) {
        try {
            InputStream in = from.getInputStream();
            byte[] some = new byte[8192];
            for (int length = in.read(some); length > 0; length = in.read(some)) {
                synchronized (copy) {
                    copy.write(some, 0, length);
                }
                to.getOutputStream().write(some, 0, length);
            }
        } catch (IOException e) {
            // One of the two hung up.
        } finally {
            close(to);
        }
    }

    private static InetAddress loopback() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public void close() {
        close(server);
        sockets.forEach(Relay::close);
        threads.shutdownNow();
    }

    private static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FunctionalInterface
    private interface Target {
        Socket of(Socket caller) throws IOException;
    }
}
