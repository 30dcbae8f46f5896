package io.github.cameltwilio.usage.client;

import java.io.Serializable;

/** What a request does, in words for messages, and whether it may be retried. */
record Operation(String description, Operation.Kind kind) implements Serializable {

    enum Kind {
        READ,
        /** Reads a window of dates, for which Twilio returns 404 outside the account's lifetime. */
        READ_WINDOW,
        /** An idempotent change. */
        CHANGE,
        /** Not idempotent: a retry would create a second one. */
        CREATE
    }

    boolean isChange() {
        return kind == Kind.CHANGE || kind == Kind.CREATE;
    }

    @Override
    public String toString() {
        return description;
    }
}
