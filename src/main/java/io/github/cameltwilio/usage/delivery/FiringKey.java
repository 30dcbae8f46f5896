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
 * once per period. The account is part of the key, because anyone with the auth token of one account can sign a
 * callback with any trigger SID. Such a callback must not hide a firing of another account.
 */
public final class FiringKey {

    private FiringKey() {
    }

    /** Returns the key of a firing that a callback reported. A time that cannot be read is part of the key as text. */
    public static String of(TriggerFired fired) {
        return of(fired.accountSid() + "|" + fired.triggerSid(), fired.recurring(),
                fired.datedByReceipt() ? null : fired.dateFired(), fired.otherParameters().get("DateFired"));
    }

    /** Returns the key of the last firing of a trigger. A time that cannot be read is part of the key as text. */
    public static String of(UsageTrigger trigger) {
        return of(trigger.accountSid() + "|" + trigger.sid(), trigger.recurring(), trigger.dateFired(),
                trigger.otherFields().get("date_fired"));
    }

    private static String of(String id, String recurring, OffsetDateTime dateFired, Object unreadable) {
        if (recurring == null || recurring.isEmpty() || recurring.equals("alltime")) {
            return id + "|once";
        }
        if (dateFired == null) {
            return id + "|" + RecordKey.part(unreadable);
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
