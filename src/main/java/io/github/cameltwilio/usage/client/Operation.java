package io.github.cameltwilio.usage.client;

/**
 * What a request is for.
 *
 * @param words   for messages: {@code list daily usage records}
 * @param changes whether Twilio's side is another one afterwards, so that repeating it may not be the same
 * @param window  whether it asks about days, which Twilio does not find outside of the account's life
 */
record Operation(String words, boolean changes, boolean window) {

    static Operation read(String words) {
        return new Operation(words, false, false);
    }

    static Operation readWindow(String words) {
        return new Operation(words, false, true);
    }

    static Operation change(String words) {
        return new Operation(words, true, false);
    }

    @Override
    public String toString() {
        return words;
    }
}
