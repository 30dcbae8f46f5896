package io.github.cameltwilio.usage.crash;

/** The consumer as it is, and defective variants that only a crash, or a failing world, reveals. */
enum Variant {
    PRODUCTION,
    /** The deliveries are rows of the database that has the state, in one transaction with it. */
    ONE_TRANSACTION,
    /** The deliveries are rows of the database that has the state, without a common transaction. */
    TWO_TRANSACTIONS,
    STATE_BEFORE_DELIVERY,
    NO_LOOK_BACK,
    AS_OF_IN_FINGERPRINT,
    FAILED_WRITE_IS_DUE_AGAIN,
    INTERRUPT_CLOSES_STATE,
    ROLLBACK_IS_DELIVERED,
    FUTURE_WATERMARK_IS_KEPT;

    boolean isSinkInDatabase() {
        return this == ONE_TRANSACTION || this == TWO_TRANSACTIONS;
    }
}
