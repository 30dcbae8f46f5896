package io.github.cameltwilio.usage.state;

/** What a reader reads of its account. The names are part of record keys and of stored state: they never change. */
public enum Scope {
    /** The usage of the account itself. */
    own,
    /** The usage of the account with that of its subaccounts included. */
    all,
    /** The usage of one of several accounts that are read separately. Their record keys say {@link #own}. */
    each,
    /** The firings of the account's usage triggers. */
    triggers
}
