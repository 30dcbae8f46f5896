package io.github.cameltwilio.usage;

/** Which of Twilio's overlapping categories are kept, so that adding prices up counts nothing twice. */
public enum Rollup {
    /** All of them, as Twilio lists them. */
    all,
    /** Only {@code totalprice}, the bill. */
    total,
    /** Only those that hold no other one of the list, and one more record for what is missing to the bill. */
    leaf
}
