package io.github.cameltwilio.usage.client;

import java.util.Arrays;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Texts that come again and again, such as categories and units: each is in memory once, so that a page takes half as
 * much of it. What does not come again soon gives way. For several threads: what one of them does not see of another it
 * makes anew.
 */
final class RepeatedTexts {
    // Twilio has 270 to 640 categories, each with a description.
    private static final int SLOTS = 4096;
    // What is longer is a record's path, and no two are the same.
    private static final int LONGEST = 100;
    // Categories begin alike.
    private static final int TELLING = 8;

    private final Text[] known = new Text[SLOTS];

    private record Text(byte[] ascii, String text) {
        private boolean is(byte[] other, int from, int to) {
            return Arrays.equals(ascii, 0, ascii.length, other, from, to);
        }
    }

    /** The text of these bytes, which are ASCII. */
    String of(byte[] ascii, int from, int to) {
        if (to - from > LONGEST) {
            return new String(ascii, from, to - from, ISO_8859_1);
        }
        int slot = slot(ascii, from, to);
        Text text = known[slot];
        if (text == null || !text.is(ascii, from, to)) {
            text = new Text(Arrays.copyOfRange(ascii, from, to), new String(ascii, from, to - from, ISO_8859_1));
            known[slot] = text;
        }
        return text.text;
    }

    private static int slot(byte[] ascii, int from, int to) {
        int hash = to - from;
        for (int i = Math.max(from, to - TELLING); i < to; i++) {
            hash = 31 * hash + ascii[i];
        }
        return (hash ^ hash >>> 12) & SLOTS - 1;
    }
}
