package io.github.cameltwilio.usage;

/** What {@code ensure} does with a trigger of the wanted name that differs in what Twilio lets nobody change. */
public enum OnDifference {
    /** Leaves it, and fails. */
    fail,
    /** Creates the wanted one, and then deletes it. */
    replace
}
