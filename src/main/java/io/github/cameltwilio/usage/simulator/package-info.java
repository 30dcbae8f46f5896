/**
 * A simulator of Twilio's usage API, for tests and demonstrations without an account.
 *
 * <p>
 * It serves the nine lists of usage records over HTTP as Twilio does: a record for every category and period, zeros
 * included, newest first; numbers as strings; overlapping categories; pages linked by tokens; 404 for windows outside
 * the life of the account; late corrections, and faults on demand. Usage triggers are stored, fire once per period, and
 * send signed callbacks. An OAuth app gets access tokens. All usage is derived from a seed and a clock, and so is the
 * Date header.
 *
 * <p>
 * There is one account with the subaccounts that a test adds, one currency, and no rate limit. StartDate and EndDate
 * clip the first and last period, and are ignored by the lists whose names fix their days. A trigger counts what the
 * records list, and is evaluated when a test says so, or once a minute by {@link SimulatorCommand}. The CSV format is
 * missing.
 */
package io.github.cameltwilio.usage.simulator;
