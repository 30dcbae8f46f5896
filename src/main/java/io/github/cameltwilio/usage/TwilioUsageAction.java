package io.github.cameltwilio.usage;

/** What a producer does. Only the endpoint sets it, so that no message can turn a read into a change. */
public enum TwilioUsageAction {
    /** Lists the resource, page by page. */
    list,
    /** Creates a trigger, and never retries if Twilio may have created it. */
    create,
    /** Fetches one trigger. */
    fetch,
    /** Updates a trigger's callback URL, callback method or name. */
    update,
    /** Deletes a trigger, if it still exists. */
    delete,
    /** Creates a trigger unless it exists, so that it exists exactly once. */
    ensure,
    /** Deletes the triggers that fire only once and have fired. */
    prune
}
