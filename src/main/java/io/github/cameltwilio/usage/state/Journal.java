package io.github.cameltwilio.usage.state;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of lines that only grows, until it is replaced as a whole. A line survives a kill of the process when the
 * method that wrote it returns, and a power failure when {@link #sync} returns. Each line begins with a checksum.
 *
 * <p>
 * After a power failure, anything that was not synced may be missing or damaged. So a line is added after each sync:
 * damage before such a line is an error, while damage after the last one was left by a crash and is cut off.
 *
 * <p>
 * The file is not written through a {@link FileChannel}, because an interrupt of the thread would close it.
 */
final class Journal implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private final Path file;
    private final Consumer<Step> onStep;
    private final JournalLock lock;
    private RandomAccessFile open;
    private Object fileKey;
    private long length;
    private boolean unsynced;
    private boolean damaged;

    /** The moments at which a crash leaves different files behind. */
    enum Step {
        WRITE,
        WRITTEN,
        SYNCED,
        REPLACEMENT_WRITTEN,
        REPLACED
    }

    /**
     * @param file   without symbolic links
     * @param onStep called at each step, so that tests can end the process there
     */
    Journal(Path file, Consumer<Step> onStep) throws IOException {
        this.file = file;
        this.onStep = onStep;
        this.lock = new JournalLock(file);
    }

    boolean exists() {
        return Files.exists(file);
    }

    /**
     * Reads all lines, and cuts off what a crash damaged after the last sync. A file that causes an exception is not
     * changed.
     *
     * @param  firstLine   receives the first line, which identifies the file
     * @param  otherLines  receives every other line
     * @throws IOException if a line that was synced is damaged, or {@code otherLines} throws
     */
    void replay(Consumer<String> firstLine, Consumer<String> otherLines) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length == 0) {
            throw new IOException("it is empty");
        }
        int complete = JournalLines.intactLength(bytes);
        int number = 1;
        for (int start = 0, end; start < complete; start = end + 1, number++) {
            end = JournalLines.endOfLine(bytes, start);
            String content = JournalLines.content(bytes, start, end);
            if (number == 1) {
                firstLine.accept(content);
            } else if (!content.equals(JournalLines.SYNCED)) {
                pass(content, number, otherLines);
            }
        }
        if (complete < bytes.length) {
            LOG.info("The last {} bytes of the state file {}, from line {} on, were not written completely before the"
                    + " process ended, and are cut off. Their records are read from Twilio again",
                    bytes.length - complete, file, number);
        }
        open(complete);
    }

    private static void pass(String line, int number, Consumer<String> lines) throws IOException {
        try {
            lines.accept(line);
        } catch (RuntimeException e) {
            throw new IOException("line " + number + " is malformed", e);
        }
    }

    /** Writes a line. After a failure, the file has to be replaced before anything else can be written. */
    void append(String line) throws IOException {
        if (open == null || damaged) {
            throw new IOException("it is not open, or an earlier write failed");
        }
        damaged = true;
        byte[] bytes = JournalLines.bytes(line);
        onStep.accept(Step.WRITE);
        open.write(bytes);
        length += bytes.length;
        unsynced = true;
        damaged = false;
        onStep.accept(Step.WRITTEN);
    }

    /**
     * Makes everything written so far survive a power failure.
     *
     * @throws IllegalStateException if somebody else changed, replaced or deleted the file or its lock file
     */
    void sync() throws IOException {
        if (open == null) {
            // Nothing has been written yet, or closing the file has synced it.
            return;
        }
        lock.check();
        checkIdentity();
        if (unsynced) {
            // After a failed sync, some systems report success for a second one although the data is lost.
            damaged = true;
            open.getFD().sync();
            damaged = false;
            onStep.accept(Step.SYNCED);
            append(JournalLines.SYNCED);
            unsynced = false;
        }
    }

    /** Returns whether there is a file to append to. */
    boolean isOpen() {
        return open != null;
    }

    /** Returns whether a write has failed since the file was last replaced. */
    boolean isDamaged() {
        return damaged;
    }

    /** Replaces all lines by these, atomically: a crash leaves either the old file or the new one. */
    void replace(Stream<String> lines) throws IOException {
        lock.check();
        if (fileKey != null) {
            checkIdentity();
        } else if (!damaged && exists()) {
            throw new IllegalStateException("The state file " + file + " did not exist when the route started, and has"
                    + " been created since. To use it, stop the route and start it; otherwise delete it");
        }
        Path replacement = file.resolveSibling(file.getFileName() + ".new");
        long size = 0;
        try (FileOutputStream to = new FileOutputStream(replacement.toFile());
                BufferedOutputStream buffer = new BufferedOutputStream(to)) {
            for (String line : (Iterable<String>) Stream.concat(lines, Stream.of(JournalLines.SYNCED))::iterator) {
                byte[] bytes = JournalLines.bytes(line);
                buffer.write(bytes);
                size += bytes.length;
            }
            buffer.flush();
            to.getFD().sync();
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(replacement);
            throw e;
        }
        onStep.accept(Step.REPLACEMENT_WRITTEN);
        damaged = true;
        closeFile();
        Files.move(replacement, file, StandardCopyOption.ATOMIC_MOVE);
        // Before it is opened, which may fail for a while: the next attempt must know the file as its own.
        fileKey = JournalLock.identity(file);
        open(size);
        onStep.accept(Step.REPLACED);
        syncDirectory();
        damaged = false;
        unsynced = false;
    }

    private void open(long size) throws IOException {
        open = new RandomAccessFile(file.toFile(), "rw");
        fileKey = JournalLock.identity(file);
        open.setLength(size);
        open.seek(size);
        length = size;
    }

    /** A file that was replaced would be written to without ever being read again. */
    private void checkIdentity() throws IOException {
        try {
            if (!JournalLock.identity(file).equals(fileKey) || !damaged && Files.size(file) != length) {
                throw new IllegalStateException("The state file " + file + " was replaced or changed while in use. Stop"
                        + " the route, make sure that nothing else uses the file, and start the route");
            }
        } catch (NoSuchFileException e) {
            throw new IllegalStateException("The state file " + file + " was deleted while in use. Stop the route,"
                    + " restore the file, and start the route. Without the file, everything since startDate, or within"
                    + " the look-back, is delivered again", e);
        }
    }

    private void closeFile() throws IOException {
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            if (open != null && !damaged && unsynced) {
                open.getFD().sync();
                onStep.accept(Step.SYNCED);
            }
        } finally {
            closeFile();
            open = null;
        }
    }

    /** Only a channel can sync a directory, and an interrupt closes a channel. */
    private void syncDirectory() throws IOException {
        boolean interrupted = Thread.interrupted();
        try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        } catch (ClosedByInterruptException e) {
            syncDirectory();
        } catch (IOException e) {
            // Windows cannot open directories, and does not need to: there a rename is on disk when it returns.
            if (!System.getProperty("os.name").startsWith("Windows")) {
                throw e;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
