package io.github.cameltwilio.usage.client;

/** How often a usage trigger may fire. The constants are Twilio's values. */
public enum Recurring {
    /** Once only, which is Twilio's default. */
    alltime,
    /** Once a day, UTC. */
    daily,
    /** Once a calendar month, UTC. */
    monthly,
    /** Once a calendar year, UTC. */
    yearly
}
