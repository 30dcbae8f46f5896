package io.github.cameltwilio.usage.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/**
 * Texts that come again and again, such as categories and units: each is in memory once, so that a page takes half as
 * much of it. What does not come again soon gives way. For one thread.
 */
final class RepeatedTexts {
    // Twilio has 270 to 640 categories, each with a description.
    private static final int SLOTS = 4096;
    // What is longer is a record's path, and no two are the same.
    private static final int LONGEST = 100;
    // Categories begin alike.
    private static final int TELLING = 8;

    private final byte[][] bytes = new byte[SLOTS][];
    private final String[] texts = new String[SLOTS];

    /** The text of these bytes, which are ASCII. */
    String of(byte[] ascii, int from, int to) {
        if (to - from > LONGEST) {
            return new String(ascii, from, to - from, ISO_8859_1);
        }
        int slot = slot(ascii, from, to);
        byte[] known = bytes[slot];
        if (known == null || !Arrays.equals(known, 0, known.length, ascii, from, to)) {
            bytes[slot] = Arrays.copyOfRange(ascii, from, to);
            texts[slot] = new String(ascii, from, to - from, ISO_8859_1);
        }
        return texts[slot];
    }

    private static int slot(byte[] ascii, int from, int to) {
        int hash = to - from;
        for (int i = Math.max(from, to - TELLING); i < to; i++) {
            hash = 31 * hash + ascii[i];
        }
        return (hash ^ hash >>> 12) & SLOTS - 1;
    }
}
