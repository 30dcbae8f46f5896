package io.github.cameltwilio.usage;

/** Which of Twilio's overlapping categories to keep, so that a sum of prices counts nothing twice. */
public enum Rollup {
    /** All categories, as Twilio lists them. */
    all,
    /** Only {@code totalprice}, the bill. */
    total,
    /** Only the categories that contain no other, and an extra record for the difference to the bill. */
    leaf
}
