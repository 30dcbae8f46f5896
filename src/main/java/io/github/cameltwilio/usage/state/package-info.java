/** What a consumer has delivered, so that it delivers what is new and what Twilio corrected, and nothing else. */
package io.github.cameltwilio.usage.state;
