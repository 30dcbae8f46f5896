package io.github.cameltwilio.usage.simulator;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** The body of an answer. Promises all of it, and ends the connection where less is to arrive. */
final class AnswerEntity extends AbstractHttpEntity {

    private final byte[] body;
    private final int arriving;

    AnswerEntity(Answer answer, int arriving) {
        super(answer.headers().get("Content-Type"), null);
        this.body = answer.body();
        this.arriving = arriving;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(body, 0, arriving);
        out.flush();
        if (arriving < body.length) {
            throw new IOException("This fault is meant");
        }
    }

    @Override
    public long getContentLength() {
        return body.length;
    }

    @Override
    public InputStream getContent() {
        return new ByteArrayInputStream(body);
    }

    @Override
    public boolean isStreaming() {
        return false;
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
