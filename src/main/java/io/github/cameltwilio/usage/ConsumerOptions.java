package io.github.cameltwilio.usage;

/** Checks the options that both polling consumers have. */
final class ConsumerOptions {

    private ConsumerOptions() {
    }

    /** @throws IllegalArgumentException when an option is invalid */
    static void check(TwilioUsageConfiguration options) {
        new OptionValue("lookback", options.getLookback()).asDays();
        if (options.getStateFile() != null && options.getStateRepository() != null) {
            throw new OptionValue("stateFile", options.getStateFile())
                    .invalid("cannot be combined with stateRepository: remove one of them");
        }
        if (options.getTransactedPolicy() != null && options.getStateRepository() == null) {
            throw new OptionValue("transactedPolicy", options.getTransactedPolicy().getClass().getSimpleName())
                    .invalid("requires stateRepository: only a database can store what was delivered in the"
                            + " transaction of the route");
        }
    }
}
