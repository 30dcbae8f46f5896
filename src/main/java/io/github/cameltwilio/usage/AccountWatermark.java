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

/**
 * Moves the watermark of an account during one poll. It passes no record that is not delivered, and no window that is
 * doubtful: one that Twilio listed without any record, or with a gap in days that no later poll reads. Such a window is
 * read once more after all others. A gap that is there again is no mistake; about an empty list,
 * {@link EmptyLists} decides.
 */
final class AccountWatermark {

    /** @param hadRecords whether Twilio listed records of the window before */
    private record DoubtfulWindow(Window window, boolean hadRecords) {
    }

    private final RecordsConsumer consumer;
    private final ReaderId reader;
    private final LocalDate today;
    private final WindowPlan plan;
    private final ConsumerState state;
    private final Deque<DoubtfulWindow> doubtful = new ArrayDeque<>();
    private Position position;
    private Set<RecordKey> missing;
    private Coverage coverage;
    private boolean hadRecords;
    private LocalDate readFrom = LocalDate.MAX;
    private LocalDate listedUpTo;

    AccountWatermark(RecordsConsumer consumer, ReaderId reader, Position position, LocalDate today) {
        this.consumer = consumer;
        this.reader = reader;
        this.position = position;
        this.today = today;
        this.plan = consumer.plan();
        this.state = consumer.state();
    }

    void beginWindow(Window window) {
        missing = state.due().stream().filter(key -> reader.covers(key)
                && (!key.hasDay() || window.contains(key.startDate()))).collect(Collectors.toSet());
        coverage = new Coverage(reader.list(), window.from());
        hadRecords = consumer.emptyLists().hadRecords(reader, window);
    }

    void listed(RecordKey key, UsageRecord usage) {
        missing.remove(key);
        coverage.add(key.category(), key.startDate(), usage.endDate() == null ? key.startDate() : usage.endDate());
    }

    /** The window was read to its end. */
    void endWindow(Window window) {
        noteListed();
        if (!plan.isByPeriod()) {
            missing.forEach(state::missed);
            // An empty list does not mean that what was delivered is gone.
            state.advance(reader, position, coverage.isEmpty() ? LocalDate.MIN : coverage.firstDay());
            return;
        }
        if (coverage.isEmpty() || hasGap(window)) {
            doubtful.add(new DoubtfulWindow(window, hadRecords));
        } else {
            missing.forEach(state::missed);
        }
        // Days that Twilio does not list yet, although they should have come by its clock, are read again.
        listedUpTo = coverage.isEmpty() ? window.to() : WindowPlan.earlier(window.to(), coverage.lastDay());
        readFrom = WindowPlan.earlier(readFrom, window.from());
        move();
    }

    /** Returns the first window to read again, or null if there is none. */
    Window doubtfulWindow() {
        return doubtful.isEmpty() ? null : doubtful.peek().window;
    }

    /**
     * The first doubtful window was read again to its end.
     *
     * @return false if it stays doubtful until the next poll
     */
    boolean settleDoubtfulWindow() {
        noteListed();
        DoubtfulWindow settled = doubtful.peek();
        if (coverage.isEmpty() && !consumer.emptyLists().isBelieved(reader, settled.window, settled.hadRecords)) {
            return false;
        }
        missing.forEach(state::missed);
        doubtful.remove();
        move();
        return true;
    }

    private void noteListed() {
        if (!coverage.isEmpty()) {
            consumer.emptyLists().listed(reader, WindowPlan.earlier(coverage.lastDay(), today));
        }
    }

    private boolean hasGap(Window window) {
        // An account may begin in the middle of the first window.
        LocalDate from = position.watermark().isBefore(position.firstDay()) ? coverage.firstDay() : window.from();
        return coverage.hasGap(from, WindowPlan.earlier(window.to().plusDays(1), plan.readAgainFrom(position, today)));
    }

    private void move() {
        LocalDate first = doubtful.isEmpty() ? LocalDate.MAX : doubtful.peek().window.from();
        LocalDate completeUpTo = state.undelivered().filter(reader::covers)
                .map(key -> key.hasDay() ? key.startDate() : readFrom)
                .reduce(first, WindowPlan::earlier).minusDays(1);
        position = position.advancedTo(WindowPlan.earlier(listedUpTo, completeUpTo));
        state.advance(reader, position, WindowPlan.earlier(plan.readsFrom(position), coverage.firstDay()));
        consumer.metrics().showWatermark(reader, position);
    }
}
