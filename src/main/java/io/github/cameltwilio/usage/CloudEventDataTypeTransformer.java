package io.github.cameltwilio.usage;

import java.time.Instant;
import java.time.OffsetDateTime;

import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.UsageRecord;
import org.apache.camel.Message;
import org.apache.camel.cloudevents.CloudEvent;
import org.apache.camel.spi.DataType;
import org.apache.camel.spi.DataTypeTransformer;
import org.apache.camel.spi.Transformer;

/**
 * The data type {@code twilio-usage:application-cloudevents}: the headers of a CloudEvent for a usage record or a
 * firing that a consumer delivered. The body stays as it is.
 *
 * <p>
 * Of Camel's class {@link CloudEvent} only constants are used, which the compiler copies. The jar therefore also works
 * in a Karaf whose Camel does not export that package.
 */
@DataTypeTransformer(name = "twilio-usage:application-cloudevents",
        description = "Adds CloudEvent headers to the Camel message with a usage record or a firing of a usage trigger."
                + " A delivery that is repeated has the same id")
public final class CloudEventDataTypeTransformer extends Transformer {
    private static final String TYPES = "org.apache.camel.event.twilio.usage.";

    /** @throws IllegalArgumentException if the message has no identity that a repeated delivery would share */
    @Override
    public void transform(Message message, DataType from, DataType to) {
        Object body = message.getBody();
        if (body instanceof UsageRecord usage && usage.recordKey() != null
                && usage.recordKey().equals(header(message, TwilioUsageConstants.RECORD_KEY))) {
            set(message, usage.recordKey() + "@" + header(message, TwilioUsageConstants.FINGERPRINT), "record",
                    source(usage.accountSid(), "Records"), usage.recordKey(), usage.asOf());
        } else if (body instanceof TriggerFired fired && header(message, TwilioUsageConstants.FIRING_KEY) != null) {
            set(message, header(message, TwilioUsageConstants.FIRING_KEY), "trigger",
                    source(fired.accountSid(), "Triggers"), fired.triggerSid(), fired.dateFired());
        } else {
            throw new IllegalArgumentException("twilio-usage:application-cloudevents needs a usage record or a firing"
                    + " as a consumer of twilio-usage delivered it, one per message and with its headers, not "
                    + (body == null ? "null" : "a " + body.getClass().getName()));
        }
    }

    private static void set(Message message, String id, String type, String source, String subject,
                            OffsetDateTime time) {
        Instant occurred = time != null ? time.toInstant()
                : Instant.ofEpochMilli(message.getExchange().getClock().getCreated());
        message.setHeader(CloudEvent.CAMEL_CLOUD_EVENT_ID, id);
        message.setHeader(CloudEvent.CAMEL_CLOUD_EVENT_VERSION, "1.0");
        message.setHeader(CloudEvent.CAMEL_CLOUD_EVENT_TYPE, TYPES + type);
        message.setHeader(CloudEvent.CAMEL_CLOUD_EVENT_SOURCE, source);
        message.setHeader(CloudEvent.CAMEL_CLOUD_EVENT_SUBJECT, subject);
        message.setHeader(CloudEvent.CAMEL_CLOUD_EVENT_TIME, occurred.toString());
        message.setHeader(CloudEvent.CAMEL_CLOUD_EVENT_CONTENT_TYPE, "application/json");
    }

    private static String source(String accountSid, String list) {
        return "https://api.twilio.com/2010-04-01/Accounts/" + accountSid + "/Usage/" + list;
    }

    private static String header(Message message, String name) {
        return message.getHeader(name, String.class);
    }
}
