package io.github.cameltwilio.usage.state;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Keeps the state in a file, for one consumer of one process at a time.
 *
 * <p>
 * The file is a {@link Journal} of UTF-8 text. Each line is the CRC-32 of its content (eight hexadecimal digits), a
 * space, and the content, whose fields are separated by tabs:
 *
 * <pre>
 * twilio-usage-state 2 &lt;reader of the consumer&gt;
 * position  &lt;reader&gt; &lt;first day&gt; &lt;watermark&gt; &lt;forget before&gt;
 * rewind    &lt;reader&gt; &lt;first day&gt; &lt;watermark&gt; &lt;known from&gt;
 * delivered &lt;reader&gt; [&lt;start date&gt; &lt;category&gt;
 * &lt;count|countUnit|usage|usageUnit|price|priceUnit&gt;]...
 * synced
 * </pre>
 *
 * The first kind of line comes once, at the beginning, and is written together with the first position. The category
 * and each value are URL-encoded; {@code ~} is null. Later lines override earlier ones. The file is rewritten when more
 * than half of it is outdated, and after a write that failed.
 */
public final class FileUsageStateRepository implements UsageStateRepository, Closeable {
    private static final String FORMAT = "twilio-usage-state\t2\t";
    private static final String POSITION = "position";
    private static final String REWIND = "rewind";
    private static final String DELIVERED = "delivered";
    // Rewriting a smaller file would cost more than it saves.
    private static final int MIN_OUTDATED = 1000;

    private final Path file;
    private final String firstLine;
    private final Journal journal;
    private final Map<String, ReaderState> states = new HashMap<>();
    private int entriesInFile;
    private int maxEntries;

    FileUsageStateRepository(Path file, ReaderId owner, Consumer<Journal.Step> onStep) {
        this.firstLine = FORMAT + owner;
        this.file = locate(file);
        try {
            this.journal = new Journal(this.file, onStep);
        } catch (IOException e) {
            throw new UncheckedIOException("The state file " + file + " could not be locked", e);
        }
        try {
            load();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Returns the one path of a file that may have several, because of links or {@code ..}. */
    public static Path locate(Path file) {
        try {
            return JournalLock.withoutLinks(file.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException("The state file " + file + " could not be found", e);
        }
    }

    /**
     * Opens the file. If it does not exist, it is created together with the first position.
     *
     * @param  owner                 the reader of the consumer; with {@code splitSubaccounts} the file holds the state
     *                               of one further reader per account
     * @throws IllegalStateException if the file is in use, corrupt, or belongs to another consumer
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
        ReaderState state = state(reader.toString());
        Map<RecordKey, UsageValues> values = new HashMap<>();
        keys.forEach(key -> state.lastDelivered(key.startDate(), key.category())
                .ifPresent(last -> values.put(key, last)));
        return values;
    }

    @Override
    public synchronized Set<String> categories(ReaderId reader) {
        return state(reader.toString()).categories();
    }

    @Override
    public synchronized void delivered(ReaderId reader, Collection<UsageChange> changes) {
        String id = reader.toString();
        StringJoiner line = new StringJoiner("\t").add(DELIVERED).add(id);
        for (UsageChange change : changes) {
            addRecord(line, change.key().startDate(), change.key().category(), change.values());
        }
        write(line.toString());
        // A restart gets the same from the line; parsing it here would cost more than writing it.
        changes.forEach(change -> add(id, change.key().startDate(), change.key().category(), change.values()));
    }

    @Override
    public synchronized void advance(ReaderId reader, Position to, LocalDate forgetBefore) {
        if (state(reader.toString()).isMovedBy(to, forgetBefore)) {
            String line = line(POSITION, reader.toString(), to, forgetBefore);
            if (journal.isOpen()) {
                // After a power failure, a position must not claim records that were lost.
                sync();
                write(line);
                apply(line);
            } else {
                create(line);
            }
        }
    }

    @Override
    public synchronized void rewind(ReaderId reader, Position position) {
        String line = line(REWIND, reader.toString(), position, position.knownFrom());
        write(line);
        apply(line);
    }

    /** Recovers from a failed write by rewriting the whole file. */
    @Override
    public synchronized void sync() {
        try {
            if (journal.isDamaged()) {
                rewrite();
            }
            journal.sync();
        } catch (IOException e) {
            throw failed("written", e);
        }
    }

    /** Unlocks the file for other consumers. */
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
            if (journal.exists()) {
                journal.replay(this::checkFirstLine, this::apply);
                if (states.values().stream().allMatch(state -> state.position().isEmpty())) {
                    throw new IOException("it has no position");
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("The state file " + file + " is corrupt: " + e.getMessage()
                    + ". Restore the file, or delete it to start over: then everything since startDate, or within the"
                    + " look-back, is delivered again", e);
        }
    }

    private void checkFirstLine(String line) {
        if (!line.equals(firstLine)) {
            throw new IllegalStateException("The state file " + file + " belongs to another consumer or version: it"
                    + " begins with \"" + line + "\" instead of \"" + firstLine + "\". Set another stateFile, or"
                    + " delete this one to start over");
        }
    }

    private void create(String firstPosition) {
        try {
            journal.replace(Stream.of(firstLine, firstPosition));
        } catch (IOException e) {
            throw failed("created", e);
        }
        apply(firstPosition);
    }

    private void write(String line) {
        try {
            if (journal.isDamaged() || isOutdated()) {
                rewrite();
            }
            journal.append(line);
        } catch (IOException e) {
            throw failed("written", e);
        }
    }

    private void apply(String line) {
        String[] fields = line.split("\t", -1);
        ReaderState state = state(fields[1]);
        switch (fields[0]) {
            case POSITION -> {
                state.advance(new Position(LocalDate.parse(fields[2]), LocalDate.parse(fields[3])),
                        LocalDate.parse(fields[4]));
                entriesInFile++;
                // Many values may be forgotten now, so the next write counts the entries again.
                maxEntries = 0;
            }
            case REWIND -> {
                state.rewind(new Position(LocalDate.parse(fields[2]), LocalDate.parse(fields[3]),
                        LocalDate.parse(fields[4])));
                entriesInFile++;
            }
            case DELIVERED -> {
                for (int field = 2; field < fields.length; field += 3) {
                    add(fields[1], LocalDate.parse(fields[field]),
                            URLDecoder.decode(fields[field + 1], StandardCharsets.UTF_8),
                            UsageValues.of(fields[field + 2]));
                }
            }
            default -> throw new IllegalArgumentException("unknown kind of line: " + fields[0]);
        }
    }

    private void add(String reader, LocalDate startDate, String category, UsageValues values) {
        state(reader).delivered(startDate, category, values);
        entriesInFile++;
    }

    private boolean isOutdated() {
        if (entriesInFile <= maxEntries) {
            return false;
        }
        maxEntries = 2 * entries() + MIN_OUTDATED;
        return entriesInFile > maxEntries;
    }

    private int entries() {
        return states.values().stream().mapToInt(ReaderState::size).sum();
    }

    private void rewrite() throws IOException {
        journal.replace(Stream.concat(Stream.of(firstLine), states.keySet().stream().flatMap(this::lines)));
        entriesInFile = entries();
    }

    private Stream<String> lines(String reader) {
        ReaderState state = state(reader);
        return Stream.concat(
                state.position().map(position -> line(POSITION, reader, position, position.knownFrom())).stream(),
                state.days().entrySet().stream().map(day -> {
                    StringJoiner line = new StringJoiner("\t").add(DELIVERED).add(reader);
                    day.getValue().forEach((category, values) -> addRecord(line, day.getKey(), category, values));
                    return line.toString();
                }));
    }

    private static String line(String kind, String reader, Position position, LocalDate from) {
        return String.join("\t", kind, reader, position.firstDay().toString(), position.watermark().toString(),
                from.toString());
    }

    private static void addRecord(StringJoiner line, LocalDate startDate, String category, UsageValues values) {
        line.add(startDate.toString()).add(UsageValues.encode(category)).add(values.text());
    }

    private ReaderState state(String reader) {
        return states.computeIfAbsent(reader, unknown -> new ReaderState());
    }

    private UncheckedIOException failed(String action, IOException e) {
        return new UncheckedIOException("The state file " + file + " could not be " + action + ": " + e.getMessage(),
                e);
    }
}
