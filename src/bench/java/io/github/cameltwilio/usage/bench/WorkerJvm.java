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
 * The process of a worker, which waits between its turns. If it fails, for example for lack of memory, or takes too
 * long, it is stopped and has no measurements; its output is in a file.
 */
final class WorkerJvm implements AutoCloseable {
    /** The output of the last worker. */
    static final Path OUTPUT = Path.of("target", "benchmark", "worker.log");

    private final Process process;
    private final BufferedReader output;
    private final Duration limit;
    private final List<String> printed = new ArrayList<>();

    /**
     * Returns when the worker has warmed up.
     *
     * @param limit the timeout of each step
     */
    WorkerJvm(Process process, Duration limit) throws IOException, InterruptedException {
        this.process = process;
        this.output = process.inputReader();
        this.limit = limit;
        awaitReady();
    }

    /** Returns when the worker has read everything. */
    void takeTurn() throws IOException, InterruptedException {
        if (process.isAlive()) {
            process.outputWriter().append(Worker.TURN).append('\n').flush();
            awaitReady();
        }
    }

    /** The measurements of all turns; empty if one of them failed. */
    List<Measurement> end() throws IOException, InterruptedException {
        if (process.isAlive()) {
            process.outputWriter().close();
            awaitReady();
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

    private void awaitReady() throws IOException, InterruptedException {
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

    /** Returns false at the end of the output. */
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
