package io.github.cameltwilio.usage;

import java.util.Objects;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.CallbackMethod;
import io.github.cameltwilio.usage.client.Recurring;
import io.github.cameltwilio.usage.client.TriggerBy;
import io.github.cameltwilio.usage.client.TriggerParameters;
import io.github.cameltwilio.usage.client.TriggersQuery;
import org.apache.camel.Message;

/**
 * Which trigger, or which triggers: from a message's headers, then its body, then the options.
 *
 * @param message null for the options alone
 */
record TriggerOptions(TwilioUsageConfiguration options, Message message, TriggerBody body) {

    static TriggerOptions of(TwilioUsageConfiguration options, Message message) {
        return new TriggerOptions(options, message, TriggerBody.of(message));
    }

    /** For what has no parameters, and so leaves the body alone. */
    static TriggerOptions withoutBody(TwilioUsageConfiguration options, Message message) {
        return new TriggerOptions(options, message, TriggerBody.of(null));
    }

    /** @throws IllegalArgumentException when an option is not what it should be; what is missing may come by message */
    static void check(TwilioUsageConfiguration options) {
        TriggerOptions given = withoutBody(options, null);
        given.query();
        given.parameters();
        if (options.getAction() == TwilioUsageAction.update) {
            given.changes();
        }
        if (given.triggerSid().isGiven()) {
            given.sid();
        }
    }

    TriggersQuery query() {
        return new TriggersQuery(recurring(), triggerBy(), usageCategory().asOneCategory(),
                OptionValue.of(message, TwilioUsageConstants.PAGE_SIZE, "pageSize", options.getPageSize())
                        .asWholeNumber(1, 1000));
    }

    /** Those that fire once, which are the ones that are spent when they have fired. */
    TriggersQuery once() {
        OptionValue recurring = value(TwilioUsageConstants.RECURRING, "recurring", options.getRecurring());
        if (recurring() != null && recurring() != Recurring.alltime) {
            throw recurring.wrong("is never spent: prune deletes the triggers that fire once; leave recurring out");
        }
        TriggersQuery any = query();
        return new TriggersQuery(Recurring.alltime, any.triggerBy(), any.usageCategory(), any.pageSize());
    }

    String sid() {
        return required(triggerSid(), TwilioUsageConstants.TRIGGER_SID).asTriggerSid();
    }

    /** What is needed to create one. */
    TriggerParameters creation() {
        required(callbackUrl(), TwilioUsageConstants.CALLBACK_URL);
        required(triggerValue(), TwilioUsageConstants.TRIGGER_VALUE);
        required(usageCategory(), TwilioUsageConstants.USAGE_CATEGORY);
        return parameters();
    }

    /** What is needed to create one that can be known again. */
    TriggerParameters wanted() {
        TriggerParameters wanted = creation();
        if (wanted.triggerValue().startsWith("+")) {
            throw triggerValue().wrong("moves with the usage, so that a trigger with it is never the one that exists:"
                    + " give ensure the value itself, or use create");
        }
        return wanted.named();
    }

    /** What Twilio lets change. */
    TriggerParameters changes() {
        Stream.of(triggerValue(), usageCategory(),
                value(TwilioUsageConstants.RECURRING, "recurring", options.getRecurring()),
                value(TwilioUsageConstants.TRIGGER_BY, "triggerBy", options.getTriggerBy()))
                .filter(OptionValue::isGiven).findFirst().ifPresent(fixed -> {
                    throw fixed.wrong("cannot be updated: Twilio would ignore it. Use action=ensure with"
                            + " onDifference=replace, or create a trigger and delete this one");
                });
        TriggerParameters changes = parameters();
        if (message != null && Stream.of(changes.callbackUrl(), changes.callbackMethod(), changes.friendlyName())
                .allMatch(Objects::isNull)) {
            throw new IllegalArgumentException("there is nothing to update: give callbackUrl, callbackMethod or"
                    + " friendlyName, by header, body or option");
        }
        return changes;
    }

    boolean isReplaced() {
        return OptionValue.of(message, TwilioUsageConstants.ON_DIFFERENCE, "onDifference", options.getOnDifference())
                .asOneOf(OnDifference.class) == OnDifference.replace;
    }

    boolean isDryRun() {
        return OptionValue.of(message, TwilioUsageConstants.DRY_RUN, "dryRun", options.isDryRun()).asBoolean();
    }

    private TriggerParameters parameters() {
        return new TriggerParameters(callbackUrl().asCallbackUrl(), triggerValue().asTriggerValue(),
                usageCategory().asOneCategory(),
                value(TwilioUsageConstants.CALLBACK_METHOD, "callbackMethod", options.getCallbackMethod())
                        .ifGiven(method -> method.asOneOf(CallbackMethod.class)),
                value(TwilioUsageConstants.FRIENDLY_NAME, "friendlyName", options.getFriendlyName()).asFriendlyName(),
                recurring(), triggerBy());
    }

    private OptionValue triggerSid() {
        return OptionValue.of(message, TwilioUsageConstants.TRIGGER_SID, "triggerSid", options.getTriggerSid());
    }

    private OptionValue callbackUrl() {
        return value(TwilioUsageConstants.CALLBACK_URL, "callbackUrl", options.getCallbackUrl());
    }

    private OptionValue triggerValue() {
        return value(TwilioUsageConstants.TRIGGER_VALUE, "triggerValue", options.getTriggerValue());
    }

    private OptionValue usageCategory() {
        return value(TwilioUsageConstants.USAGE_CATEGORY, "usageCategory", options.getUsageCategory());
    }

    private Recurring recurring() {
        return value(TwilioUsageConstants.RECURRING, "recurring", options.getRecurring())
                .ifGiven(word -> word.asOneOf(Recurring.class));
    }

    private TriggerBy triggerBy() {
        return value(TwilioUsageConstants.TRIGGER_BY, "triggerBy", options.getTriggerBy())
                .ifGiven(word -> word.asOneOf(TriggerBy.class));
    }

    private OptionValue value(String header, String option, Object configured) {
        Object inBody = body.values().get(option);
        return inBody == null || message.getHeader(header) != null
                ? OptionValue.of(message, header, option, configured)
                : new OptionValue("body " + option, inBody);
    }

    private OptionValue required(OptionValue option, String header) {
        if (!option.isGiven()) {
            throw new IllegalArgumentException(option.name() + " is missing for action=" + options.getAction()
                    + ": give it as an option, as the header " + header
                    + (header.equals(TwilioUsageConstants.TRIGGER_SID) ? "" : ", or in the body"));
        }
        return option;
    }
}
