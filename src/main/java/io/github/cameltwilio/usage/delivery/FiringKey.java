package io.github.cameltwilio.usage.delivery;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;

import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.state.RecordKey;

/**
 * Identifies the firing of a trigger, whether it was received by webhook or found by a poll. A trigger fires at most
 * once per period, so its SID and the period suffice.
 */
public final class FiringKey {

    private FiringKey() {
    }

    /** Returns the key of the last firing of a trigger. A time that cannot be read stands for itself. */
    public static String of(UsageTrigger trigger) {
        return trigger.dateFired() == null && !trigger.firesOnce()
                ? trigger.sid() + "|" + RecordKey.part(trigger.otherFields().get("date_fired"))
                : of(trigger.sid(), trigger.recurring(), trigger.dateFired());
    }

    public static String of(String triggerSid, String recurring, OffsetDateTime dateFired) {
        if (recurring == null || recurring.isEmpty() || recurring.equals("alltime")) {
            return triggerSid + "|once";
        }
        LocalDate day = dateFired.withOffsetSameInstant(ZoneOffset.UTC).toLocalDate();
        Object period = switch (recurring) {
            case "monthly" -> YearMonth.from(day);
            case "yearly" -> day.getYear();
            default -> day;
        };
        return triggerSid + "|" + period;
    }
}
