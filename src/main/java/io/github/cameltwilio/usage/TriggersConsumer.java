package io.github.cameltwilio.usage;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.client.TriggerFired;
import io.github.cameltwilio.usage.client.UsageTrigger;
import io.github.cameltwilio.usage.delivery.FiringKey;
import io.github.cameltwilio.usage.delivery.WindowPlan;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageChange;
import io.github.cameltwilio.usage.state.UsageValues;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers every firing of every trigger, oldest first.
 *
 * <p>
 * Twilio reports only the last firing of a trigger. That suffices, because no trigger fires twice a day: the trigger
 * and the day identify a firing, and the state remembers it like a record. Firings before the look-back of the first
 * poll are not delivered.
 */
final class TriggersConsumer extends UsageConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(TriggersConsumer.class);
    private static final String DATE_FIRED = "date_fired";

    private static final int DAYS_UNTIL_FORGOTTEN = 7;

    private final WindowPlan plan;
    // For each of the last days on which a list was read, the day of the oldest firing in any of its lists.
    private final NavigableMap<LocalDate, LocalDate> oldestListed = new TreeMap<>();

    TriggersConsumer(TwilioUsageEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.plan = endpoint.windowPlan();
    }

    @Override
    void deliverDue(LocalDate today, RecordKey after) {
        begin(1);
        beginAccount(0, false);
        Position position = settle(state().positionOrElse(reader(), () -> plan.start(today)), today);
        List<UsageTrigger> triggers = getEndpoint().triggers(null).toList();
        Instant received = getEndpoint().getComponent().clock().instant();
        metrics().read.add(triggers.size());
        // By key, since a list whose pages shift between two requests may contain a trigger twice.
        List<UsageTrigger> fired = List.copyOf(triggers.stream()
                .filter(trigger -> hasFired(trigger) && !day(trigger).isBefore(position.firstDay()))
                .sorted(Comparator.comparing(UsageTrigger::dateFired, Comparator.nullsLast(Comparator.naturalOrder())))
                .collect(Collectors.toMap(this::key, trigger -> trigger, (first, last) -> last, LinkedHashMap::new))
                .values());
        List<UsageTrigger> due = new ArrayList<>(due(fired));
        for (int i = 0; i < due.size(); i++) {
            if (key(due.get(i)).equals(after)) {
                Collections.rotate(due, -i - 1);
                break;
            }
        }
        deliver(due.stream().map(trigger -> new Delivery(this, reader(), List.of(change(trigger)),
                message -> UsageMessages.fired(message, TriggerFired.of(trigger, received), FiringKey.of(trigger))))
                .toList());
        progress().endAccount(false);
        // A firing must be remembered for as long as Twilio lists it, however old it is. Lists may lack a trigger by
        // mistake, so a firing is forgotten only after seven days on which all lists lacked it and none was empty.
        LocalDate oldest = fired.isEmpty() ? LocalDate.MIN
                : WindowPlan.earlier(day(fired.get(0)), plan.readsFrom(position.advancedTo(today)));
        oldestListed.merge(today, oldest, WindowPlan::earlier);
        while (oldestListed.size() > DAYS_UNTIL_FORGOTTEN) {
            oldestListed.pollFirstEntry();
        }
        state().advance(reader(), position.advancedTo(today), oldestListed.size() < DAYS_UNTIL_FORGOTTEN
                ? LocalDate.MIN : Collections.min(oldestListed.values()));
        metrics().showWatermark(reader(), position.advancedTo(today));
    }

    /** Rewinds a position that a wrong date from Twilio put in the future, where it would hide firings until then. */
    private Position settle(Position position, LocalDate today) {
        if (!position.watermark().isAfter(today) && !position.firstDay().isAfter(today)) {
            return position;
        }
        Position settled = new Position(WindowPlan.earlier(position.firstDay(), plan.start(today).firstDay()), today,
                WindowPlan.earlier(position.knownFrom(), today));
        LOG.warn(
                "{}: the position {} is in the future, possibly because Twilio's date was wrong, so it is reset to {}",
                getEndpoint(), position.watermark(), today);
        state().rewind(reader(), settled);
        return settled;
    }

    private List<UsageTrigger> due(List<UsageTrigger> fired) {
        // Taken before the state is read, so that a firing which completes in between is not delivered twice.
        Set<RecordKey> inFlight = state().inFlight();
        Set<RecordKey> known = state().store().lastDelivered(reader(), fired.stream().map(this::key).toList()).keySet();
        metrics().unchanged.add(known.size());
        return fired.stream().filter(trigger -> !known.contains(key(trigger)) && !inFlight.contains(key(trigger)))
                .toList();
    }

    private UsageChange change(UsageTrigger trigger) {
        if (trigger.dateFired() == null) {
            LOG.warn("{}: cannot read the time at which trigger {} fired, so each different text counts as a firing:"
                    + " {}", getEndpoint(), trigger.sid(), RecordKey.part(trigger.otherFields().get(DATE_FIRED)));
        }
        return new UsageChange(key(trigger), Optional.empty(),
                new UsageValues(null, null, trigger.triggerValue(), trigger.triggerBy(), null, null));
    }

    private RecordKey key(UsageTrigger trigger) {
        return new RecordKey(reader().accountSid(), reader().scope(), reader().list(), day(trigger),
                trigger.dateFired() != null ? trigger.sid()
                        : trigger.sid() + "|" + RecordKey.part(trigger.otherFields().get(DATE_FIRED)));
    }

    private static boolean hasFired(UsageTrigger trigger) {
        return trigger.dateFired() != null || trigger.otherFields().get(DATE_FIRED) != null;
    }

    /** A firing whose time cannot be read comes last, and is delivered once for each text. */
    private static LocalDate day(UsageTrigger trigger) {
        return trigger.dateFired() == null ? LocalDate.MAX
                : trigger.dateFired().withOffsetSameInstant(ZoneOffset.UTC).toLocalDate();
    }
}
