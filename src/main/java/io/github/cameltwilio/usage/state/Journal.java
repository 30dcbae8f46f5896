package io.github.cameltwilio.usage.state;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * A file of lines that only grows, until it is replaced as a whole. A line is on disk when the method that wrote it
 * returns. Each line begins with a checksum, which tells a complete line from one that a crash cut off. A lock on a
 * second file keeps other processes and other consumers away.
 */
final class Journal implements Closeable {
    private static final int CHECKSUM_LENGTH = 8;

    private final Path file;
    private final Consumer<Step> onStep;
    private final FileChannel lockFile;
    private FileChannel channel;
    private IOException broken;

    /** The moments at which a crash leaves different files behind. */
    enum Step {
        WRITE,
        WRITTEN,
        SYNCED,
        REPLACEMENT_WRITTEN,
        REPLACED
    }

    /** @param onStep called at each step, so that tests can end the process there */
    Journal(Path file, Consumer<Step> onStep) throws IOException {
        this.file = file;
        this.onStep = onStep;
        this.lockFile = lock();
    }

    boolean exists() {
        return Files.exists(file);
    }

    /**
     * Reads all lines, and removes an incomplete last line: the method that wrote it never returned, so nobody relies
     * on it. A file that causes an exception is not changed.
     *
     * @param  firstLine   receives the first line, which identifies the file
     * @param  otherLines  receives every other line
     * @throws IOException if the file is empty, a line other than the last is incomplete, or {@code otherLines} throws
     */
    void replay(Consumer<String> firstLine, Consumer<String> otherLines) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int complete = 0;
        for (int number = 1; complete < bytes.length; number++) {
            int end = complete;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            String line = new String(bytes, complete, end - complete, StandardCharsets.UTF_8);
            boolean last = end >= bytes.length - 1;
            if (end == bytes.length || !isComplete(line)) {
                if (last && number > 1) {
                    break;
                }
                throw new IOException("line " + number + " does not match its checksum");
            }
            String content = line.substring(CHECKSUM_LENGTH + 1);
            if (number == 1) {
                firstLine.accept(content);
            } else {
                pass(content, number, otherLines);
            }
            complete = end + 1;
        }
        if (complete == 0) {
            throw new IOException("it is empty");
        }
        channel = FileChannel.open(file, StandardOpenOption.WRITE);
        channel.truncate(complete);
        channel.position(complete);
    }

    void append(String line) throws IOException {
        if (broken != null) {
            throw new IOException("an earlier write failed and could not be undone", broken);
        }
        long end = channel.position();
        try {
            write(withChecksum(line));
        } catch (IOException e) {
            truncate(end, e);
            throw e;
        }
    }

    /** Replaces all lines by these, atomically: a crash leaves either the old file or the new one. */
    void replace(Stream<String> lines) throws IOException {
        Path replacement = file.resolveSibling(file.getFileName() + ".new");
        FileChannel next = FileChannel.open(replacement, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        try {
            for (String line : (Iterable<String>) lines::iterator) {
                writeFully(next, withChecksum(line));
            }
            next.force(true);
            onStep.accept(Step.REPLACEMENT_WRITTEN);
            Files.move(replacement, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            next.close();
            throw e;
        }
        FileChannel previous = channel;
        channel = next;
        broken = null;
        if (previous != null) {
            previous.close();
        }
        onStep.accept(Step.REPLACED);
        syncDirectory();
    }

    long size() throws IOException {
        return channel.size();
    }

    @Override
    public void close() throws IOException {
        try (lockFile) {
            if (channel != null) {
                channel.close();
            }
        }
    }

    /** Locks a second file, because the first one is replaced now and then, which would lose a lock on it. */
    private FileChannel lock() throws IOException {
        FileChannel lockFile = FileChannel.open(file.resolveSibling(file.getFileName() + ".lock"),
                StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = lockFile.tryLock();
            if (lock != null) {
                return lockFile;
            }
        } catch (OverlappingFileLockException e) {
            // Another consumer of this process holds the lock; reported below like another process.
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
        lockFile.close();
        throw new IllegalStateException("The state file " + file + " is in use by another consumer: give each one a"
                + " file of its own, or run only one at a time with the master component");
    }

    private static void pass(String line, int number, Consumer<String> lines) throws IOException {
        try {
            lines.accept(line);
        } catch (RuntimeException e) {
            throw new IOException("line " + number + " is malformed", e);
        }
    }

    private void write(byte[] line) throws IOException {
        onStep.accept(Step.WRITE);
        writeFully(channel, line);
        onStep.accept(Step.WRITTEN);
        channel.force(false);
        onStep.accept(Step.SYNCED);
    }

    private static void writeFully(FileChannel to, byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            to.write(rest);
        }
    }

    /** Removes what a failed write left behind, since the next line would be appended to it. */
    private void truncate(long end, IOException failure) {
        try {
            channel.truncate(end);
            channel.position(end);
        } catch (IOException e) {
            failure.addSuppressed(e);
            broken = failure;
        }
    }

    private void syncDirectory() throws IOException {
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException e) {
            // Windows cannot open directories, and does not need to: there a rename is on disk when it returns.
            if (!System.getProperty("os.name").startsWith("Windows")) {
                throw e;
            }
        }
    }

    private static byte[] withChecksum(String line) {
        return (checksum(line) + " " + line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isComplete(String line) {
        return line.length() > CHECKSUM_LENGTH && line.startsWith(checksum(line.substring(CHECKSUM_LENGTH + 1)) + " ");
    }

    private static String checksum(String line) {
        CRC32 crc = new CRC32();
        crc.update(line.getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(crc.getValue());
    }
}
