package io.github.cameltwilio.usage.client;

/** How often a usage trigger may fire. The constants are Twilio's words. */
public enum Recurring {
    /** Once and never again: what a trigger does that is given none of these. */
    alltime,
    /** Once a day, UTC. */
    daily,
    /** Once a calendar month, UTC. */
    monthly,
    /** Once a calendar year, UTC. */
    yearly
}
