/**
 * A client of Twilio's Usage API, independent of Camel. To follow a page from HTTP to its records, read
 * {@link io.github.cameltwilio.usage.client.TwilioUsageClient}, {@link io.github.cameltwilio.usage.client.Pages},
 * {@link io.github.cameltwilio.usage.client.ReadAhead}, {@code TwilioHttp} and {@code ResponseParser}. Routes use the values
 * and {@link io.github.cameltwilio.usage.client.TwilioApiException}; everything else may change in any version.
 */
package io.github.cameltwilio.usage.client;
