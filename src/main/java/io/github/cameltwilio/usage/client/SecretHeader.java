package io.github.cameltwilio.usage.client;

import org.apache.hc.core5.http.Header;

/** A header whose value is sent and not printed: HttpClient logs the headers of each request as texts. */
record SecretHeader(String name, String value) implements Header {

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getValue() {
        return value;
    }

    @Override
    public boolean isSensitive() {
        return true;
    }

    @Override
    public String toString() {
        return name + ": xxxxxx";
    }
}
