package io.github.cameltwilio.usage.client;

/** Which figure of the usage a trigger watches. The constants are Twilio's words. */
public enum TriggerBy {
    count,
    usage,
    price
}
