package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.delivery.WindowPlan;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageChange;
import io.github.cameltwilio.usage.state.UsageValues;
import org.apache.camel.Processor;

/**
 * Delivers every firing of every trigger, oldest first.
 *
 * <p>
 * Twilio reports only the last firing of a trigger. That suffices, because no trigger fires twice a day: the trigger
 * and the day identify a firing, and the state remembers it like a record. Firings before the look-back of the first
 * poll are not delivered.
 */
final class TriggersConsumer extends UsageConsumer {
    private final WindowPlan plan;
    private LocalDate oldestBefore;

    TriggersConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.plan = endpoint.windowPlan();
    }

    @Override
    void deliverDue(LocalDate today, RecordKey after) {
        begin(1);
        beginAccount(0, false);
        Position position = positionOrElse(reader(), () -> plan.start(today));
        List<UsageTrigger> triggers = getEndpoint().triggers().toList();
        countRead(triggers.size());
        List<UsageTrigger> fired = triggers.stream()
                .filter(trigger -> trigger.dateFired() != null && !day(trigger).isBefore(position.firstDay()))
                .sorted(Comparator.comparing(UsageTrigger::dateFired)).toList();
        List<UsageTrigger> due = new ArrayList<>(due(fired));
        for (int i = 0; i < due.size(); i++) {
            if (key(due.get(i)).equals(after)) {
                Collections.rotate(due, -i - 1);
                break;
            }
        }
        deliver(due.stream().map(trigger -> new Delivery(reader(), List.of(change(trigger)),
                message -> UsageMessages.fired(message, trigger))).toList());
        progress().endAccount();
        // A firing must be remembered for as long as Twilio lists it, however old it is. One list may lack a trigger by
        // mistake; what two lists in a row do not have is forgotten.
        LocalDate oldest = fired.isEmpty() ? today : WindowPlan.earlier(day(fired.get(0)), today);
        state().advance(reader(), position.advancedTo(today),
                oldestBefore == null ? LocalDate.MIN : WindowPlan.earlier(oldest, oldestBefore));
        oldestBefore = oldest;
        showWatermark(reader(), position.advancedTo(today));
    }

    private List<UsageTrigger> due(List<UsageTrigger> fired) {
        // Taken before the state is read, so that a firing which completes in between is not delivered twice.
        Set<RecordKey> inFlight = state().inFlight();
        Set<RecordKey> known = state().store().lastDelivered(reader(), fired.stream().map(this::key).toList()).keySet();
        countUnchanged(known.size());
        return fired.stream().filter(trigger -> !known.contains(key(trigger)) && !inFlight.contains(key(trigger)))
                .toList();
    }

    private UsageChange change(UsageTrigger trigger) {
        return new UsageChange(key(trigger), Optional.empty(),
                new UsageValues(null, null, trigger.triggerValue(), trigger.triggerBy(), null, null));
    }

    private RecordKey key(UsageTrigger trigger) {
        return new RecordKey(reader().accountSid(), reader().scope(), reader().list(), day(trigger), trigger.sid());
    }

    private static LocalDate day(UsageTrigger trigger) {
        return trigger.dateFired().withOffsetSameInstant(ZoneOffset.UTC).toLocalDate();
    }
}
