package io.github.cameltwilio.usage.state;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Keeps the position in a file, for one consumer of one process at a time.
 *
 * <p>
 * The file is a {@link Journal} of text: a line for what it is, then a line for each thing to remember, with tabs
 * between its fields. It is written anew when more than half of it is out of date.
 */
public final class FileUsageStateRepository implements UsageStateRepository, Closeable {
    private static final String FORMAT = "twilio-usage-state\t1\t";
    private static final String POSITION = "position";
    private static final String DELIVERED = "delivered";
    // So that a small file is not replaced all the time.
    private static final int FEW = 1000;

    private final Path file;
    private final String firstLine;
    private final Journal journal;
    private final Map<String, ReaderState> states = new HashMap<>();
    private int recordsInFile;

    FileUsageStateRepository(Path file, ReaderId owner, Consumer<Journal.Step> passing) {
        this.file = file;
        this.firstLine = FORMAT + owner;
        if (!Files.isDirectory(file.toAbsolutePath().getParent())) {
            throw new IllegalArgumentException(
                    "The directory of the state file " + file + " does not exist: make it, on a"
                            + " disk that outlives the process");
        }
        try {
            this.journal = new Journal(file, passing);
        } catch (IOException e) {
            throw failed("locked", e);
        }
        try {
            load();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens the file, or makes it where there is none.
     *
     * @param  owner                 the consumer; with {@code splitSubaccounts} its readers are those of the accounts
     * @throws IllegalStateException when the file is in use, corrupt, or another consumer's
     */
    public static FileUsageStateRepository open(Path file, ReaderId owner) {
        return new FileUsageStateRepository(file, owner, step -> {});
    }

    @Override
    public synchronized Optional<Position> position(ReaderId reader) {
        return state(reader.toString()).position();
    }

    @Override
    public synchronized Map<RecordKey, UsageValues> lastDelivered(ReaderId reader, Collection<RecordKey> keys) {
        Map<RecordKey, UsageValues> values = new HashMap<>();
        keys.forEach(key -> state(reader.toString()).lastDelivered(key.startDate(), key.category())
                .ifPresent(last -> values.put(key, last)));
        return values;
    }

    @Override
    public synchronized void delivered(ReaderId reader, Collection<Delivered> records) {
        StringJoiner line = new StringJoiner("\t").add(DELIVERED).add(reader.toString());
        for (Delivered one : records) {
            add(line, one.key().startDate(), one.key().category(), one.values());
        }
        append(line.toString());
    }

    @Override
    public synchronized void advance(ReaderId reader, Position to, LocalDate forgetBefore) {
        if (state(reader.toString()).isMovedBy(to, forgetBefore)) {
            append(position(reader.toString(), to, forgetBefore));
            replaceIfOutOfDate();
        }
    }

    /** Lets another consumer have the file. */
    @Override
    public synchronized void close() {
        try {
            journal.close();
        } catch (IOException e) {
            throw failed("closed", e);
        }
    }

    private void load() {
        try {
            if (!journal.exists()) {
                journal.replace(Stream.of(firstLine));
            } else {
                journal.replay(this::checkFirstLine, this::remember);
            }
        } catch (IOException e) {
            throw new IllegalStateException("The state file " + file + " is corrupt: " + e.getMessage()
                    + ". Nothing was"
                    + " delivered. Restore the file, or delete it to begin anew, which delivers again what lies after"
                    + " startDate or within the look-back", e);
        }
    }

    private void checkFirstLine(String line) {
        if (!line.equals(firstLine)) {
            throw new IllegalStateException(
                    "The state file " + file + " is of another consumer or of another version: it"
                            + " says \"" + line + "\" where this one writes \"" + firstLine
                            + "\". Name another stateFile, or delete"
                            + " this one to begin anew");
        }
    }

    private void append(String line) {
        try {
            journal.append(line);
        } catch (IOException e) {
            throw failed("written", e);
        }
        remember(line);
    }

    /** The one way into memory, for a line that was read and for one that was written. */
    private void remember(String line) {
        String[] fields = line.split("\t", -1);
        ReaderState state = state(fields[1]);
        switch (fields[0]) {
            case POSITION -> state.advance(new Position(LocalDate.parse(fields[2]), LocalDate.parse(fields[3])),
                    LocalDate.parse(fields[4]));
            case DELIVERED -> {
                for (int field = 2; field < fields.length; field += 3) {
                    state.delivered(LocalDate.parse(fields[field]),
                            URLDecoder.decode(fields[field + 1], StandardCharsets.UTF_8),
                            UsageValues.of(fields[field + 2]));
                    recordsInFile++;
                }
            }
            default -> throw new IllegalArgumentException(fields[0]);
        }
    }

    private void replaceIfOutOfDate() {
        int records = states.values().stream().mapToInt(ReaderState::size).sum();
        if (recordsInFile <= 2 * records + FEW) {
            return;
        }
        try {
            journal.replace(Stream.concat(Stream.of(firstLine), states.keySet().stream().flatMap(this::lines)));
        } catch (IOException e) {
            throw failed("replaced", e);
        }
        recordsInFile = records;
    }

    private Stream<String> lines(String reader) {
        ReaderState state = state(reader);
        return Stream.concat(
                state.position().map(position -> position(reader, position, position.firstDay())).stream(),
                state.days().entrySet().stream().map(day -> {
                    StringJoiner line = new StringJoiner("\t").add(DELIVERED).add(reader);
                    day.getValue().forEach((category, values) -> add(line, day.getKey(), category, values));
                    return line.toString();
                }));
    }

    private static String position(String reader, Position position, LocalDate forgetBefore) {
        return String.join("\t", POSITION, reader, position.firstDay().toString(), position.watermark().toString(),
                forgetBefore.toString());
    }

    private static void add(StringJoiner line, LocalDate startDate, String category, UsageValues values) {
        line.add(startDate.toString()).add(URLEncoder.encode(category, StandardCharsets.UTF_8)).add(values.text());
    }

    private ReaderState state(String reader) {
        return states.computeIfAbsent(reader, anyone -> new ReaderState());
    }

    private UncheckedIOException failed(String what, IOException e) {
        return new UncheckedIOException("The state file " + file + " could not be " + what, e);
    }
}
