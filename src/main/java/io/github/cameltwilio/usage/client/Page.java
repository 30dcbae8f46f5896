package io.github.cameltwilio.usage.client;

import java.util.List;

/** One answer of a listing: its items, and Twilio's address of the next answer, or null at the end. */
record Page<T>(List<T> items, String nextPageUri) {
}
