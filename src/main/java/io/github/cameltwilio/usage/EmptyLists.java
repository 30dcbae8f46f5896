package io.github.cameltwilio.usage;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.github.cameltwilio.usage.delivery.WindowPlan.Window;
import io.github.cameltwilio.usage.state.ReaderId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what an empty list of a consumer means. Twilio lists every category for every day, so it may be a mistake.
 * Before an account began, and for a category that does not exist, it is not.
 */
final class EmptyLists {
    private static final Logger LOG = LoggerFactory.getLogger(EmptyLists.class);

    // The last day that was listed since the consumer started.
    private final Map<ReaderId, LocalDate> listedUpTo = new HashMap<>();
    // Those for which the last poll ended with an empty list.
    private final Set<ReaderId> emptyBefore = new HashSet<>();
    private final Set<ReaderId> reported = new HashSet<>();

    void listed(ReaderId reader, LocalDate lastDay) {
        listedUpTo.merge(reader, lastDay, (before, day) -> day.isAfter(before) ? day : before);
        emptyBefore.remove(reader);
        reported.remove(reader);
    }

    /** Returns whether records of the window, or of later days, were listed before. */
    boolean hadRecords(ReaderId reader, Window window) {
        return window.from() != null && !listedUpTo.getOrDefault(reader, LocalDate.MIN).isBefore(window.from());
    }

    /**
     * Returns whether a list that was empty twice shows that there are no records: if Twilio lists later days, or if
     * the poll before found the same.
     */
    boolean isBelieved(ReaderId reader, Window window, boolean hadRecords) {
        if (hadRecords) {
            LOG.warn("Twilio lists nothing for {} from {} to {} any more, though it did before. These days are read"
                    + " again at each poll until it does", reader, window.from(), window.to());
            return false;
        }
        if (listedUpTo.getOrDefault(reader, LocalDate.MIN).isAfter(window.to())) {
            return true;
        }
        if (emptyBefore.contains(reader)) {
            if (reported.add(reader)) {
                LOG.info("Twilio lists nothing for {} in two polls in a row, so the days up to {} count as read",
                        reader, window.to());
            }
            return true;
        }
        LOG.debug("Twilio lists nothing for {} from {} to {}. The next poll decides", reader, window.from(),
                window.to());
        emptyBefore.add(reader);
        return false;
    }
}
