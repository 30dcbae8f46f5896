package io.github.cameltwilio.usage;

import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

import io.github.cameltwilio.usage.client.CallbackMethod;
import io.github.cameltwilio.usage.client.EnsureTrigger;
import io.github.cameltwilio.usage.client.Recurring;
import io.github.cameltwilio.usage.client.Retries;
import io.github.cameltwilio.usage.client.Subresource;
import io.github.cameltwilio.usage.client.TriggerBy;
import io.github.cameltwilio.usage.client.TriggerParameters;
import io.github.cameltwilio.usage.client.TriggersQuery;
import io.github.cameltwilio.usage.client.TwilioUsageClient;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.Scope;
import org.apache.camel.Message;

/**
 * The parameters of a trigger, or a selection of triggers. Headers override the body, which overrides the options.
 *
 * @param message null for the options alone
 */
record TriggerOptions(TwilioUsageConfiguration options, Message message, TriggerBody body) {

    static TriggerOptions of(TwilioUsageConfiguration options, Message message) {
        return new TriggerOptions(options, message, TriggerBody.of(message));
    }

    /** For actions that take no parameters, and so ignore the body. */
    static TriggerOptions withoutBody(TwilioUsageConfiguration options, Message message) {
        return new TriggerOptions(options, message, TriggerBody.of(null));
    }

    /**
     * Checks the options, and makes the query that applies without a message.
     *
     * @throws IllegalArgumentException when an option is invalid; a missing one may still come with a message
     */
    static TriggersQuery check(TwilioUsageConfiguration configuration) {
        TriggerOptions options = withoutBody(configuration, null);
        options.parameters();
        if (configuration.getAction() == TwilioUsageAction.update) {
            options.changes();
        }
        options.triggerSid().ifGiven(OptionValue::asTriggerSid);
        return options.query();
    }

    /** The reader of the triggers, by everything that selects them. */
    static ReaderId reader(TwilioUsageConfiguration options) {
        return new ReaderId(AccountOptions.account(options), Scope.triggers, Subresource.none,
                Stream.of(options.getUsageCategory(), options.getTriggerBy(), options.getRecurring(),
                        RecordsOptions.region(options)).filter(Objects::nonNull).map(Object::toString).toList());
    }

    TriggersQuery query() {
        return new TriggersQuery(recurring().ifGiven(value -> value.asOneOf(Recurring.class)),
                triggerBy().ifGiven(value -> value.asOneOf(TriggerBy.class)), usageCategory().asOneCategory(),
                OptionValue.of(message, TwilioUsageConstants.PAGE_SIZE, "pageSize", options.getPageSize())
                        .asPageSize());
    }

    /** Selects the triggers that fire only once, which prune can delete. */
    TriggersQuery once() {
        TriggersQuery query = query();
        if (query.recurring() != null && query.recurring() != Recurring.alltime) {
            throw recurring().invalid("cannot be used with action=prune, which deletes triggers that fire only once:"
                    + " remove recurring");
        }
        return new TriggersQuery(Recurring.alltime, query.triggerBy(), query.usageCategory(), query.pageSize());
    }

    String sid() {
        return required(triggerSid(), TwilioUsageConstants.TRIGGER_SID).asTriggerSid();
    }

    /** The parameters of {@code create}. */
    TriggerParameters creation() {
        required(callbackUrl(), TwilioUsageConstants.CALLBACK_URL);
        required(triggerValue(), TwilioUsageConstants.TRIGGER_VALUE);
        required(usageCategory(), TwilioUsageConstants.USAGE_CATEGORY);
        return parameters();
    }

    /** The parameters of {@code ensure}, which identifies the trigger by its name. */
    TriggerParameters wanted() {
        TriggerParameters wanted = creation();
        if (wanted.triggerValue().startsWith("+")) {
            throw triggerValue().invalid("is relative, so that ensure cannot compare it with an existing trigger: use"
                    + " an absolute value, or action=create");
        }
        return wanted.named();
    }

    /** The parameters of {@code update}. */
    TriggerParameters changes() {
        Stream.of(triggerValue(), usageCategory(), recurring(), triggerBy())
                .filter(OptionValue::isGiven).findFirst().ifPresent(fixed -> {
                    throw fixed.invalid("cannot be updated, because Twilio ignores it. Use action=ensure with"
                            + " onDifference=replace, or create a new trigger and delete this one");
                });
        TriggerParameters changes = parameters();
        if (message != null && Stream.of(changes.callbackUrl(), changes.callbackMethod(), changes.friendlyName())
                .allMatch(Objects::isNull)) {
            throw new IllegalArgumentException("there is nothing to update: set callbackUrl, callbackMethod or"
                    + " friendlyName as a header, in the body or as an option");
        }
        return changes;
    }

    EnsureTrigger.Result ensure(TwilioUsageClient client, Retries.Sleeper pause) {
        return new EnsureTrigger(client, pause, new Random()).ensure(wanted(), isReplaced(), query().pageSize());
    }

    private boolean isReplaced() {
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
                        .ifGiven(value -> value.asOneOf(CallbackMethod.class)),
                value(TwilioUsageConstants.FRIENDLY_NAME, "friendlyName", options.getFriendlyName()).asFriendlyName(),
                recurring().ifGiven(value -> value.asOneOf(Recurring.class)),
                triggerBy().ifGiven(value -> value.asOneOf(TriggerBy.class)));
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

    private OptionValue recurring() {
        return value(TwilioUsageConstants.RECURRING, "recurring", options.getRecurring());
    }

    private OptionValue triggerBy() {
        return value(TwilioUsageConstants.TRIGGER_BY, "triggerBy", options.getTriggerBy());
    }

    private OptionValue value(String header, String option, Object optionValue) {
        Object bodyValue = body.values().get(option);
        return bodyValue == null || message.getHeader(header) != null
                ? OptionValue.of(message, header, option, optionValue)
                : new OptionValue("body " + option, bodyValue);
    }

    private OptionValue required(OptionValue option, String header) {
        if (!option.isGiven()) {
            throw new IllegalArgumentException(option.name() + " is missing for action=" + options.getAction()
                    + ": set it as an option, as the header " + header
                    + (header.equals(TwilioUsageConstants.TRIGGER_SID) ? "" : ", or in the body"));
        }
        return option;
    }
}
