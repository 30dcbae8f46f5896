package io.github.cameltwilio.usage.bench;

import java.io.IOException;

/** Ready to read all records, and to hand each one's price to the sink. */
interface Reading extends AutoCloseable {

    /** Returns when the last record was handed over. */
    void read() throws Exception;

    @Override
    void close() throws IOException;
}
