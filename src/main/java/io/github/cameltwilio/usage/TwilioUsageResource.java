package io.github.cameltwilio.usage;

import java.util.EnumSet;
import java.util.Set;

/** The resource that an endpoint reads or manages: the part of its URI after {@code twilio-usage:}. */
public enum TwilioUsageResource {
    records(EnumSet.of(TwilioUsageAction.list)),
    triggers(EnumSet.allOf(TwilioUsageAction.class)),
    accounts(EnumSet.of(TwilioUsageAction.list)),
    callbacks(EnumSet.noneOf(TwilioUsageAction.class));

    private final Set<TwilioUsageAction> actions;

    TwilioUsageResource(Set<TwilioUsageAction> actions) {
        this.actions = actions;
    }

    Set<TwilioUsageAction> actions() {
        return actions;
    }
}
