package io.github.cameltwilio.usage.client;

/** The figure of the usage that a trigger watches. The constants are Twilio's values. */
public enum TriggerBy {
    count,
    usage,
    price
}
