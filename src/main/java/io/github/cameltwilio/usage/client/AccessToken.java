package io.github.cameltwilio.usage.client;

import java.time.Duration;

/** What an OAuth app signs in with, and for how long from the request on. Never printed. */
record AccessToken(String text, Duration lifetime) {

    @Override
    public String toString() {
        return "AccessToken[" + lifetime + "]";
    }
}
