package io.github.cameltwilio.usage.simulator;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;

/** The body of a response. Announces its full length, but closes the connection early if the response is truncated. */
final class SimulatedResponseEntity extends AbstractHttpEntity {

    private final byte[] body;
    private final int arriving;

    SimulatedResponseEntity(SimulatedResponse response, int arriving) {
        super(response.headers().get("Content-Type"), null);
        this.body = response.body();
        this.arriving = arriving;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(body, 0, arriving);
        out.flush();
        if (arriving < body.length) {
            throw new IOException("Injected fault: truncated response");
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
        // The body is in memory, so nothing needs to be closed.
    }
}
