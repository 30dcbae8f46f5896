/** Remembers what was delivered, so that a consumer delivers only what is new and what Twilio corrected. */
package io.github.cameltwilio.usage.state;
