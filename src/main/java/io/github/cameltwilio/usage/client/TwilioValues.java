package io.github.cameltwilio.usage.client;

import java.util.ArrayList;
import java.util.Collection;

/** The values of a list, as one message body. Their JSON is an array. */
public final class TwilioValues extends ArrayList<TwilioValue> implements TwilioBody {
    private static final long serialVersionUID = 1L;

    public TwilioValues(Collection<? extends TwilioValue> values) {
        super(values);
    }
}
