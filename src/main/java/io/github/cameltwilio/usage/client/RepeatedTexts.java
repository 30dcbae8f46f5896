package io.github.cameltwilio.usage.client;

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

    private final char[][] characters = new char[SLOTS][];
    private final String[] texts = new String[SLOTS];

    /** The text of these characters. */
    String of(char[] chars, int from, int length) {
        if (length > LONGEST) {
            return new String(chars, from, length);
        }
        int slot = slot(chars, from, length);
        char[] known = characters[slot];
        if (known == null || !Arrays.equals(known, 0, known.length, chars, from, from + length)) {
            characters[slot] = Arrays.copyOfRange(chars, from, from + length);
            texts[slot] = new String(chars, from, length);
        }
        return texts[slot];
    }

    private static int slot(char[] chars, int from, int length) {
        int hash = length;
        for (int i = from + Math.max(0, length - TELLING); i < from + length; i++) {
            hash = 31 * hash + chars[i];
        }
        return (hash ^ hash >>> 12) & SLOTS - 1;
    }
}
