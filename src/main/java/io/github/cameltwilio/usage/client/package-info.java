/**
 * A client of Twilio's Usage API, independent of Camel. To follow a page from HTTP to its records, read
 * {@code TwilioUsageClient}, {@code Pages}, {@code ReadAhead}, {@code TwilioHttp} and {@code ResponseParser}. Routes
 * use the values and {@code TwilioApiException}; everything else may change in any version.
 */
package io.github.cameltwilio.usage.client;
