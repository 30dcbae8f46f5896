package io.github.cameltwilio.usage.crash;

/** The consumer as it is, and three defective variants that a test without crashes would not detect. */
enum Variant {
    PRODUCTION,
    STATE_BEFORE_DELIVERY,
    NO_LOOK_BACK,
    AS_OF_IN_FINGERPRINT
}
