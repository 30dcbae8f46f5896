package io.github.cameltwilio.usage.simulator;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The current state of a usage trigger.
 *
 * @param recurring null for a trigger that fires once
 * @param fired     null until it has fired
 */
record SimulatedTrigger(String sid, Category category, String triggerBy, String recurring, BigDecimal value,
        String callbackUrl, String callbackMethod, String friendlyName,
        Instant created, Instant updated, Instant fired) {

    static final DateTimeFormatter RFC_2822 = DateTimeFormatter
            .ofPattern("EEE, dd MMM uuuu HH:mm:ss xx", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    /** Changes only what Twilio allows: Twilio accepts a new TriggerValue without an error, but keeps the old one. */
    SimulatedTrigger updated(Map<String, String> form, Instant now) {
        return new SimulatedTrigger(sid, category, triggerBy, recurring, value,
                form.getOrDefault("CallbackUrl", callbackUrl), form.getOrDefault("CallbackMethod", callbackMethod),
                form.getOrDefault("FriendlyName", friendlyName), created, now, fired);
    }

    SimulatedTrigger firedAt(Instant now) {
        return new SimulatedTrigger(sid, category, triggerBy, recurring, value, callbackUrl, callbackMethod,
                friendlyName,
                created, now, now);
    }

    /** Returns whether the value is reached and the trigger has not fired in the current period. */
    boolean isDue(SimulatedAccount account, Instant now) {
        boolean hasFired = fired != null && (recurring == null || !day(fired).isBefore(period(account, now).start()));
        return !hasFired && currentValue(account, now).compareTo(value) >= 0;
    }

    BigDecimal currentValue(SimulatedAccount account, Instant now) {
        Usage used = account.usage(category, period(account, now), now);
        BigDecimal current = switch (triggerBy) {
            case "count" -> used.count();
            case "price" -> used.price();
            default -> used.usage();
        };
        return current == null ? BigDecimal.ZERO : current;
    }

    private Window period(SimulatedAccount account, Instant now) {
        Window life = account.lifeAt(now);
        return switch (String.valueOf(recurring)) {
            case "daily" -> Window.of(day(now));
            case "monthly" -> new Window(day(now).withDayOfMonth(1), day(now));
            case "yearly" -> new Window(day(now).withDayOfYear(1), day(now));
            default -> life;
        };
    }

    Map<String, Object> json(SimulatedAccount account, Instant now) {
        Map<String, Object> json = new TreeMap<>();
        json.put("account_sid", account.sid());
        json.put("api_version", "2010-04-01");
        json.put("callback_method", callbackMethod);
        json.put("callback_url", callbackUrl);
        json.put("current_value", number(currentValue(account, now)));
        json.put("date_created", RFC_2822.format(created));
        json.put("date_fired", fired == null ? null : RFC_2822.format(fired));
        json.put("date_updated", RFC_2822.format(updated));
        json.put("friendly_name", friendlyName);
        json.put("recurring", recurring);
        json.put("sid", sid);
        json.put("trigger_by", triggerBy);
        json.put("trigger_value", number(value));
        json.put("uri", "/2010-04-01/Accounts/" + account.sid() + "/Usage/Triggers/" + sid + ".json");
        json.put("usage_category", category.name());
        json.put("usage_record_uri", usageRecordUri(account));
        return json;
    }

    /** The parameters of the callback for a firing at this time. */
    Map<String, String> callback(SimulatedAccount account, Instant now) {
        Map<String, String> parameters = new TreeMap<>();
        parameters.put("AccountSid", account.sid());
        parameters.put("CurrentValue", number(currentValue(account, now)));
        parameters.put("DateFired", RFC_2822.format(now));
        parameters.put("IdempotencyToken", account.sid() + "-FIRES-" + sid + "-" + day(now));
        parameters.put("Recurring", Optional.ofNullable(recurring).orElse(""));
        parameters.put("TriggerBy", triggerBy);
        parameters.put("TriggerValue", number(value));
        parameters.put("UsageCategory", category.name());
        parameters.put("UsageRecordUri", usageRecordUri(account));
        parameters.put("UsageTriggerSid", sid);
        return parameters;
    }

    private String usageRecordUri(SimulatedAccount account) {
        String list = switch (String.valueOf(recurring)) {
            case "daily" -> "/Today";
            case "monthly" -> "/ThisMonth";
            case "yearly" -> "/Yearly";
            default -> "";
        };
        return "/2010-04-01/Accounts/" + account.sid() + "/Usage/Records" + list + ".json?Category=" + category.name();
    }

    private static LocalDate day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }

    private static String number(BigDecimal number) {
        return number.setScale(6, RoundingMode.HALF_UP).toPlainString();
    }
}
