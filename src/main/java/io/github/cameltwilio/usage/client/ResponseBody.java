package io.github.cameltwilio.usage.client;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

import org.apache.hc.core5.http.HttpEntity;

/** What an answer holds, unpacked, up to a limit; counts as it is read. */
final class ResponseBody extends FilterInputStream {
    // A page of 1000 records has about 1.6 MB. What is ten times larger is no page.
    private static final int LONGEST = 16 * 1024 * 1024;

    // A refusal has 200.
    private static final int LONGEST_OF_A_REFUSAL = 64 * 1024;

    private final int longest;
    private int bytes;
    private boolean whole;

    private ResponseBody(InputStream content, int longest) {
        super(content);
        this.longest = longest;
    }

    ResponseBody(InputStream content) {
        this(content, LONGEST);
    }

    static ResponseBody of(HttpEntity entity) throws IOException {
        return new ResponseBody(content(entity), LONGEST);
    }

    static ResponseBody ofRefusal(HttpEntity entity) throws IOException {
        return new ResponseBody(content(entity), LONGEST_OF_A_REFUSAL);
    }

    private static InputStream content(HttpEntity entity) throws IOException {
        return entity == null ? new ByteArrayInputStream(new byte[0]) : entity.getContent();
    }

    /** How many were read so far. */
    int bytes() {
        return bytes;
    }

    /** Whether there is nothing left of it. */
    boolean isWhole() {
        return whole;
    }

    /** A body that was cut behind what a parser wants to see is seen as cut. */
    void readToItsEnd() throws IOException {
        transferTo(OutputStream.nullOutputStream());
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        count(next < 0 ? next : 1);
        return next;
    }

    @Override
    public int read(byte[] target, int from, int atMost) throws IOException {
        return count(super.read(target, from, atMost));
    }

    private int count(int more) throws TooLongException {
        if (more > 0) {
            bytes += more;
        }
        whole |= more < 0;
        if (bytes > longest) {
            throw new TooLongException();
        }
        return more;
    }

    /** Not an error of the connection: the next answer will be as long. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1;

        private TooLongException() {
            super("the answer has more than " + LONGEST + " bytes; ask for a smaller pageSize");
        }
    }
}
