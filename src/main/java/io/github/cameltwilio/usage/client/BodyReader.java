package io.github.cameltwilio.usage.client;

import java.io.IOException;

/** Makes of an answer's body what the answer means. */
@FunctionalInterface
interface BodyReader<T> {

    /**
     * @throws com.fasterxml.jackson.core.JsonProcessingException when the body is not what Twilio documents
     * @throws java.io.CharConversionException when it looks like UTF-32 and is no text
     * @throws IOException when there is no more of it
     */
    T read(ResponseBody body) throws IOException;
}
