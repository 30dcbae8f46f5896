package io.github.cameltwilio.usage.client;

/** The one trigger that there is now, and what was done for it. */
public record EnsuredTrigger(UsageTrigger trigger, Outcome outcome) {

    /** What {@link EnsureTrigger} did. */
    public enum Outcome {
        /** There was none. */
        created,
        /** It was there as it is wanted. */
        existing,
        /** Its address or its method was another one. */
        updated,
        /** Another value, category, figure or recurrence had its name, and is deleted. */
        replaced
    }
}
