package io.github.cameltwilio.usage.client;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import com.fasterxml.jackson.databind.annotation.JsonSerialize;

/**
 * An account or a subaccount. Twilio's answer holds its auth token as well: that is not read, nor is any field that is
 * not named here.
 *
 * @param sid             Twilio's id: AC and 32 hexadecimal digits
 * @param friendlyName    the name that its owner gave it
 * @param status          active, suspended or closed
 * @param type            Trial or Full
 * @param ownerAccountSid the main account; its own SID for that one
 * @param dateCreated     when it was created: it has no usage before that day
 * @param dateUpdated     when it was changed last
 */
public record Account(
        String sid,
        String friendlyName,
        String status,
        String type,
        String ownerAccountSid,
        @JsonSerialize(using = TimeSerializer.class) OffsetDateTime dateCreated,
        @JsonSerialize(using = TimeSerializer.class) OffsetDateTime dateUpdated) implements TwilioValue {

    /** The first day of its usage, UTC; {@link LocalDate#MIN} where Twilio does not say. */
    public LocalDate firstDay() {
        return dateCreated == null ? LocalDate.MIN : dateCreated.withOffsetSameInstant(ZoneOffset.UTC).toLocalDate();
    }
}
