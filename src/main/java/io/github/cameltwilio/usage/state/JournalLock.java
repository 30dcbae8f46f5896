package io.github.cameltwilio.usage.state;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;

/**
 * Keeps other processes and other consumers away from a file, by a lock on a second file: the first one is replaced now
 * and then, which would lose a lock on it.
 */
final class JournalLock implements Closeable {
    // Linux follows as many links before it reports a loop.
    private static final int MAX_LINKS = 40;
    private static final Pattern RESERVED_NAME = Pattern.compile("(?i).*\\.(new|lock)");

    private final Path file;
    // A process loses its lock on a file when it closes the file, even if it had opened it twice. So a second
    // consumer of this process must be rejected without opening it, even if its copy of this class comes from
    // another class loader. System properties are all that the two copies share.
    private final String claim;
    private final Path lockFile;
    private final FileChannel channel;
    private final Object fileKey;

    /** @param file without symbolic links, so that two ways to the same file are noticed */
    JournalLock(Path file) throws IOException {
        this.file = file;
        this.lockFile = file.resolveSibling(file.getFileName() + ".lock");
        this.claim = "camel-twilio-usage.in-use." + file;
        if (System.getProperties().putIfAbsent(claim, "") != null) {
            throw inUse();
        }
        FileChannel opened = null;
        try {
            opened = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (opened.tryLock() == null) {
                throw inUse();
            }
            this.fileKey = identity(lockFile);
            this.channel = opened;
        } catch (IOException | RuntimeException e) {
            System.clearProperty(claim);
            if (opened != null) {
                opened.close();
            }
            throw e;
        }
    }

    /** A link must not be replaced by a file, and two links to one file must not have two locks. */
    static Path withoutLinks(Path file) throws IOException {
        Path target = file;
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MAX_LINKS) {
                throw new IllegalArgumentException("The state file " + file + " is a symbolic link that leads to no"
                        + " file, only to more links: remove the link, or set another stateFile");
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        if (RESERVED_NAME.matcher(target.getFileName().toString()).matches()) {
            throw new IllegalArgumentException("The state file " + target + " could be mistaken for one of the files"
                    + " that accompany another state file: set a stateFile that ends neither with .new nor with .lock");
        }
        if (!Files.isDirectory(target.getParent())) {
            throw new IllegalArgumentException(
                    "The directory of the state file " + target + " does not exist: create it on a persistent disk");
        }
        return target.getParent().toRealPath().resolve(target.getFileName());
    }

    private IllegalStateException inUse() {
        return new IllegalStateException("The state file " + file + " is in use by another consumer: give each one a"
                + " file of its own, or run only one at a time with the master component");
    }

    /** Without its lock file, a second process would get a lock of its own. */
    void check() throws IOException {
        if (!channel.isOpen()) {
            throw new IOException("it is closed");
        }
        try {
            if (identity(lockFile).equals(fileKey)) {
                return;
            }
        } catch (NoSuchFileException e) {
            // Reported below.
        }
        throw new IllegalStateException("The lock file " + lockFile
                + " was deleted or replaced while in use, so another process"
                + " may use the state file as well. Make sure that none does, then stop the route and start it");
    }

    /** Returns what tells a file from another one at the same path. */
    static Object identity(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        // Windows has no file keys.
        return attributes.fileKey() == null ? attributes.creationTime() : attributes.fileKey();
    }

    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            channel.close();
            System.clearProperty(claim);
        }
    }
}
