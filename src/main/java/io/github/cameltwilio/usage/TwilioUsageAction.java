package io.github.cameltwilio.usage;

/** What a producer does: fixed by the URI, so that no message can turn a read into anything else. */
public enum TwilioUsageAction {
    /** Reads a list, page by page. */
    list,
    /** Creates a trigger, with one request at the most. */
    create,
    /** Reads one trigger. */
    fetch,
    /** Changes a trigger's address, method or name. */
    update,
    /** Deletes a trigger, unless it is gone already. */
    delete,
    /** Makes a trigger exist exactly once. */
    ensure,
    /** Deletes the triggers that fire once and have done so. */
    prune
}
