package io.github.cameltwilio.usage.delivery;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;

import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.state.RecordKey;

/**
 * Identifies the firing of a trigger, whether a callback reported it or a poll found it. A trigger fires at most
 * once per period. The account is part of the key, because anyone who has an account's auth token can sign a callback
 * with any trigger SID, which must not hide a firing of another account.
 */
public final class FiringKey {

    private FiringKey() {
    }

    /** The key of a firing that a callback reported. */
    public static String of(TriggerFired fired) {
        return of(fired.accountSid() + "|" + fired.triggerSid(), fired.recurring(), fired.dateFired());
    }

    /** The key of the last firing of a trigger. A time that cannot be read is part of the key as it is. */
    public static String of(UsageTrigger trigger) {
        String id = trigger.accountSid() + "|" + trigger.sid();
        return trigger.dateFired() == null && !trigger.firesOnce()
                ? id + "|" + RecordKey.part(trigger.otherFields().get("date_fired"))
                : of(id, trigger.recurring(), trigger.dateFired());
    }

    private static String of(String id, String recurring, OffsetDateTime dateFired) {
        if (recurring == null || recurring.isEmpty() || recurring.equals("alltime")) {
            return id + "|once";
        }
        LocalDate day = dateFired.withOffsetSameInstant(ZoneOffset.UTC).toLocalDate();
        Object period = switch (recurring) {
            case "monthly" -> YearMonth.from(day);
            case "yearly" -> day.getYear();
            default -> day;
        };
        return id + "|" + period;
    }
}
