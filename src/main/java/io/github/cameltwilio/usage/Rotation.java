package io.github.cameltwilio.usage;

import java.util.List;

import io.github.cameltwilio.usage.state.RecordKey;

/**
 * Gives every record its turn: a poll that ends early is followed by one that begins after its last record. Only the
 * thread that polls uses it.
 */
final class Rotation {
    private int exchanges;
    private RecordKey last;
    private RecordKey resumeAfter;
    private boolean ended;
    private boolean cut;

    /** Begins a poll, and returns the record after which it begins; null to begin at the beginning. */
    RecordKey begin() {
        exchanges = 0;
        ended = false;
        cut = false;
        last = resumeAfter;
        return last;
    }

    /**
     * Returns what this poll may still deliver of a batch.
     *
     * @param maxExchanges of a poll; 0 for any number
     */
    List<Delivery> allowed(List<Delivery> batch, int maxExchanges) {
        return maxExchanges > 0 ? batch.subList(0, Math.min(maxExchanges - exchanges, batch.size())) : batch;
    }

    /** Notes how many exchanges of a batch were processed. */
    void processed(List<Delivery> batch, int count) {
        exchanges += count;
        if (count > 0) {
            last = batch.get(count - 1).lastKey();
        }
    }

    /**
     * Lets the next poll begin after the last exchange.
     *
     * @param wholePoll whether this poll ends, and not just its account
     */
    void end(boolean wholePoll) {
        resumeAfter = last;
        ended = true;
        cut = wholePoll;
    }

    /** Called after a poll that did not fail; if one fails, the next one begins after the same record. */
    void complete() {
        if (!ended) {
            resumeAfter = null;
        }
    }

    boolean isCut() {
        return cut;
    }

    /** Returns the number of exchanges in this poll. */
    int exchanges() {
        return exchanges;
    }
}
