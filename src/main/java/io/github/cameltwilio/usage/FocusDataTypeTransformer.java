package io.github.cameltwilio.usage;

import java.util.List;

import io.github.cameltwilio.usage.client.UsageRecord;
import org.apache.camel.Message;
import org.apache.camel.spi.DataType;
import org.apache.camel.spi.DataTypeTransformer;
import org.apache.camel.spi.Transformer;

/**
 * The data type {@code twilio-usage:focus}: a usage record as a row of the FinOps Open Cost and Usage Specification
 * (FOCUS) 1.2, or a list of records as a list of rows.
 */
@DataTypeTransformer(name = "twilio-usage:focus",
        description = "Transforms a usage record, or a list of them, into rows of the FinOps Open Cost and Usage"
                + " Specification (FOCUS) 1.2")
public final class FocusDataTypeTransformer extends Transformer {

    /** @throws IllegalArgumentException if the body is something else, or a record cannot become a row */
    @Override
    public void transform(Message message, DataType from, DataType to) {
        Object body = message.getBody();
        message.setBody(body instanceof List<?> list ? list.stream().map(item -> row(item, message)).toList()
                : row(body, message));
    }

    private static Object row(Object item, Message message) {
        if (item instanceof UsageRecord usage) {
            return FocusRow.of(usage, message);
        }
        throw new IllegalArgumentException("twilio-usage:focus transforms a UsageRecord or a list of them, not "
                + (item == null ? "null" : "a " + item.getClass().getName())
                + ": transform before marshalling, and split a stream first");
    }
}
