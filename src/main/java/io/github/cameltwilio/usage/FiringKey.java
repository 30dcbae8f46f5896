package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;

/**
 * Which firing it is, whether it was called or polled. A trigger fires once in its period at the most, so the period
 * names the firing.
 */
final class FiringKey {

    private FiringKey() {
    }

    static String of(String triggerSid, String recurring, OffsetDateTime dateFired) {
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
