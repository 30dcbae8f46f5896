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
 * A file of lines that only grows, until it is replaced as a whole. A line is on the disk when the method that wrote it
 * returns. It begins with a checksum, so that a line that was cut by a crash is told from a whole one. One process at a
 * time has the file.
 */
final class Journal implements Closeable {
    private static final int CHECKSUM = 8;

    private final Path file;
    private final Consumer<Step> passing;
    private final FileChannel lockFile;
    private FileChannel channel;
    private IOException broken;

    /** The moments between which a crash makes a difference. */
    enum Step {
        WRITE,
        WRITTEN,
        SYNCED,
        REPLACEMENT_WRITTEN,
        REPLACED
    }

    /** @param passing told of each step; a test ends the process there */
    Journal(Path file, Consumer<Step> passing) throws IOException {
        this.file = file;
        this.passing = passing;
        this.lockFile = lock();
    }

    boolean exists() {
        return Files.exists(file);
    }

    /**
     * Hands over each whole line, and cuts off a last one that is not whole: whoever wrote it never came to know that
     * it was written. A file that is refused stays as it is.
     *
     * @param  first       is given the first line, which says what the file is
     * @param  others      is given the others
     * @throws IOException when there is no line, one is not whole that is not the last, or {@code others} refuses one
     */
    void replay(Consumer<String> first, Consumer<String> others) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int whole = 0;
        for (int number = 1; whole < bytes.length; number++) {
            int end = whole;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            String line = new String(bytes, whole, end - whole, StandardCharsets.UTF_8);
            boolean last = end >= bytes.length - 1;
            if (end == bytes.length || !isWhole(line)) {
                if (last && number > 1) {
                    break;
                }
                throw new IOException("line " + number + " does not have its checksum");
            }
            String content = line.substring(CHECKSUM + 1);
            if (number == 1) {
                first.accept(content);
            } else {
                understand(others, content, number);
            }
            whole = end + 1;
        }
        if (whole == 0) {
            throw new IOException("it is empty");
        }
        channel = FileChannel.open(file, StandardOpenOption.WRITE);
        channel.truncate(whole);
        channel.position(whole);
    }

    void append(String line) throws IOException {
        if (broken != null) {
            throw new IOException("an earlier write failed half way", broken);
        }
        long whole = channel.position();
        try {
            write(withChecksum(line));
        } catch (IOException e) {
            cutOff(whole, e);
            throw e;
        }
    }

    /** Puts these lines in the place of all others: a crash leaves the file as it was, or as it will be. */
    void replace(Stream<String> lines) throws IOException {
        Path replacement = file.resolveSibling(file.getFileName() + ".new");
        FileChannel next = FileChannel.open(replacement, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        try {
            for (String line : (Iterable<String>) lines::iterator) {
                writeFully(next, withChecksum(line));
            }
            next.force(true);
            passing.accept(Step.REPLACEMENT_WRITTEN);
            Files.move(replacement, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            next.close();
            throw e;
        }
        FileChannel last = channel;
        channel = next;
        broken = null;
        if (last != null) {
            last.close();
        }
        passing.accept(Step.REPLACED);
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

    /** The file itself is replaced now and then, and a lock on it with it: so another one is locked. */
    private FileChannel lock() throws IOException {
        FileChannel other = FileChannel.open(file.resolveSibling(file.getFileName() + ".lock"),
                StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = other.tryLock();
            if (lock != null) {
                return other;
            }
        } catch (OverlappingFileLockException e) {
            // Another consumer of this very process has it: said below, as it is of another process.
        } catch (IOException | RuntimeException e) {
            other.close();
            throw e;
        }
        other.close();
        throw new IllegalStateException(
                "The state file " + file + " is in use by another consumer: give each one a file"
                        + " of its own, or let only one run at a time, with the master component");
    }

    private static void understand(Consumer<String> others, String line, int number) throws IOException {
        try {
            others.accept(line);
        } catch (RuntimeException e) {
            throw new IOException("line " + number + " cannot be understood", e);
        }
    }

    private void write(byte[] line) throws IOException {
        passing.accept(Step.WRITE);
        writeFully(channel, line);
        passing.accept(Step.WRITTEN);
        channel.force(false);
        passing.accept(Step.SYNCED);
    }

    private static void writeFully(FileChannel to, byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            to.write(rest);
        }
    }

    /** What is left of a line that failed would spoil the next one. */
    private void cutOff(long whole, IOException reason) {
        try {
            channel.truncate(whole);
            channel.position(whole);
        } catch (IOException e) {
            reason.addSuppressed(e);
            broken = reason;
        }
    }

    private void syncDirectory() throws IOException {
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException e) {
            // Windows opens no directory; there the rename is on the disk when it returns.
            if (!System.getProperty("os.name").startsWith("Windows")) {
                throw e;
            }
        }
    }

    private static byte[] withChecksum(String line) {
        return (checksum(line) + " " + line + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isWhole(String line) {
        return line.length() > CHECKSUM && line.startsWith(checksum(line.substring(CHECKSUM + 1)) + " ");
    }

    private static String checksum(String line) {
        CRC32 crc = new CRC32();
        crc.update(line.getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(crc.getValue());
    }
}
