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
 * Decides whether to accept that a list is empty. It may be a mistake, because Twilio lists every category for every
 * day; but before the account existed, and for a category that does not exist, an empty list is right.
 */
final class EmptyLists {
    private static final Logger LOG = LoggerFactory.getLogger(EmptyLists.class);

    // The last day that Twilio has listed since the consumer was created.
    private final Map<ReaderId, LocalDate> listedUpTo = new HashMap<>();
    // The readers whose last poll ended with an empty list.
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
     * Decides about a list that was empty twice in this poll. Returns true if Twilio lists later days, or if the list
     * was also empty in the previous poll, but never if it had records before.
     */
    boolean accept(ReaderId reader, Window window, boolean hadRecords) {
        if (hadRecords) {
            LOG.warn("Twilio no longer lists anything for {} from {} to {}. These days are read again at each poll"
                    + " until it does", reader, window.from(), window.to());
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
        LOG.debug("Twilio lists nothing for {} from {} to {}. The next poll reads these days again", reader,
                window.from(),
                window.to());
        emptyBefore.add(reader);
        return false;
    }
}
