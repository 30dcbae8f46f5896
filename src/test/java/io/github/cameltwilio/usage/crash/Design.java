package io.github.cameltwilio.usage.crash;

/** The consumer as it is, and three that look right until the process dies. */
enum Design {
    AS_IT_IS,
    COMMIT_BEFORE_DELIVERY,
    NO_LOOK_BACK,
    AS_OF_IN_THE_FINGERPRINT
}
