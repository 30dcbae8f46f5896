package io.github.cameltwilio.usage.delivery;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;

/**
 * Identifies the firing of a trigger, whether it was received by webhook or found by a poll. A trigger fires at most
 * once per period, so its SID and the period suffice.
 */
public final class FiringKey {

    private FiringKey() {
    }

    public static String of(String triggerSid, String recurring, OffsetDateTime dateFired) {
        LocalDate day = dateFired.withOffsetSameInstant(ZoneOffset.UTC).toLocalDate();
        Object period = switch (recurring == null ? "" : recurring) {
            case "", "alltime" -> "once";
            case "monthly" -> YearMonth.from(day);
            case "yearly" -> day.getYear();
            default -> day;
        };
        return triggerSid + "|" + period;
    }
}
