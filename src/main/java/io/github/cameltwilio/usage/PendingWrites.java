package io.github.cameltwilio.usage;

import java.util.ArrayDeque;
import java.util.Queue;

/** Writes to a store, in order. Those that fail are kept, and are made before any later one. */
final class PendingWrites {
    // Guarded by its own monitor, which is held during a write.
    private final Queue<Runnable> writes = new ArrayDeque<>();
    private volatile boolean made = true;

    /** Makes a write after those that failed. If the store throws, the write is kept, and the exception passed on. */
    void make(Runnable write) {
        synchronized (writes) {
            writes.add(write);
            flush();
        }
    }

    /** Retries the writes that failed so far. */
    void flush() {
        synchronized (writes) {
            try {
                for (Runnable write = writes.peek(); write != null; write = writes.peek()) {
                    write.run();
                    writes.remove();
                }
                made = true;
            } catch (RuntimeException | Error e) {
                made = false;
                throw e;
            }
        }
    }

    /** Retries the writes that failed so far, and then syncs the store. */
    void sync(Runnable sync) {
        synchronized (writes) {
            flush();
            try {
                sync.run();
            } catch (RuntimeException | Error e) {
                made = false;
                throw e;
            }
        }
    }

    /** Returns false while the last write, or the last sync, failed. */
    boolean areMade() {
        return made;
    }
}
