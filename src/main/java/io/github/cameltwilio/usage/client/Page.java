package io.github.cameltwilio.usage.client;

import java.util.List;

/**
 * One answer of a listing.
 *
 * @param nextPageUri Twilio's address of the next answer, or null at the end
 * @param bytes       how long the answer was
 */
record Page<T>(List<T> items, String nextPageUri, int bytes) {
}
