package io.github.cameltwilio.usage;

import java.util.Set;
import java.util.TreeSet;

/**
 * Rejects options of a URI that have no effect where they are set, because users expect an effect of what they set.
 * Options of the component are not rejected: they are defaults for all of its endpoints.
 */
final class RelevantOptions {
    private static final Set<String> RECORDS = names("subresource category includeSubaccounts splitSubaccounts accounts"
            + " excludeAccounts shard accountDetails rollup parallelRequests skipEmpty splitResult spendMeters"
            + " deepLookback");
    private static final Set<String> TRIGGERS = names("callbackUrl triggerValue usageCategory callbackMethod"
            + " friendlyName recurring triggerBy onDifference");
    private static final Set<String> ACTIONS = names("triggerSid dryRun");
    private static final Set<String> CALLBACKS = names("path consumerComponentName authTokens sharedSecretKeys"
            + " callbackSecrets validateSignature callbackMaxAge idempotentRepository deleteOnStop");
    private static final Set<String> POLLS = names("startDate endDate lookback stateFile stateRepository"
            + " transactedPolicy maxMessagesPerPoll");

    private static final Set<String> CONSUMER = names("spendMeters skipEmpty splitResult deepLookback lookback"
            + " stateFile stateRepository transactedPolicy maxMessagesPerPoll");
    // These change a trigger, while usageCategory, recurring and triggerBy select triggers too.
    private static final Set<String> TRIGGER = names("callbackUrl triggerValue callbackMethod friendlyName onDifference"
            + " triggerSid dryRun");

    private RelevantOptions() {
    }

    /** @throws IllegalArgumentException when an option does not apply to the resource */
    static void check(TwilioUsageResource resource, Set<String> given) {
        if (resource != TwilioUsageResource.records) {
            reject(given, RECORDS, "applies to records only: remove it");
        }
        if (resource != TwilioUsageResource.triggers) {
            reject(given, ACTIONS, "applies to triggers only: remove it");
        }
        if (resource != TwilioUsageResource.callbacks) {
            reject(given, CALLBACKS, "applies to callbacks only: remove it");
        }
        if (resource == TwilioUsageResource.records || resource == TwilioUsageResource.accounts) {
            reject(given, TRIGGERS, "applies to triggers and callbacks only: remove it");
        }
        if (resource == TwilioUsageResource.accounts || resource == TwilioUsageResource.callbacks) {
            reject(given, POLLS, "applies to records and triggers only: remove it");
        }
    }

    /** @throws IllegalArgumentException when an option does not apply to a polling consumer of the resource */
    static void checkConsumer(TwilioUsageResource resource, TwilioUsageConfiguration options, Set<String> given) {
        reject(given, Set.of("outputType"), "applies to producers only: remove it");
        if (resource == TwilioUsageResource.triggers) {
            reject(given, TRIGGER, "cannot select the triggers of a consumer, which delivers every firing: remove it,"
                    + " or select by usageCategory, recurring and triggerBy");
        }
        if (resource == TwilioUsageResource.records && !options.getSubresource().isByPeriod()) {
            // A Kamelet passes the default to every list.
            boolean isDefault = options.getLookback().equals(new TwilioUsageConfiguration().getLookback());
            reject(given, names(isDefault ? "deepLookback" : "deepLookback lookback"), "cannot be combined with"
                    + " subresource=" + options.getSubresource() + ", which is read whole by each poll: remove it");
        }
    }

    /** @throws IllegalArgumentException when an option applies to consumers only, and not to producers or pollEnrich */
    static void checkProducer(Set<String> given) {
        reject(given, CONSUMER,
                "applies to consumers only, while to(...) and pollEnrich list what Twilio has: remove it");
    }

    /** The values are not quoted, since some are secrets. */
    private static void reject(Set<String> given, Set<String> irrelevant, String problem) {
        given.stream().filter(irrelevant::contains).sorted().findFirst().ifPresent(option -> {
            throw new IllegalArgumentException(option + " " + problem);
        });
    }

    /** Camel accepts the options of a URI in any case. */
    private static Set<String> names(String names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(Set.of(names.split(" ")));
        return set;
    }
}
