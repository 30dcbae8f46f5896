package io.github.cameltwilio.usage.client;

/** What a request does, in words for messages, and whether it may be retried. */
record Operation(String description, Operation.Kind kind) {

    enum Kind {
        READ,
        READ_WINDOW,
        CHANGE,
        CREATE
    }

    static Operation read(String description) {
        return new Operation(description, Kind.READ);
    }

    /** Reads a window of dates, which Twilio answers with 404 outside the account's lifetime. */
    static Operation readWindow(String description) {
        return new Operation(description, Kind.READ_WINDOW);
    }

    /** An idempotent change. */
    static Operation change(String description) {
        return new Operation(description, Kind.CHANGE);
    }

    /** Not idempotent: a retry would create a second one. */
    static Operation create(String description) {
        return new Operation(description, Kind.CREATE);
    }

    boolean isChange() {
        return kind == Kind.CHANGE || kind == Kind.CREATE;
    }

    boolean isWindow() {
        return kind == Kind.READ_WINDOW;
    }

    boolean isIdempotent() {
        return kind != Kind.CREATE;
    }

    @Override
    public String toString() {
        return description;
    }
}
