package io.github.cameltwilio.usage.client;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Makes a wanted trigger exist exactly once, whatever goes wrong and whoever else is at it. Twilio knows no key that
 * would make a creation safe to repeat; so a trigger is known by its friendly name, and looked for before and after.
 *
 * <p>
 * Whoever creates looks until Twilio lists its own trigger, or an older one. Of two that create at the same moment the
 * later one then knows both, and everyone who knows both keeps the same one.
 */
public final class EnsureTrigger {
    // The same for everyone, so that nobody deletes what another keeps; Twilio's times have no more than seconds.
    private static final Comparator<UsageTrigger> OLDEST_FIRST = Comparator
            .comparing(UsageTrigger::dateCreated, Comparator.nullsLast(Comparator.<OffsetDateTime>naturalOrder()))
            .thenComparing(UsageTrigger::sid);
    private static final int MOST_POSTS = 2;
    private static final int LOOKS = 3;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private final TwilioUsageClient client;
    private final Pause pause;
    private final RandomGenerator random;

    public EnsureTrigger(TwilioUsageClient client, Pause pause, RandomGenerator random) {
        this.client = client;
        this.pause = pause;
        this.random = random;
    }

    /**
     * @param  wanted                with a friendly name, and a value that is a number
     * @param  replace               whether a trigger of that name that differs in what Twilio lets nobody change is to
     *                               be deleted, once the wanted one exists
     * @param  pageSize              triggers a request
     * @throws IllegalStateException when there is such a trigger and it is not to be replaced
     * @throws TwilioApiException    when Twilio refuses, or does not answer often enough to be sure
     */
    public EnsuredTrigger ensure(TriggerParameters wanted, boolean replace, int pageSize) {
        Namesakes before = look(wanted, pageSize);
        if (!before.others().isEmpty() && !replace) {
            throw before.difference();
        }
        Namesakes now = before.equal().isEmpty() ? create(wanted, pageSize) : before;
        UsageTrigger kept = now.oldest();
        now.equal().stream().filter(trigger -> !trigger.equals(kept)).forEach(this::delete);
        before.others().forEach(this::delete);
        if (now.isCalledAsWanted(kept)) {
            return new EnsuredTrigger(kept, !before.others().isEmpty() ? EnsuredTrigger.Outcome.replaced
                    : now == before ? EnsuredTrigger.Outcome.existing : EnsuredTrigger.Outcome.created);
        }
        return new EnsuredTrigger(client.updateTrigger(kept.sid(), wanted), EnsuredTrigger.Outcome.updated);
    }

    private Namesakes create(TriggerParameters wanted, int pageSize) {
        for (int posts = 1;; posts++) {
            try {
                UsageTrigger created = client.createTrigger(wanted);
                return lookFor(wanted, pageSize, found -> found.hasThisOrAnOlderOne(created))
                        .orElseGet(() -> new Namesakes(wanted, List.of())).with(created);
            } catch (TwilioApiException e) {
                if (!e.isOutcomeUnknown()) {
                    throw e;
                }
                Optional<Namesakes> found = lookAfter(e, wanted, pageSize);
                if (found.isPresent()) {
                    return found.get();
                }
                if (posts == MOST_POSTS) {
                    throw e;
                }
            }
        }
    }

    /** Who cannot look must not create again either. */
    private Optional<Namesakes> lookAfter(TwilioApiException unknown, TriggerParameters wanted, int pageSize) {
        try {
            return lookFor(wanted, pageSize, found -> !found.equal().isEmpty());
        } catch (TwilioApiException e) {
            unknown.addSuppressed(e);
            throw unknown;
        }
    }

    /** A trigger may be listed later than it is created. */
    private Optional<Namesakes> lookFor(TriggerParameters wanted, int pageSize, Predicate<Namesakes> sought) {
        Duration longest = FIRST_PAUSE;
        for (int look = 0; look <= LOOKS; look++) {
            Namesakes found = look(wanted, pageSize);
            if (sought.test(found)) {
                return Optional.of(found);
            }
            if (look < LOOKS) {
                pause(longest.plusMillis(random.nextLong(longest.toMillis())));
                longest = longest.multipliedBy(2);
            }
        }
        return Optional.empty();
    }

    private Namesakes look(TriggerParameters wanted, int pageSize) {
        List<UsageTrigger> triggers = new ArrayList<>();
        client.triggers(TriggersQuery.all(pageSize)).forEachRemaining(triggers::addAll);
        return new Namesakes(wanted,
                triggers.stream().filter(trigger -> wanted.friendlyName().equals(trigger.friendlyName())).toList());
    }

    private void delete(UsageTrigger trigger) {
        client.deleteTrigger(trigger.sid());
    }

    private void pause(Duration time) {
        try {
            pause.of(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for Twilio to list a usage trigger", e);
        }
    }

    /** The triggers that have the wanted one's name. */
    private record Namesakes(TriggerParameters wanted, List<UsageTrigger> triggers) {

        boolean hasThisOrAnOlderOne(UsageTrigger created) {
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

        boolean isCalledAsWanted(UsageTrigger trigger) {
            return wanted.callbackUrl().equals(trigger.callbackUrl()) && method().equals(trigger.callbackMethod());
        }

        IllegalStateException difference() {
            UsageTrigger other = others().get(0);
            return new IllegalStateException("usage trigger \"" + wanted.friendlyName() + "\" (" + other.sid()
                    + ") has "
                    + difference(other).orElseThrow() + ", and Twilio lets nobody change that: onDifference=replace"
                    + " creates it anew and deletes this one, another friendlyName keeps both");
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

        private static Optional<String> difference(String name, Object is, Object wanted) {
            return Optional.of(name + "=" + is + " where " + wanted + " is wanted");
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
