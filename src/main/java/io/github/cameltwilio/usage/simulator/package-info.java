/**
 * A stand-in for Twilio's Usage API, for tests and demonstrations without an account.
 *
 * <p>It answers the nine lists of usage records over HTTP as Twilio does: a row for every category and period, zeros included,
 * newest first; numbers as strings; overlapping categories; pages linked by tokens; 404 for windows outside of the account's
 * life; late corrections, and faults on demand. Usage triggers are kept, fire once in their period, and call back with a
 * signature. All figures follow from a seed and a clock, and so does the Date header.
 *
 * <p>It has one account with the subaccounts that a test gives it, one currency, and no rate limit of its own. StartDate and
 * EndDate cut the periods at the ends of the window, and are not looked at by lists whose name says the days.
 * A trigger counts what the records list, and is evaluated when a test says so. CSV and OAuth are missing.
 */
package io.github.cameltwilio.usage.simulator;
