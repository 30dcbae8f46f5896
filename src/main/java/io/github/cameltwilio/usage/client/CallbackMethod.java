package io.github.cameltwilio.usage.client;

/** How Twilio calls a trigger's address. */
public enum CallbackMethod {
    POST,
    GET
}
