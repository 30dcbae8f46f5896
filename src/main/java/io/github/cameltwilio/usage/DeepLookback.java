package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

import io.github.cameltwilio.usage.delivery.WindowPlan;
import io.github.cameltwilio.usage.state.Position;
import io.github.cameltwilio.usage.state.ReaderId;

/**
 * Adds the windows of {@code deepLookback} to the first poll of each day, for one account.
 *
 * <p>
 * The last day on which such a deep poll was complete is stored as the watermark of a reader of its own. Until the next
 * deep poll is complete, values are kept, and days are read, as far back as {@code deepLookback} before that day. So an
 * outage leaves nothing out, and a process that restarts still reads deeply only once a day.
 */
final class DeepLookback {
    private static final String SUFFIX = "deepLookback";

    private final WindowPlan plan;
    private final ConsumerState state;
    private final ReaderId reader;
    private final ReaderId deepReader;
    private LocalDate today;
    private LocalDate deepDay;
    private LocalDate lookback;

    DeepLookback(WindowPlan plan, ConsumerState state, ReaderId reader) {
        this.plan = plan;
        this.state = state;
        this.reader = reader;
        List<String> categories = new ArrayList<>(reader.categories());
        categories.add(SUFFIX);
        this.deepReader = new ReaderId(reader.accountSid(), reader.scope(), reader.list(), categories);
    }

    /** Returns the windows that are due, in the first poll of a day with those of a deep poll. */
    Iterator<WindowPlan.Window> windows(Position position, LocalDate todayOfTwilio) {
        today = todayOfTwilio;
        if (!plan.isPossible(position, today)) {
            return Collections.emptyIterator();
        }
        if (!plan.hasDeepLookback()) {
            return plan.due(position, today);
        }
        Position yesterday = Position.before(today);
        deepDay = state.positionOrElse(deepReader, () -> yesterday).watermark();
        if (deepDay.isAfter(today)) {
            // A clock was wrong when this day was stored.
            state.rewind(deepReader, yesterday);
            deepDay = yesterday.watermark();
        }
        lookback = plan.readsFrom(position);
        return isDeep() ? plan.deep(position, deepDay, today) : plan.due(position, today);
    }

    private boolean isDeep() {
        return deepDay != null && deepDay.isBefore(today);
    }

    /** Returns how many days this poll reads. */
    long days(Position position) {
        // While a first pass catches up, the look-back begins earlier.
        return plan.days(position, today) + (isDeep()
                ? Math.max(0, ChronoUnit.DAYS.between(plan.deepReadsFrom(position, deepDay), lookback)) : 0);
    }

    /** Returns the first day whose values are still needed, at this position. */
    LocalDate keepsFrom(Position position) {
        LocalDate needed = plan.readsFrom(position);
        return deepDay == null ? needed : WindowPlan.earlier(needed, plan.deepReadsFrom(position, deepDay));
    }

    /**
     * Called when all windows were read. The deep poll is complete unless a record that only a deep poll reads is still
     * undelivered.
     */
    void end() {
        if (isDeep() && state.undelivered().filter(reader::covers)
                .noneMatch(key -> key.startDate().isBefore(lookback))) {
            state.advance(deepReader, Position.before(today).advancedTo(today), LocalDate.MIN);
        }
    }
}
