package io.github.cameltwilio.usage.bench;

import java.io.IOException;

/** Reads all records as often as it is asked to, and hands each one's price to a sink. */
interface Reading extends AutoCloseable {

    /** Makes everything ready, so that only the reading is measured. */
    void prepare(Sink next) throws Exception;

    /** Returns when the last record was handed over. */
    void read() throws Exception;

    @Override
    void close() throws IOException;
}
