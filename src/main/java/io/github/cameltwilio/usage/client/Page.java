package io.github.cameltwilio.usage.client;

import java.util.List;

/**
 * One page of a list.
 *
 * @param nextPageUri Twilio's link to the next page; null on the last page
 * @param bytes       the size of the response
 */
record Page<T>(List<T> items, String nextPageUri, int bytes) {
}
