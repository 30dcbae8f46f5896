package io.github.cameltwilio.usage.client;

/** What a request is for, and so what may be done when it fails. */
record Operation(String words, Operation.Kind kind) {

    enum Kind {
        READ,
        READ_WINDOW,
        CHANGE,
        CREATE
    }

    static Operation read(String words) {
        return new Operation(words, Kind.READ);
    }

    /** Asks about days, which Twilio does not find outside of the account's life. */
    static Operation readWindow(String words) {
        return new Operation(words, Kind.READ_WINDOW);
    }

    /** Leaves the same behind when it is done twice. */
    static Operation change(String words) {
        return new Operation(words, Kind.CHANGE);
    }

    /** Leaves two things behind when it is done twice. */
    static Operation create(String words) {
        return new Operation(words, Kind.CREATE);
    }

    boolean changes() {
        return kind == Kind.CHANGE || kind == Kind.CREATE;
    }

    boolean window() {
        return kind == Kind.READ_WINDOW;
    }

    boolean repeatable() {
        return kind != Kind.CREATE;
    }

    @Override
    public String toString() {
        return words;
    }
}
