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

/** Forwards connections and records what clients send: as TLS in front of a simulator, or as an HTTP proxy. */
final class Relay implements AutoCloseable {
    private final ServerSocket server;
    private final Target target;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger closedConnections = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Relay(ServerSocket server, Target target) {
        this.server = server;
        this.target = target;
        threads.execute(this::accept);
    }

    /** Terminates TLS in front of the port. The recording holds the decrypted text. */
    static Relay tls(SSLContext tls, int port) throws IOException {
        return new Relay(tls.getServerSocketFactory().createServerSocket(0, 50, loopback()),
                client -> new Socket(loopback(), port));
    }

    /** Forwards to the port without encryption. */
    static Relay plain(int port) throws IOException {
        return new Relay(new ServerSocket(0, 50, loopback()), client -> new Socket(loopback(), port));
    }

    /** An HTTP proxy that supports only CONNECT. */
    static Relay proxy() throws IOException {
        return new Relay(new ServerSocket(0, 50, loopback()), null);
    }

    int port() {
        return server.getLocalPort();
    }

    /** The number of connections that were closed. */
    int closedConnections() {
        return closedConnections.get();
    }

    /** The number of connections that clients hold open. */
    int openConnections() {
        return accepted.get() - closedConnections.get();
    }

    /** Everything that clients sent. */
    String received() {
        synchronized (received) {
            return received.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                accepted.incrementAndGet();
                sockets.add(client);
                threads.execute(() -> relay(client));
            } catch (IOException e) {
                // The relay was closed.
            }
        }
    }

    private void relay(Socket client) {
        try (client; Socket upstream = target == null ? connect(client) : target.connect(client)) {
            sockets.add(upstream);
            threads.execute(() -> copy(upstream, client, OutputStream.nullOutputStream()));
            copy(client, upstream, received);
        } catch (IOException e) {
            // The client closed the connection, or rejected the handshake.
        } finally {
            closedConnections.incrementAndGet();
        }
    }

    private Socket connect(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = client.getInputStream().read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.append((char) next);
        }
        synchronized (received) {
            received.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        }
        String[] address = head.substring("CONNECT ".length(), head.indexOf(" HTTP/1.1")).split(":");
        Socket upstream = new Socket(address[0], Integer.parseInt(address[1]));
        client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return upstream;
    }

    private static void copy(Socket from, Socket to, OutputStream copy) {
        try {
            InputStream in = from.getInputStream();
            byte[] buffer = new byte[8192];
            for (int length = in.read(buffer); length > 0; length = in.read(buffer)) {
                synchronized (copy) {
                    copy.write(buffer, 0, length);
                }
                to.getOutputStream().write(buffer, 0, length);
            }
        } catch (IOException e) {
            // One side closed the connection.
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
        Socket connect(Socket client) throws IOException;
    }
}
