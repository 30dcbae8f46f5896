package io.github.cameltwilio.usage.client;

/**
 * A message body that Camel converts to JSON, for sinks that expect text or bytes. A stream of values is not one,
 * because logging the stream would read it to its end.
 */
public sealed interface TwilioBody permits TwilioValue, TwilioValues {
}
