package io.github.cameltwilio.usage.client;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import io.github.cameltwilio.usage.client.JsonTimes.Time;

/**
 * An account or a subaccount. Only these fields are read, since Twilio's response also contains the auth token.
 *
 * @param sid             AC and 32 hexadecimal digits
 * @param friendlyName    the name given by the owner
 * @param status          active, suspended or closed
 * @param type            Trial or Full
 * @param ownerAccountSid the main account, whose owner is itself
 * @param dateCreated     when it was created; it has no usage before that day
 * @param dateUpdated     when it was last changed
 */
public record Account(
        String sid,
        String friendlyName,
        String status,
        String type,
        String ownerAccountSid,
        @Time OffsetDateTime dateCreated,
        @Time OffsetDateTime dateUpdated)
        implements
            TwilioValue {

    /** The first day of usage in UTC; {@link LocalDate#MIN} if unknown. */
    public LocalDate firstDay() {
        return dateCreated == null ? LocalDate.MIN : dateCreated.withOffsetSameInstant(ZoneOffset.UTC).toLocalDate();
    }
}
