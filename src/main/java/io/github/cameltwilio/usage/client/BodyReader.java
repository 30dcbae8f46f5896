package io.github.cameltwilio.usage.client;

import java.io.IOException;

/** Makes of an answer's body what the answer means. */
@FunctionalInterface
interface BodyReader<T> {

    /** @throws IOException when the body is not what Twilio documents */
    T read(byte[] body) throws IOException;
}
