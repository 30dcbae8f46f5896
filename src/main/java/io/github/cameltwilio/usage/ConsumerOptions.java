package io.github.cameltwilio.usage;

import io.github.cameltwilio.usage.state.JdbcUsageStateRepository;
import io.github.cameltwilio.usage.state.UsageStateRepository;

/** Checks the options that both polling consumers have. */
final class ConsumerOptions {

    private ConsumerOptions() {
    }

    /** @throws IllegalArgumentException when an option is invalid */
    static void check(TwilioUsageConfiguration options) {
        new OptionValue("lookback", options.getLookback()).asDays();
        if (options.getDeepLookback() != null) {
            checkDeepLookback(options);
        }
        if (options.getStateFile() != null && options.getStateRepository() != null) {
            throw new OptionValue("stateFile", options.getStateFile())
                    .invalid("cannot be combined with stateRepository: remove one of them");
        }
        if (options.getTransactedPolicy() != null) {
            checkTransaction(new OptionValue("transactedPolicy", options.getTransactedPolicy().getClass()
                    .getSimpleName()), options.getStateRepository());
        }
    }

    private static void checkTransaction(OptionValue policy, UsageStateRepository store) {
        if (store == null) {
            throw policy.invalid("requires stateRepository: only a database can store what was delivered in the"
                    + " transaction of the route");
        }
        if (!(store instanceof JdbcUsageStateRepository)) {
            throw policy.invalid("cannot be combined with stateRepository=" + store.getClass().getSimpleName()
                    + ", which takes no part in transactions: use a JdbcUsageStateRepository, or remove"
                    + " transactedPolicy");
        }
    }

    private static void checkDeepLookback(TwilioUsageConfiguration options) {
        OptionValue option = new OptionValue("deepLookback", options.getDeepLookback());
        if (option.asDays() <= options.getLookback().toDays()) {
            throw option.invalid("must be longer than lookback=" + options.getLookback().toDays() + "d");
        }
    }
}
