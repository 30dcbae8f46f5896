package io.github.cameltwilio.usage.simulator;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Stores, lists and fires the usage triggers of one account, newest first. Thread-safe. */
final class UsageTriggers {

    /** A firing, and the parameters of its callback. */
    record Firing(SimulatedTrigger trigger, Map<String, String> callback) {

        String accountSid() {
            return callback.get("AccountSid");
        }
    }

    private static final int MAX_TRIGGERS = 1000;
    private static final int MAX_NAME_LENGTH = 64;

    private final long seed;
    private final SimulatedAccount account;
    private final Map<String, SimulatedTrigger> bySid = new LinkedHashMap<>();
    private Duration listingDelay = Duration.ZERO;
    private long created;

    UsageTriggers(long seed, SimulatedAccount account) {
        this.seed = seed;
        this.account = account;
    }

    /** By the SIDs of their accounts. */
    static Map<String, UsageTriggers> ofEach(List<SimulatedAccount> accounts, long seed) {
        Map<String, UsageTriggers> triggers = new LinkedHashMap<>();
        accounts.forEach(account -> triggers.put(account.sid(), new UsageTriggers(seed + triggers.size(), account)));
        return triggers;
    }

    synchronized void listAfter(Duration delay) {
        listingDelay = delay;
    }

    synchronized Map<String, Object> page(Paging paging, Instant now) {
        List<SimulatedTrigger> listed = new ArrayList<>(bySid.values().stream()
                .filter(trigger -> !trigger.created().plus(listingDelay).isAfter(now))
                .filter(trigger -> isSelected(trigger, paging.filters()))
                .toList());
        Collections.reverse(listed);
        return paging.page("usage_triggers", listed.size(), row -> listed.get(row).json(account, now));
    }

    synchronized Optional<Map<String, Object>> fetch(String sid, Instant now) {
        return Optional.ofNullable(bySid.get(sid)).map(trigger -> trigger.json(account, now));
    }

    synchronized Map<String, Object> create(Map<String, String> form, Instant now) {
        if (bySid.size() >= MAX_TRIGGERS) {
            throw ApiError
                    .invalidParameter("The account has " + MAX_TRIGGERS + " usage triggers, which is Twilio's limit");
        }
        String category = required(form, "UsageCategory");
        String recurring = oneOf(form, "Recurring", "", Set.of("", "alltime", "daily", "monthly", "yearly"));
        SimulatedTrigger trigger = new SimulatedTrigger(
                "UT%016x%016x".formatted(SimulatedUsage.scramble(seed + 1), SimulatedUsage.scramble(seed + ++created)),
                account.categories().find(category)
                        .orElseThrow(() -> ApiError.invalidParameter("Invalid UsageCategory")),
                oneOf(form, "TriggerBy", "usage", Set.of("count", "usage", "price")),
                Set.of("", "alltime").contains(recurring) ? null : recurring,
                BigDecimal.ZERO, required(form, "CallbackUrl"),
                oneOf(form, "CallbackMethod", "POST", Set.of("GET", "POST")), null, now, now, null);
        trigger = withValue(trigger, required(form, "TriggerValue"), form.get("FriendlyName"), now);
        bySid.put(trigger.sid(), trigger);
        return trigger.json(account, now);
    }

    synchronized Optional<Map<String, Object>> update(String sid, Map<String, String> form, Instant now) {
        oneOf(form, "CallbackMethod", "POST", Set.of("GET", "POST"));
        return Optional.ofNullable(bySid.computeIfPresent(sid, (same, trigger) -> trigger.updated(form, now)))
                .map(trigger -> trigger.json(account, now));
    }

    synchronized boolean delete(String sid) {
        return bySid.remove(sid) != null;
    }

    /** Fires the triggers that are due. */
    synchronized List<Firing> fire(Instant now) {
        List<Firing> firings = new ArrayList<>();
        bySid.replaceAll((sid, trigger) -> {
            if (!trigger.isDue(account, now)) {
                return trigger;
            }
            firings.add(new Firing(trigger, trigger.callback(account, now)));
            return trigger.firedAt(now);
        });
        return firings;
    }

    private SimulatedTrigger withValue(SimulatedTrigger trigger, String value, String friendlyName, Instant now) {
        BigDecimal number;
        try {
            number = new BigDecimal(value.startsWith("+") ? value.substring(1) : value);
        } catch (NumberFormatException e) {
            throw ApiError.invalidParameter("Invalid TriggerValue");
        }
        if (number.signum() <= 0) {
            throw ApiError.invalidParameter("Invalid TriggerValue");
        }
        if (value.startsWith("+")) {
            number = number.add(trigger.currentValue(account, now));
        }
        String name = friendlyName == null || friendlyName.isEmpty()
                ? "Trigger for " + trigger.category().name() + " at " + trigger.triggerBy() + " of "
                        + number.toPlainString()
                : friendlyName;
        if (name.length() > MAX_NAME_LENGTH) {
            throw ApiError.invalidParameter("Invalid FriendlyName");
        }
        return new SimulatedTrigger(trigger.sid(), trigger.category(), trigger.triggerBy(), trigger.recurring(), number,
                trigger.callbackUrl(), trigger.callbackMethod(), name, now, now, null);
    }

    private static boolean isSelected(SimulatedTrigger trigger, Map<String, String> filters) {
        String recurring = filters.get("Recurring");
        boolean firesOnce = "".equals(recurring) || "alltime".equals(recurring);
        return (recurring == null || (firesOnce ? trigger.recurring() == null : recurring.equals(trigger.recurring())))
                && filters.getOrDefault("TriggerBy", trigger.triggerBy()).equals(trigger.triggerBy())
                && filters.getOrDefault("UsageCategory", trigger.category().name()).equals(trigger.category().name());
    }

    private static String required(Map<String, String> form, String name) {
        if (form.getOrDefault(name, "").isEmpty()) {
            throw ApiError.invalidParameter("Missing required parameter " + name + " in the post body");
        }
        return form.get(name);
    }

    private static String oneOf(Map<String, String> form, String name, String defaultValue, Set<String> allowed) {
        String value = form.getOrDefault(name, defaultValue);
        if (!allowed.contains(value)) {
            throw ApiError.invalidParameter("Invalid " + name);
        }
        return value;
    }
}
