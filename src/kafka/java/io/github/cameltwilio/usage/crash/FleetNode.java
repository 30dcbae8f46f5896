package io.github.cameltwilio.usage.crash;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.example.Fleet;
import io.github.cameltwilio.usage.ChildJvm;

/** A node of the example in src/it/fleet, in a process of its own, which starts again when it ends by itself. */
final class FleetNode implements AutoCloseable {
    private static final Pattern ACCOUNT = Pattern.compile("/Accounts/(AC\\w+)/Usage/Records/Daily");
    private static final Pattern TOTAL = Pattern.compile("Total +\\d+ +(\\d+)");
    private static final Path EXAMPLE = Path.of("src/it/fleet/src/main/resources");

    /** @param at {@code System.nanoTime()} */
    record Request(long at, String account) {
    }

    private final String name;
    private final Gateway twilio;
    private final Cable zookeeper;
    private final Map<String, String> environment;
    private final Path output;
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private Process process;
    private boolean isWanted;
    private int exits;

    FleetNode(String name, URI simulator, Clock clock, Duration latency, int zookeeperPort, Path directory,
              Map<String, String> environment)
            throws IOException {
        this.name = name;
        this.twilio = new Gateway(simulator, clock);
        this.zookeeper = new Cable(zookeeperPort);
        this.output = directory.resolve("output-" + name);
        this.environment = environment;
        twilio.delay(latency);
        twilio.listen(path -> {
            Matcher account = ACCOUNT.matcher(path);
            if (account.find()) {
                requests.add(new Request(System.nanoTime(), account.group(1)));
            }
        });
    }

    /** Starts the process, as one of so many nodes. */
    synchronized void start(int number, int nodes) throws IOException {
        isWanted = true;
        ProcessBuilder builder = ChildJvm.of(EXAMPLE + ":" + System.getProperty("java.class.path"), Fleet.class,
                List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
        builder.environment().putAll(environment);
        builder.environment().putAll(Map.of("TWILIO_BASE_URL", twilio.baseUrl().toString(), "ZOOKEEPER",
                "127.0.0.1:" + zookeeper.port(), "NODE", Integer.toString(number), "NODES", Integer.toString(nodes)));
        process = builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile())).start();
        process.onExit().thenAccept(ended -> restart(ended, number, nodes));
    }

    private synchronized void restart(Process ended, int number, int nodes) {
        if (isWanted && ended == process) {
            exits++;
            try {
                start(number, nodes);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    void kill() throws InterruptedException {
        Process killed;
        synchronized (this) {
            isWanted = false;
            killed = process;
        }
        if (killed != null) {
            killed.destroyForcibly().waitFor();
        }
    }

    void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        long pid;
        synchronized (this) {
            pid = process.pid();
        }
        new ProcessBuilder("kill", signal, Long.toString(pid)).start().waitFor();
    }

    /** Cuts the connection to the cluster service, and no other one. */
    void disconnect() {
        zookeeper.cut();
    }

    void connect() {
        zookeeper.mend();
    }

    /** Returns how often the process has ended by itself. */
    synchronized int exits() {
        return exits;
    }

    /** Collects the garbage of the process, and returns the bytes of the heap that are then in use. */
    long bytesInUse() throws IOException, InterruptedException {
        long pid;
        synchronized (this) {
            pid = process.pid();
        }
        Process histogram = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid), "GC.class_histogram").redirectErrorStream(true).start();
        List<String> lines = histogram.inputReader().lines().toList();
        histogram.waitFor();
        Matcher total = TOTAL.matcher(lines.get(lines.size() - 1));
        if (!total.matches()) {
            throw new IllegalStateException(lines.get(lines.size() - 1));
        }
        return Long.parseLong(total.group(1));
    }

    /** The requests for usage records since the last {@link #forgetRequests}. */
    List<Request> requests() {
        return new ArrayList<>(requests);
    }

    void forgetRequests() {
        requests.clear();
    }

    @Override
    public void close() {
        try {
            kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        zookeeper.close();
        twilio.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
