package io.github.cameltwilio.usage;

/** What {@code ensure} does if a trigger of the same name differs in a property that Twilio cannot update. */
public enum OnDifference {
    /** Fails and keeps the existing trigger. */
    fail,
    /** Creates the new trigger, then deletes the existing one. */
    replace
}
