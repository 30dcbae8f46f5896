package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.delivery.WindowPlan;
import io.github.cameltwilio.usage.state.Delivered;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageValues;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * Delivers each trigger each time that it fired, oldest firing first.
 *
 * <p>
 * Twilio tells of a trigger only when it fired last. That is enough: no trigger fires twice a day, so trigger and day
 * are a firing, and the state remembers it as it remembers a record. Firings before the first poll's look-back are
 * history.
 */
final class TriggersConsumer extends DeliveringConsumer {
    private final WindowPlan plan;

    TriggersConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.plan = endpoint.windowPlan();
    }

    @Override
    int deliverWhatIsDue(LocalDate today) {
        Position position = state().position(reader()).orElseGet(() -> begin(today));
        List<UsageTrigger> triggers = RecordsProducer.all(getEndpoint().triggers());
        countRead(triggers.size());
        List<UsageTrigger> fired = triggers.stream()
                .filter(trigger -> trigger.dateFired() != null && !day(trigger).isBefore(position.firstDay())).toList();
        List<Firing> due = due(fired);
        int room = maxMessagesPerPoll > 0 ? Math.min(maxMessagesPerPoll, due.size()) : due.size();
        int processed = processBatch(new ArrayDeque<>(due.subList(0, room)));
        // What Twilio still tells of has to stay known, however long ago it was.
        LocalDate oldest = fired.stream().map(TriggersConsumer::day).reduce(today, WindowPlan::earlier);
        Position reached = position.advancedTo(today);
        state().advance(reader(), reached, oldest);
        stands(reader(), reached);
        return processed;
    }

    private Position begin(LocalDate today) {
        Position start = plan.start(today);
        state().advance(reader(), start, start.firstDay());
        return start;
    }

    private List<Firing> due(List<UsageTrigger> fired) {
        // Taken first: what completes while the state is read must not look as if it had not been delivered.
        Set<RecordKey> inFlight = Set.copyOf(inProgress());
        Map<RecordKey, UsageValues> known = state().lastDelivered(reader(), fired.stream().map(this::key).toList());
        countUnchanged(known.size());
        return fired.stream().filter(trigger -> !known.containsKey(key(trigger)) && !inFlight.contains(key(trigger)))
                .sorted((one, other) -> one.dateFired().compareTo(other.dateFired()))
                .map(Firing::new).toList();
    }

    private RecordKey key(UsageTrigger trigger) {
        return new RecordKey(reader().accountSid(), reader().scope(), reader().list(), day(trigger), trigger.sid());
    }

    private static LocalDate day(UsageTrigger trigger) {
        OffsetDateTime fired = trigger.dateFired();
        return fired.withOffsetSameInstant(ZoneOffset.UTC).toLocalDate();
    }

    private final class Firing extends Delivery {
        private final UsageTrigger trigger;

        Firing(UsageTrigger trigger) {
            super(reader());
            this.trigger = trigger;
        }

        @Override
        Collection<Delivered> delivered() {
            UsageValues value = new UsageValues(null, null, trigger.triggerValue(), trigger.triggerBy(), null, null);
            return List.of(new Delivered(key(trigger), Optional.empty(), value));
        }

        @Override
        void write(Message message) {
            UsageMessages.fired(message, trigger);
        }
    }
}
