package io.github.cameltwilio.usage.bench;

import java.io.IOException;

/** Reads all records on each call, and passes the price of each to a sink. */
interface Reading extends AutoCloseable {

    /** Prepares the next reading, so that only the reading itself is measured. */
    void prepare(Sink next) throws Exception;

    /** Returns when the last record has been passed on. */
    void read() throws Exception;

    @Override
    void close() throws IOException;
}
