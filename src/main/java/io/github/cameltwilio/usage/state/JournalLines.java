package io.github.cameltwilio.usage.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32;

/** The lines of a {@link Journal} as bytes. Each begins with the checksum of its content. */
final class JournalLines {
    /** The content of a line that says that everything before it is on the disk. */
    static final String SYNCED = "synced";

    private static final int CHECKSUM_LENGTH = 8;

    private JournalLines() {
    }

    static byte[] bytes(String content) {
        return (checksum(content) + " " + content + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the content of an undamaged line between these offsets. */
    static String content(byte[] bytes, int start, int end) {
        return text(bytes, start, end).substring(CHECKSUM_LENGTH + 1);
    }

    /** Returns the offset of the line break, or of the end of the file. */
    static int endOfLine(byte[] bytes, int start) {
        int end = start;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        return end;
    }

    /**
     * Returns the length of the lines before the first damaged one.
     *
     * @throws IOException if a line that was synced is damaged, or nothing was synced
     */
    static int intactLength(byte[] bytes) throws IOException {
        boolean synced = false;
        int intactLength = 0;
        int damagedLine = 0;
        for (int number = 1, start = 0, end; start < bytes.length; start = end + 1, number++) {
            end = endOfLine(bytes, start);
            boolean intact = end < bytes.length && isIntact(text(bytes, start, end));
            boolean mark = intact && content(bytes, start, end).equals(SYNCED);
            if (damagedLine > 0 && mark) {
                throw new IOException("line " + damagedLine + " does not match its checksum");
            }
            if (damagedLine == 0 && intact) {
                synced |= mark;
                intactLength = end + 1;
            } else if (damagedLine == 0) {
                damagedLine = number;
            }
        }
        if (!synced) {
            throw new IOException(damagedLine > 0 ? "line " + damagedLine + " does not match its checksum"
                    : "its end is missing");
        }
        return intactLength;
    }

    private static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.UTF_8);
    }

    private static boolean isIntact(String line) {
        return line.length() > CHECKSUM_LENGTH && line.startsWith(checksum(line.substring(CHECKSUM_LENGTH + 1)) + " ");
    }

    private static String checksum(String content) {
        CRC32 crc = new CRC32();
        crc.update(content.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
