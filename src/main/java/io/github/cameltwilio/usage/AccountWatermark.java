package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.cameltwilio.usage.client.UsageRecord;
import io.github.cameltwilio.usage.delivery.Coverage;
import io.github.cameltwilio.usage.delivery.WindowPlan;
import io.github.cameltwilio.usage.delivery.WindowPlan.Window;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;
import io.github.cameltwilio.usage.state.RecordKey;
import io.github.cameltwilio.usage.state.UsageValues;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the watermark of an account during one poll. It never passes an undelivered record, nor a window for which
 * Twilio listed nothing unless {@link EmptyLists} accepts that.
 */
final class AccountWatermark {
    private static final Logger LOG = LoggerFactory.getLogger(AccountWatermark.class);

    /** @param hadRecords whether Twilio listed records of the window before */
    private record EmptyWindow(Window window, boolean hadRecords) {
    }

    private final RecordsConsumer consumer;
    private final ReaderId reader;
    private final LocalDate today;
    private final WindowPlan plan;
    private final ConsumerState state;
    private final DeepLookback deepLookback;
    private final Deque<EmptyWindow> empty = new ArrayDeque<>();
    // The first day of an empty window that was not accepted, so that the next poll reads it again.
    private LocalDate heldFrom = LocalDate.MAX;
    private Position position;
    private Window current;
    private Set<RecordKey> missing;
    private Coverage coverage;
    private boolean hadRecords;
    // The first day of the window for which a record was listed twice, with different values.
    private LocalDate contradictedFrom;
    private LocalDate readFrom = LocalDate.MAX;
    private LocalDate listedUpTo;

    AccountWatermark(RecordsConsumer consumer, ReaderId reader, Position position, LocalDate today,
                     DeepLookback deepLookback) {
        this.consumer = consumer;
        this.reader = reader;
        this.position = position;
        this.today = today;
        this.plan = consumer.plan();
        this.state = consumer.state();
        this.deepLookback = deepLookback;
    }

    void beginWindow(Window window) {
        current = window;
        missing = state.due().stream().filter(key -> reader.covers(key)
                && (!key.hasDay() || window.contains(key.startDate()))).collect(Collectors.toSet());
        coverage = new Coverage(reader.list(), window.from());
        hadRecords = consumer.emptyLists().hadRecords(reader, window);
        contradictedFrom = LocalDate.MAX;
    }

    /** Returns whether this is the first time that the window lists the record. */
    boolean listed(RecordKey key, UsageRecord usage) {
        missing.remove(key);
        return coverage.add(key.category(), key.startDate(),
                usage.endDate() == null ? key.startDate() : usage.endDate());
    }

    boolean hasListed(RecordKey key) {
        return coverage.contains(key.category(), key.startDate());
    }

    /** Called when a page lists a record twice. */
    UsageRecord firstOf(UsageRecord first, UsageRecord later) {
        if (!UsageValues.of(first).equals(UsageValues.of(later))) {
            contradicted(reader.key(later));
        }
        return first;
    }

    /**
     * Called when the window lists a record again with other values. The first values count: if the last ones did, a
     * list that always contradicts itself would make the record due at each poll.
     */
    void contradicted(RecordKey key) {
        contradictedFrom = WindowPlan.earlier(contradictedFrom, key.startDate());
        consumer.warnOfContradiction(today, key);
    }

    boolean isEmpty() {
        return coverage.isEmpty();
    }

    /** Returns whether a category lacks a day that no later poll reads, or contradicts itself about one. */
    boolean isDoubtful(Window window) {
        if (!plan.isByPeriod() || coverage.isEmpty()) {
            return false;
        }
        LocalDate readAgainFrom = plan.readAgainFrom(position, today);
        return contradictedFrom.isBefore(readAgainFrom)
                || coverage.hasGap(window.from(), WindowPlan.earlier(window.to().plusDays(1), readAgainFrom));
    }

    /**
     * Returns whether another node has passed this window and forgotten its values, so that what was delivered would
     * look new. The next poll continues where that node is.
     */
    boolean isOvertaken(Window window) {
        if (!plan.isByPeriod() || state.store().position(reader).stream()
                .noneMatch(stored -> stored.knownFrom().isAfter(window.from()))) {
            return false;
        }
        LOG.warn("{}: another node reads the same account and has passed {}, so this poll of the account ends", reader,
                window.from());
        return true;
    }

    /** Called when the window was read to its end. */
    void endWindow(Window window) {
        if (!plan.isByPeriod()) {
            missing.forEach(state::missed);
            // An empty list does not mean that what was delivered is gone.
            state.advance(reader, position, coverage.isEmpty() ? LocalDate.MIN
                    : plan.previousPeriod(coverage.firstDay()));
            return;
        }
        if (coverage.isEmpty()) {
            empty.add(new EmptyWindow(window, hadRecords));
        } else {
            noteListed();
        }
        // Days that have begun by Twilio's clock but are not listed yet are read again.
        listedUpTo = coverage.isEmpty() ? window.to() : WindowPlan.earlier(window.to(), coverage.lastDay());
        readFrom = WindowPlan.earlier(readFrom, window.from());
        move();
    }

    /** Returns the first empty window to read again, or null if there is none. */
    Window emptyWindow() {
        return empty.isEmpty() ? null : empty.peek().window;
    }

    /** Called when the first empty window was read again to its end. */
    void settleEmptyWindow() {
        EmptyWindow again = empty.remove();
        if (!coverage.isEmpty()) {
            noteListed();
        } else if (consumer.emptyLists().accept(reader, again.window, again.hadRecords || wasDelivered())) {
            missing.forEach(state::missed);
        } else {
            heldFrom = WindowPlan.earlier(heldFrom, again.window.from());
            empty.clear();
        }
        move();
    }

    /** Returns whether an empty window was not accepted, so that the next poll must read it again. */
    boolean isHeld() {
        return !heldFrom.equals(LocalDate.MAX);
    }

    /**
     * Returns whether the window lies before days that Twilio lists, and records of it are stored: after a restart,
     * nothing else tells that it had any.
     */
    private boolean wasDelivered() {
        if (current.from().isAfter(position.watermark()) || !consumer.emptyLists().listsLater(reader, current)) {
            return false;
        }
        Set<String> categories = state.store().categories(reader);
        return !state.store().lastDelivered(reader, plan.periods(current)
                .flatMap(day -> categories.stream().map(category -> reader.key(day, category))).toList()).isEmpty();
    }

    private void noteListed() {
        missing.forEach(state::missed);
        // A malformed record may claim any day.
        consumer.emptyLists().listed(reader,
                current.contains(coverage.firstDay()) ? coverage.firstDay() : current.from(),
                current.contains(coverage.lastDay()) ? coverage.lastDay() : current.to());
    }

    private void move() {
        LocalDate first = empty.isEmpty() ? heldFrom : WindowPlan.earlier(heldFrom, empty.peek().window.from());
        LocalDate completeUpTo = state.undelivered().filter(reader::covers)
                .map(key -> key.hasDay() ? key.startDate() : readFrom)
                .reduce(first, WindowPlan::earlier).minusDays(1);
        position = position.advancedTo(WindowPlan.earlier(listedUpTo, completeUpTo));
        state.advance(reader, position, WindowPlan.earlier(deepLookback.keepsFrom(position), coverage.firstDay()));
        consumer.metrics().showWatermark(reader, position);
    }
}
