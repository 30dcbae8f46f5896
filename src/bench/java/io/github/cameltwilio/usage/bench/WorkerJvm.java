package io.github.cameltwilio.usage.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * One worker from outside: a JVM that waits while it is others' turn. It may fail, such as for want of memory, or take
 * too long; then it is ended, has nothing to tell, and its output is in a file.
 */
final class WorkerJvm implements AutoCloseable {
    /** What the last worker printed. */
    static final Path OUTPUT = Path.of("target", "benchmark", "worker.log");

    private final Process process;
    private final BufferedReader output;
    private final Duration limit;
    private final List<String> printed = new ArrayList<>();

    /**
     * Returns when it has warmed up.
     *
     * @param limit how long each step may take
     */
    WorkerJvm(Process process, Duration limit) throws IOException, InterruptedException {
        this.process = process;
        this.output = process.inputReader();
        this.limit = limit;
        waitForIt();
    }

    /** Returns when it has read everything. */
    void takeTurn() throws IOException, InterruptedException {
        if (process.isAlive()) {
            process.outputWriter().append(Worker.TURN).append('\n').flush();
            waitForIt();
        }
    }

    /** What was measured at each turn; nothing when one of them failed. */
    List<Measurement> end() throws IOException, InterruptedException {
        if (process.isAlive()) {
            process.outputWriter().close();
            waitForIt();
        }
        Files.write(OUTPUT, printed);
        List<Measurement> measurements = new ArrayList<>();
        if (process.waitFor() == 0) {
            for (String line : printed) {
                if (line.startsWith(Worker.MEASUREMENT)) {
                    measurements.add(new ObjectMapper().readValue(line.substring(Worker.MEASUREMENT.length()),
                            Measurement.class));
                }
            }
        }
        return measurements;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void waitForIt() throws IOException, InterruptedException {
        CompletableFuture<Boolean> ready = CompletableFuture.supplyAsync(this::readUntilReady);
        try {
            if (!ready.get(limit.toSeconds(), TimeUnit.SECONDS)) {
                process.waitFor();
            }
        } catch (TimeoutException e) {
            process.destroyForcibly().waitFor();
            ready.join();
        } catch (ExecutionException e) {
            throw new IOException(e);
        }
    }

    /** False at the end of the output. */
    private boolean readUntilReady() {
        try {
            String line = output.readLine();
            while (line != null && !line.equals(Worker.READY)) {
                printed.add(line);
                line = output.readLine();
            }
            return line != null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
