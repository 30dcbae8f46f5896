package io.github.cameltwilio.usage.client;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Ensures that a trigger exists exactly once, despite failures and concurrent callers. Twilio has no idempotency key
 * for creations, so a trigger is identified by its friendly name, and the list is checked before and after.
 *
 * <p>
 * After a creation the list is read until it contains the created trigger or an older one. When two callers create at
 * the same time, the later one thus sees both triggers, and everyone who sees both keeps the same one.
 */
public final class EnsureTrigger {
    // Every caller keeps the same trigger. The SID decides within a second, which is the resolution of Twilio's times.
    private static final Comparator<UsageTrigger> OLDEST_FIRST = Comparator
            .comparing(UsageTrigger::dateCreated, Comparator.nullsLast(Comparator.<OffsetDateTime>naturalOrder()))
            .thenComparing(UsageTrigger::sid);
    private static final Duration RESOLUTION = Duration.ofSeconds(1);
    private static final int MAX_CREATIONS = 2;
    private static final int MAX_RETRIES = 3;
    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);

    private final TwilioUsageClient client;
    private final Retries.Sleeper sleeper;
    private final RandomGenerator random;

    public EnsureTrigger(TwilioUsageClient client, Retries.Sleeper sleeper, RandomGenerator random) {
        this.client = client;
        this.sleeper = sleeper;
        this.random = random;
    }

    /**
     * @param  wanted                with a friendly name, and a value that is a number
     * @param  replace               whether to delete triggers of that name that differ in what cannot be changed, once
     *                               the wanted one exists
     * @param  pageSize              triggers per request
     * @throws IllegalStateException when such a trigger exists and {@code replace} is false
     * @throws TwilioApiException    when Twilio rejects a request, or fails too often to be certain
     */
    public Result ensure(TriggerParameters wanted, boolean replace, int pageSize) {
        Namesakes before = find(wanted, pageSize);
        if (!before.others().isEmpty() && !replace) {
            throw before.difference();
        }
        Namesakes now = before.equal().isEmpty() ? create(wanted, pageSize) : before;
        UsageTrigger kept = now.oldest();
        now.equal().stream().filter(trigger -> !trigger.equals(kept)).forEach(this::delete);
        before.others().forEach(this::delete);
        if (now.hasWantedCallback(kept)) {
            return new Result(kept, !before.others().isEmpty() ? Outcome.replaced
                    : now == before ? Outcome.existing : Outcome.created);
        }
        return new Result(client.updateTrigger(kept.sid(), wanted), Outcome.updated);
    }

    private Namesakes create(TriggerParameters wanted, int pageSize) {
        for (int creations = 1;; creations++) {
            try {
                UsageTrigger created = client.createTrigger(wanted);
                return findEventually(wanted, pageSize, found -> found.containsOrPrecedes(created))
                        .orElseGet(() -> new Namesakes(wanted, List.of())).with(created);
            } catch (TwilioApiException e) {
                if (!e.isOutcomeUnknown()) {
                    throw e;
                }
                Optional<Namesakes> found = findAfter(e, wanted, pageSize);
                if (found.isPresent()) {
                    return found.get();
                }
                if (creations == MAX_CREATIONS) {
                    throw e;
                }
            }
        }
    }

    /** Fails if the list cannot be read: creating again without it could leave two triggers. */
    private Optional<Namesakes> findAfter(TwilioApiException unknownOutcome, TriggerParameters wanted, int pageSize) {
        try {
            return findEventually(wanted, pageSize, found -> !found.equal().isEmpty());
        } catch (TwilioApiException e) {
            unknownOutcome.addSuppressed(e);
            throw unknownOutcome;
        }
    }

    /** Twilio may list a trigger some time after its creation. */
    private Optional<Namesakes> findEventually(TriggerParameters wanted, int pageSize,
                                               Predicate<Namesakes> condition) {
        // After this second, no other caller can create a trigger that counts as equally old. Otherwise that caller
        // might keep its own trigger and delete the one that is returned here.
        sleep(RESOLUTION);
        Duration delay = FIRST_DELAY;
        for (int retry = 0; retry <= MAX_RETRIES; retry++) {
            Namesakes found = find(wanted, pageSize);
            if (condition.test(found)) {
                return Optional.of(found);
            }
            if (retry < MAX_RETRIES) {
                sleep(delay.plusMillis(random.nextLong(delay.toMillis())));
                delay = delay.multipliedBy(2);
            }
        }
        return Optional.empty();
    }

    private Namesakes find(TriggerParameters wanted, int pageSize) {
        return new Namesakes(wanted, client.triggers(TriggersQuery.all(pageSize)).toList().stream()
                .filter(trigger -> wanted.friendlyName().equals(trigger.friendlyName())).toList());
    }

    private void delete(UsageTrigger trigger) {
        client.deleteTrigger(trigger.sid());
    }

    private void sleep(Duration time) {
        try {
            sleeper.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for Twilio to list a usage trigger", e);
        }
    }

    /** The trigger that exists now, and what was done. */
    public record Result(UsageTrigger trigger, Outcome outcome) {
    }

    /** What {@link #ensure} did. */
    public enum Outcome {
        /** The trigger did not exist. */
        created,
        /** The trigger already existed as wanted. */
        existing,
        /** Its callback URL or method was different. */
        updated,
        /** A trigger of the same name with other settings was deleted. */
        replaced
    }

    /** The triggers with the wanted name. */
    private record Namesakes(TriggerParameters wanted, List<UsageTrigger> triggers) {

        boolean containsOrPrecedes(UsageTrigger created) {
            return equal().stream().anyMatch(trigger -> OLDEST_FIRST.compare(trigger, created) <= 0);
        }

        Namesakes with(UsageTrigger created) {
            boolean listed = triggers.stream().anyMatch(trigger -> trigger.sid().equals(created.sid()));
            return listed ? this
                    : new Namesakes(wanted, Stream.concat(triggers.stream(), Stream.of(created)).toList());
        }

        List<UsageTrigger> equal() {
            return triggers.stream().filter(trigger -> difference(trigger).isEmpty()).toList();
        }

        List<UsageTrigger> others() {
            return triggers.stream().filter(trigger -> difference(trigger).isPresent()).toList();
        }

        UsageTrigger oldest() {
            return equal().stream().min(OLDEST_FIRST).orElseThrow();
        }

        boolean hasWantedCallback(UsageTrigger trigger) {
            return trigger.callbackUrl() != null
                    && TwilioSignature.isSameAddress(wanted.callbackUrl(), trigger.callbackUrl())
                    && method().equals(trigger.callbackMethod());
        }

        IllegalStateException difference() {
            UsageTrigger other = others().get(0);
            return new IllegalStateException("usage trigger \"" + wanted.friendlyName() + "\" (" + other.sid()
                    + ") has "
                    + difference(other).orElseThrow()
                    + ", and Twilio allows no change of that: set onDifference=replace to create a"
                    + " new trigger and delete this one, or another friendlyName to keep both");
        }

        private Optional<String> difference(UsageTrigger trigger) {
            if (!wanted.usageCategory().equalsIgnoreCase(trigger.usageCategory())) {
                return difference("usageCategory", trigger.usageCategory(), wanted.usageCategory());
            }
            if (trigger.triggerValue() == null || trigger.triggerValue().compareTo(wanted.value()) != 0) {
                return difference("triggerValue", trigger.triggerValue(), wanted.triggerValue());
            }
            if (!figure().equals(trigger.triggerBy())) {
                return difference("triggerBy", trigger.triggerBy(), figure());
            }
            String recurring = trigger.firesOnce() ? Recurring.alltime.name() : trigger.recurring();
            return period().equals(recurring) ? Optional.empty() : difference("recurring", recurring, period());
        }

        private static Optional<String> difference(String name, Object actual, Object wanted) {
            return Optional.of(name + "=" + actual + " instead of " + wanted);
        }

        private String figure() {
            return Optional.ofNullable(wanted.triggerBy()).orElse(TriggerBy.usage).name();
        }

        private String period() {
            return Optional.ofNullable(wanted.recurring()).orElse(Recurring.alltime).name();
        }

        private String method() {
            return Optional.ofNullable(wanted.callbackMethod()).orElse(CallbackMethod.POST).name();
        }
    }
}
