package io.github.cameltwilio.usage.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The decompressed body of a response. It counts the bytes that are read, and limits them. */
final class ResponseBody extends FilterInputStream {
    // Ten times the size of a page of 1000 records.
    private static final int MAX_BYTES = 16 * 1024 * 1024;
    // Twilio's error responses have about 200 bytes.
    private static final int MAX_ERROR_BYTES = 64 * 1024;

    private final int maxBytes;
    private int bytes;
    private boolean complete;

    ResponseBody(InputStream content, boolean isError) {
        super(content);
        this.maxBytes = isError ? MAX_ERROR_BYTES : MAX_BYTES;
    }

    /** The number of bytes read so far. */
    int bytes() {
        return bytes;
    }

    /** Returns whether the body was read to its end. */
    boolean isComplete() {
        return complete;
    }

    /** Detects a body that was truncated after the part that a parser needs. */
    void readToEnd() throws IOException {
        transferTo(OutputStream.nullOutputStream());
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        count(next < 0 ? next : 1);
        return next;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return count(super.read(target, offset, length));
    }

    private int count(int read) throws TooLongException {
        if (read > 0) {
            bytes += read;
        }
        complete |= read < 0;
        if (bytes > maxBytes) {
            throw new TooLongException();
        }
        return read;
    }

    /** Not an I/O error of the connection: a retry would get the same response. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1;

        private TooLongException() {
            super("the response has more than " + MAX_BYTES + " bytes; use a smaller pageSize");
        }
    }
}
