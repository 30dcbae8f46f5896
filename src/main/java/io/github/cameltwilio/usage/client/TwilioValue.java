package io.github.cameltwilio.usage.client;

import java.io.Serializable;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/** A value that a route receives as a message body. All are records. */
public sealed interface TwilioValue extends TwilioBody, Serializable
        permits Account, TriggerFired, UsageRecord, UsageTrigger {

    /** The record's components by name, in their order and with their types: {@code sql:} takes them as parameters. */
    default Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (RecordComponent component : getClass().getRecordComponents()) {
            try {
                map.put(component.getName(), component.getAccessor().invoke(this));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("cannot read " + component, e);
            }
        }
        return map;
    }
}
