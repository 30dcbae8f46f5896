package io.github.cameltwilio.usage.client;

import java.util.ArrayList;
import java.util.Collection;

/** A list of values as one message body, which converts to a JSON array. */
public final class TwilioValues extends ArrayList<TwilioValue> implements TwilioBody {
    private static final long serialVersionUID = 1L;

    public TwilioValues(Collection<? extends TwilioValue> values) {
        super(values);
    }
}
