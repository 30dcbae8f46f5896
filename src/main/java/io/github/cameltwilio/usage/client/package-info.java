/**
 * Twilio's Usage API without Camel: {@link io.github.cameltwilio.usage.client.TwilioUsageClient} asks, the pager follows
 * Twilio's links, the parser turns answers into records. Users meet the records and
 * {@link io.github.cameltwilio.usage.client.TwilioApiException}; the rest may change with any version.
 */
package io.github.cameltwilio.usage.client;
